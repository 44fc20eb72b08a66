/* write.h - what PutItem, UpdateItem and DeleteItem share: conditions, old and new, and what they tell of a refusal. */
#pragma once
#include "capacity.h"
#include "legacy.h"

/* aws: Developer Guide, Quotas, DynamoDB transactions: "cannot contain more than 4 MB of data" */
#define TRANSACTION_BYTES_MAX (4 * 1024 * 1024)
#define TRANSACTION_TOO_LARGE "Collection of items exceeds the maximum transaction size of 4 MB"

/* The parameters of a condition, as three operations have them. */
typedef struct ConditionInput {
    Bytes expression;
    const DynamodbExpectedAttributeMap *expected;
    Bytes conditional_operator;
    Bytes return_values_on_failure;
} ConditionInput;

#define CONDITION_INPUT(in)                                                                                            \
    ((ConditionInput){(in)->condition_expression, &(in)->expected, (in)->conditional_operator,                         \
                      (in)->return_values_on_condition_check_failure})

/* From either form; *ret NULL: none. */
MUST_CHECK Status condition_of(Call *call, Symbols *symbols, const ConditionInput *input, Node **ret);
/* ConditionalCheckFailedException where it doesn't hold. before NULL: no such item. */
MUST_CHECK Status condition_check(Call *call, const Node *condition, const Item *before, const ConditionInput *input);
/* Names and values may only be given with an expression. */
MUST_CHECK Status symbols_check_alone(Call *call, const DynamodbExpressionAttributeNameMap *names,
                                      const DynamodbExpressionAttributeValueMap *values, bool has_expression,
                                      const char *expression_words);
/* PutItem and DeleteItem know only NONE and ALL_OLD. */
MUST_CHECK Status return_values_check_old(Call *call, Bytes return_values);

/* An update may not touch the item's own key. */
MUST_CHECK Status update_check_keys(Call *call, const Table *table, const Expression *update);
/* The item as it is, or NULL. */
MUST_CHECK Status item_before(Call *call, const Table *table, const Key *key, const Item **ret_item);
