/* update_item.c - UpdateItem: an item changed in place, or made. DynamoDB API Reference, UpdateItem. */
#include "write.h"

OPERATION(DynamodbUpdateItem, update_item, WRITES);

static Status check_parameters(Call *call, const DynamodbUpdateItemInput *in)
{
    Parameter legacy[] = {{"AttributeUpdates", in->attribute_updates.items != NULL},
                          {"Expected", in->expected.items != NULL},
                          {"ConditionalOperator", present(in->conditional_operator)},
                          {NULL, false}};
    Parameter expressions[] = {{"UpdateExpression", present(in->update_expression)},
                               {"ConditionExpression", present(in->condition_expression)},
                               {NULL, false}};
    bool has_expression = present(in->update_expression) || present(in->condition_expression);
    TRY(legacy_check_mix(call, legacy, expressions));
    return symbols_check_alone(call, &in->expression_attribute_names, &in->expression_attribute_values, has_expression,
                               "UpdateExpression is null");
}

static DynamodbAttributeMap returned(Call *call, Bytes kind, const Change *change, const Expression *update)
{
    static const DynamodbAttributeMap none;
    if (bytes_is(kind, "ALL_NEW"))
        return change->after ? *change->after : none;
    if (bytes_is(kind, "ALL_OLD"))
        return change->before ? *change->before : none;
    const Item *item = bytes_is(kind, "UPDATED_NEW")   ? change->after
                       : bytes_is(kind, "UPDATED_OLD") ? change->before
                                                       : NULL;
    if (!item || !update->set)
        return none;
    Item projected = item_project(call->arena, item, update->set);
    return projected.len ? projected : none;
}

static Status parse(Call *call, const DynamodbUpdateItemInput *in, const ConditionInput *input, Expression *ret_update,
                    Node **ret_condition)
{
    Symbols symbols;
    TRY(symbols_open(call, &in->expression_attribute_names, &in->expression_attribute_values, &symbols));
    TRY(expression_parse(call, &symbols, EXPRESSION_UPDATE, in->update_expression, ret_update));
    if (!present(in->update_expression))
        TRY(legacy_updates(call, &in->attribute_updates, ret_update));
    TRY(condition_of(call, &symbols, input, ret_condition));
    return symbols_check_used(call, &symbols);
}

static Status update_item(Call *call, const DynamodbUpdateItemInput *in, DynamodbUpdateItemOutput *out)
{
    ConditionInput input = CONDITION_INPUT(in);
    Item key = *AS_ITEM(&in->key), after;
    Change change = {0};
    ChangeCost cost = {0};
    Expression update;
    Node *condition;

    TRY(check_parameters(call, in));
    TRY(parse(call, in, &input, &update, &condition));
    TRY(table_find_for_items(call, in->table_name, &change.table));
    TRY(key_of_request(call, change.table, &key, &change.key));
    TRY(update_check_keys(call, change.table, &update));
    TRY(item_before(call, change.table, &change.key, &change.before));
    TRY(condition_check(call, condition, change.before, &input));
    if (change.before || update_makes_item(&update)) {
        TRY(item_update(call, change.before ? change.before : &key, update.set, &after));
        change.after = &after;
        TRY(change_check(call, &change, "Item size to update"));
        TRY(item_check_nesting(call, &after));
    }

    TRY(expect_ok(call, change_write(&call->scope, &change, &cost)));

    out->attributes = returned(call, in->return_values, &change, &update);
    out->consumed_capacity = capacity_of_write(call, in->return_consumed_capacity, in->table_name, change.table, &cost);
    out->item_collection_metrics = collection_metrics(call, in->return_item_collection_metrics, change.table, &key);
    return OK;
}
