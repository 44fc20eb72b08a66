/* get_item.c - GetItem. DynamoDB API Reference, GetItem. */
#include "read.h"
#include "throttle.h"

OPERATION(DynamodbGetItem, get_item, READS);

static Status get_item(Call *call, const DynamodbGetItemInput *in, DynamodbGetItemOutput *out)
{
    Item request_key = *AS_ITEM(&in->key);
    RequestInput input = {.text[EXPRESSION_PROJECTION] = in->projection_expression,
                          .names = &in->expression_attribute_names,
                          .attributes_to_get = &in->attributes_to_get,
                          .key = &request_key};
    Request request;
    const Item *item;
    Table *table;
    Key key;

    TRY(request_check(call, &input, &request));
    TRY(table_find_for_items(call, in->table_name, &table));
    TRY(key_of_request(call, table, &request_key, &key));
    TRY(request_check_nested(call, table, &request));
    TRY(item_before(call, table, &key, &item));

    ReadCost cost = {
        .units = read_units(item ? item_size(item) : 0, in->consistent_read), .table = table, .hash = key.hash};
    TRY(throttle_read(call, &cost));

    if (item)
        out->item = request.paths ? item_project(call->arena, item, request.paths) : *item;
    out->consumed_capacity = capacity_of_read(call, in->return_consumed_capacity, in->table_name, &cost);
    return OK;
}
