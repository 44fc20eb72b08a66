/* request.h - the order in which a request is checked, the same for all operations: everything that can be judged
 * without its table, before the table is looked up.
 *
 *   1  the table's name, and the constraints of the model: before the operation is called, by request_judge
 *   2  parameters that exclude each other, or need each other: request_check, from here on
 *   3  expressions: their names and values, syntax, reserved words, what is undefined, overlapping paths, types of
 *      operands, names and values that nothing uses
 *   4  values: empty ones, two types in one, numbers, sets, nesting, the item's size; and the parameters that were
 *      before expressions
 *   5  the table, its state, keys against its schema                        the operation
 *
 * A batch or a transaction does 2 to 4 for each of its parts, in their order, before it looks up the first table. */
#pragma once
#include "key_condition.h"
#include "legacy.h"

/* A request, or a part of one: what operations have in common. What is absent or NULL isn't there, or the operation
 * doesn't know it. */
typedef struct RequestInput {
    Bytes text[EXPRESSION_KINDS];
    const DynamodbExpressionAttributeNameMap *names;
    const DynamodbExpressionAttributeValueMap *values;
    const DynamodbExpectedAttributeMap *expected;
    const DynamodbAttributeUpdates *updates;
    const DynamodbFilterConditionMap *filter; /* QueryFilter or ScanFilter */
    const DynamodbKeyConditions *key_conditions;
    const DynamodbAttributeNameList *attributes_to_get;
    Bytes conditional_operator;
    Bytes return_values; /* of PutItem and DeleteItem, which know only NONE and ALL_OLD */
    Bytes select;
    bool has_index, is_query;
    Item *item, *key, *start_key; /* numbers are brought into their one form, in place */
} RequestInput;

/* What came out. */
typedef struct Request {
    Node *condition; /* NULL: none, in either form */
    Node *filter;
    KeyComparisons *keys; /* NULL: none */
    Expression update;
    const PathSet *paths; /* of a projection; NULL: the whole item */
    const NestedPath *nested;
    bool has_legacy_filter;
} Request;

/* constraint.c: step 1, for the pipeline. */
MUST_CHECK Status request_judge(Call *call, const void *in, const Complaints *complaints);
bool is_table_arn(Bytes name); /* of any account and region */
MUST_CHECK Status request_check(Call *call, const RequestInput *in, Request *ret);
/* query.c: what a Query compares its keys to, in either form. */
MUST_CHECK Status query_comparisons(Call *call, const DynamodbQueryInput *in, KeyComparisons **ret);
/* The first that is to be judged by the table: no path goes into a key of it or of its indexes. */
MUST_CHECK Status request_check_nested(Call *call, const Table *table, const Request *request);
/* A key attribute that is empty is the request's mistake, also where a key that doesn't fit is only a part's. */
MUST_CHECK Status request_check_empty_keys(Call *call, const Keys *keys, const Item *item);
/* The parts of what PutItem, UpdateItem, DeleteItem and their like in transactions have in common. */
#define REQUEST_INPUT(in)                                                                                              \
    .text[EXPRESSION_CONDITION] = (in)->condition_expression, .names = &(in)->expression_attribute_names,              \
    .values = &(in)->expression_attribute_values
