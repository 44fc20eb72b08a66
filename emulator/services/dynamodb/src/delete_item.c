/* delete_item.c - DeleteItem: gone, whether it was there or not. DynamoDB API Reference, DeleteItem. */
#include "throttle.h"
#include "write.h"

OPERATION(DynamodbDeleteItem, delete_item, WRITES);

static Status delete_item(Call *call, const DynamodbDeleteItemInput *in, DynamodbDeleteItemOutput *out)
{
    Item key = *AS_ITEM(&in->key);
    RequestInput input = {REQUEST_INPUT(in), .expected = &in->expected,
                          .conditional_operator = in->conditional_operator, .return_values = in->return_values,
                          .key = &key};
    Bytes on_failure = in->return_values_on_condition_check_failure;
    Change change = {0};
    ChangeCost cost = {0};
    Request request;

    TRY(request_check(call, &input, &request));
    TRY(table_find_for_items(call, in->table_name, &change.table));
    TRY(key_of_request(call, change.table, &key, &change.key));
    TRY(request_check_nested(call, change.table, &request));
    TRY(item_before(call, change.table, &change.key, &change.before));
    TRY(condition_check(call, request.condition, change.before, on_failure));
    TRY(throttle_write(call, &change));

    TRY(expect_ok(call, change_write(&call->scope, &change, &cost)));

    if (change.before && bytes_is(in->return_values, "ALL_OLD"))
        out->attributes = *change.before;
    out->consumed_capacity = capacity_of_write(call, in->return_consumed_capacity, in->table_name, change.table, &cost);
    out->item_collection_metrics = collection_metrics(call, in->return_item_collection_metrics, change.table, &key);
    return OK;
}
