/* update_item.c - UpdateItem: an item changed in place, or made. DynamoDB API Reference, UpdateItem. */
#include "throttle.h"
#include "write.h"

OPERATION(DynamodbUpdateItem, update_item, WRITES);

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

static Status update_item(Call *call, const DynamodbUpdateItemInput *in, DynamodbUpdateItemOutput *out)
{
    Item key = *AS_ITEM(&in->key), after;
    RequestInput input = {
        REQUEST_INPUT(in),         .text[EXPRESSION_UPDATE] = in->update_expression, .updates = &in->attribute_updates,
        .expected = &in->expected, .conditional_operator = in->conditional_operator, .key = &key};
    Change change = {0};
    ChangeCost cost = {0};
    Request request;

    TRY(request_check(call, &input, &request));
    TRY(table_find_for_items(call, in->table_name, &change.table));
    TRY(key_of_request(call, change.table, &key, &change.key));
    TRY(update_check_keys(call, change.table, &request.update));
    TRY(request_check_nested(call, change.table, &request));
    TRY(item_before(call, change.table, &change.key, &change.before));
    TRY(condition_check(call, request.condition, change.before, in->return_values_on_condition_check_failure));
    if (change.before || update_makes_item(&request.update)) {
        TRY(item_update(call, change.before ? change.before : &key, request.update.set, &after));
        change.after = &after;
        TRY(change_check(call, &change, "Item size to update"));
        TRY(update_check_size(call, &request.update, &after));
        TRY(item_check_nesting(call, &after));
    }
    TRY(throttle_write(call, &change));

    TRY(expect_ok(call, change_write(&call->scope, &change, &cost)));

    out->attributes = returned(call, in->return_values, &change, &request.update);
    out->consumed_capacity = capacity_of_write(call, in->return_consumed_capacity, in->table_name, change.table, &cost);
    out->item_collection_metrics = collection_metrics(call, in->return_item_collection_metrics, change.table, &key);
    return OK;
}
