/* put_item.c - PutItem: a whole item, in the place of the one with its key. DynamoDB API Reference, PutItem. */
#include "throttle.h"
#include "write.h"

OPERATION(DynamodbPutItem, put_item, WRITES);

static Status put_item(Call *call, const DynamodbPutItemInput *in, DynamodbPutItemOutput *out)
{
    Item item = *AS_ITEM(&in->item);
    RequestInput input = {REQUEST_INPUT(in), .expected = &in->expected,
                          .conditional_operator = in->conditional_operator, .return_values = in->return_values,
                          .item = &item};
    Bytes on_failure = in->return_values_on_condition_check_failure;
    Change change = {.after = &item};
    ChangeCost cost = {0};
    Request request;

    TRY(request_check(call, &input, &request));
    TRY(table_find_for_items(call, in->table_name, &change.table));
    TRY(key_of_item(call, change.table, &item, &change.key));
    TRY(put_check(call, &change));
    TRY(request_check_nested(call, change.table, &request));
    TRY(item_before(call, change.table, &change.key, &change.before));
    TRY(condition_check(call, request.condition, change.before, on_failure));
    TRY(throttle_write(call, &change));

    TRY(expect_ok(call, change_write(&call->scope, &change, &cost)));

    if (change.before && bytes_is(in->return_values, "ALL_OLD"))
        out->attributes = *change.before;
    out->consumed_capacity = capacity_of_write(call, in->return_consumed_capacity, in->table_name, change.table, &cost);
    out->item_collection_metrics = collection_metrics(call, in->return_item_collection_metrics, change.table, &item);
    return OK;
}
