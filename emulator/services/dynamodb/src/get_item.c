/* get_item.c - GetItem. DynamoDB API Reference, GetItem. */
#include "read.h"

OPERATION(DynamodbGetItem, get_item, READS);

static Status get_item(Call *call, const DynamodbGetItemInput *in, DynamodbGetItemOutput *out)
{
    ProjectionInput input = {in->projection_expression, &in->attributes_to_get, &in->expression_attribute_names};
    Item request_key = *AS_ITEM(&in->key);
    const Item *item;
    const PathSet *paths;
    Table *table;
    Key key;

    TRY(projection_of(call, &input, &paths));
    TRY(table_find_for_items(call, in->table_name, &table));
    TRY(key_of_request(call, table, &request_key, &key));
    TRY(item_before(call, table, &key, &item));

    if (item)
        out->item = paths ? item_project(call->arena, item, paths) : *item;
    double units = read_units(item ? item_size(item) : 0, in->consistent_read);
    out->consumed_capacity = capacity_of_read(call, in->return_consumed_capacity, in->table_name, NULL, units);
    return OK;
}
