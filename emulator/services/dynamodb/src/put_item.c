/* put_item.c - PutItem: a whole item, in the place of the one with its key. DynamoDB API Reference, PutItem. */
#include "write.h"

OPERATION(DynamodbPutItem, put_item, WRITES);

static Status check_parameters(Call *call, const DynamodbPutItemInput *in)
{
    Parameter legacy[] = {{"Expected", in->expected.items != NULL},
                          {"ConditionalOperator", present(in->conditional_operator)},
                          {NULL, false}};
    Parameter expressions[] = {{"ConditionExpression", present(in->condition_expression)}, {NULL, false}};
    TRY(legacy_check_mix(call, legacy, expressions));
    TRY(symbols_check_alone(call, &in->expression_attribute_names, &in->expression_attribute_values,
                            present(in->condition_expression), "ConditionExpression is null"));
    return return_values_check_old(call, in->return_values);
}

static Status put_item(Call *call, const DynamodbPutItemInput *in, DynamodbPutItemOutput *out)
{
    ConditionInput input = CONDITION_INPUT(in);
    Item item = *AS_ITEM(&in->item);
    Change change = {.after = &item};
    ChangeCost cost = {0};
    Symbols symbols;
    Node *condition;

    TRY(check_parameters(call, in));
    TRY(item_normalise(call, &item));
    TRY(symbols_open(call, &in->expression_attribute_names, &in->expression_attribute_values, &symbols));
    TRY(condition_of(call, &symbols, &input, &condition));
    TRY(symbols_check_used(call, &symbols));
    TRY(table_find_for_items(call, in->table_name, &change.table));
    TRY(key_of_item(call, change.table, &item, &change.key));
    TRY(change_check(call, &change, "Item size"));
    TRY(item_before(call, change.table, &change.key, &change.before));
    TRY(condition_check(call, condition, change.before, &input));

    TRY(expect_ok(call, change_write(&call->scope, &change, &cost)));

    if (change.before && bytes_is(in->return_values, "ALL_OLD"))
        out->attributes = *change.before;
    out->consumed_capacity = capacity_of_write(call, in->return_consumed_capacity, in->table_name, change.table, &cost);
    out->item_collection_metrics = collection_metrics(call, in->return_item_collection_metrics, change.table, &item);
    return OK;
}
