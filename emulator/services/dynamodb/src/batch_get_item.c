/* batch_get_item.c - BatchGetItem: up to 100 items by their keys, up to 16 MB of them. DynamoDB API Reference,
 * BatchGetItem. */
#include "read.h"
#include "throttle.h"

OPERATION(DynamodbBatchGetItem, batch_get_item, READS);

#define BATCH_KEYS_MAX  100
#define BATCH_BYTES_MAX (16 * 1024 * 1024)
#define MISSING_BYTES   1 /* what a key takes of an answer that names no item */

typedef struct TableRead {
    const DynamodbKeysAndAttributes *asked;
    Table *table;
    Bytes name; /* as the client has it */
    Request request;
    Key *keys;
    double units;
    DynamodbItemList items;
    DynamodbKeyList left; /* what the answer, or the table's throughput, had no room for */
    size_t throttled;
} TableRead;

static Status check_double(Call *call, const Key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(keys[i].hash, keys[count].hash) && bytes_equal(keys[i].range, keys[count].range))
            return fail(call, &DYNAMODB_VALIDATION, "Provided list of item keys contains duplicates");
    return OK;
}

/* What can be judged without the table. */
static Status check(Call *call, const DynamodbBatchGetRequestMapEntry *entry, TableRead *ret)
{
    const DynamodbKeysAndAttributes *asked = &entry->value;
    RequestInput input = {.text[EXPRESSION_PROJECTION] = asked->projection_expression,
                          .names = &asked->expression_attribute_names,
                          .attributes_to_get = &asked->attributes_to_get};
    *ret = (TableRead){.asked = asked, .name = entry->key};
    TRY(request_check(call, &input, &ret->request));
    for (size_t i = 0; i < asked->keys.len; i++)
        TRY(item_normalise(call, AS_ITEM(&asked->keys.items[i])));
    return OK;
}

/* aws: observed, ExtendDB/extenddb #178: of the request as a whole, though each table keeps to one form; names alone
 * are no expression. */
static Status check_mix(Call *call, const DynamodbBatchGetRequestMap *tables)
{
    Parameter legacy[] = {{"AttributesToGet", false}, {0}}, expressions[] = {{"ProjectionExpression", false}, {0}};
    for (size_t i = 0; i < tables->len; i++) {
        legacy[0].is_given |= tables->items[i].value.attributes_to_get.items != NULL;
        expressions[0].is_given |= present(tables->items[i].value.projection_expression);
    }
    return legacy_check_mix(call, legacy, expressions);
}

static Status prepare(Call *call, TableRead *read)
{
    size_t len = read->asked->keys.len;
    TRY(table_find_for_items(call, read->name, &read->table));
    read->keys = arena_new_array(call->arena, Key, len);
    read->items.items = arena_new_array(call->arena, DynamodbAttributeMap, len);
    read->left.items = arena_new_array(call->arena, DynamodbKey, len);
    for (size_t i = 0; i < len; i++) {
        TRY(key_of_request(call, read->table, AS_ITEM(&read->asked->keys.items[i]), &read->keys[i]));
        TRY(check_double(call, read->keys, i));
    }
    return request_check_nested(call, read->table, &read->request);
}

/* What the keys before this one gave that share its partition. aws: "more than 1MB per partition is requested": here a
 * partition is what has one hash key. */
static size_t partition_bytes(const TableRead *read, const size_t sizes[], size_t at)
{
    size_t bytes = 0;
    for (size_t i = 0; i < at; i++)
        bytes += bytes_equal(read->keys[i].hash, read->keys[at].hash) ? sizes[i] : 0;
    return bytes;
}

/* *ret_size 0: there is no room for it, or it is throttled. */
static Status read_one(Call *call, TableRead *read, size_t at, size_t room, size_t *ret_size)
{
    const Item *item;
    *ret_size = 0;
    TRY(item_before(call, read->table, &read->keys[at], &item));
    size_t size = item ? item_size(item) : 0;
    if (size > room)
        return OK;
    ReadCost cost = {
        .units = read_units(size, read->asked->consistent_read), .table = read->table, .hash = read->keys[at].hash};
    if (!is_ok(throttle_read(call, &cost))) {
        read->throttled++;
        return OK;
    }
    read->units += cost.units;
    if (item)
        read->items.items[read->items.len++] =
            read->request.paths ? item_project(call->arena, item, read->request.paths) : *item;
    *ret_size = item ? size : MISSING_BYTES;
    return OK;
}

/* *room: of the answer; 0 once an item didn't fit. */
static Status read_table(Call *call, TableRead *read, const PageUse *begun, size_t *room)
{
    size_t *sizes = arena_new_array(call->arena, size_t, read->asked->keys.len);
    for (size_t at = 0; at < read->asked->keys.len; at++) {
        size_t throttled = read->throttled;
        bool is_in_turn = *room && !page_is_over(call->arena, begun);
        if (is_in_turn && partition_bytes(read, sizes, at) <= PAGE_BYTES_MAX) {
            TRY(read_one(call, read, at, *room, &sizes[at]));
            if (sizes[at])
                *room -= sizes[at];
            else if (read->throttled == throttled)
                *room = 0;
        }
        if (!sizes[at])
            read->left.items[read->left.len++] = read->asked->keys.items[at];
    }
    return OK;
}

static void answer_table(Call *call, Bytes asked_capacity, const TableRead *read, DynamodbBatchGetItemOutput *out)
{
    out->responses.items[out->responses.len++] = (DynamodbBatchGetResponseMapEntry){read->name, read->items};
    ReadCost cost = {.units = read->units, .table = read->table};
    DynamodbConsumedCapacity *capacity = capacity_of_read(call, asked_capacity, read->name, &cost);
    if (capacity)
        out->consumed_capacity.items[out->consumed_capacity.len++] = *capacity;
    if (!read->left.len)
        return;
    DynamodbKeysAndAttributes rest = *read->asked;
    rest.keys = read->left;
    out->unprocessed_keys.items[out->unprocessed_keys.len++] = (DynamodbBatchGetRequestMapEntry){read->name, rest};
}

static Status batch_get_item(Call *call, const DynamodbBatchGetItemInput *in, DynamodbBatchGetItemOutput *out)
{
    size_t tables = in->request_items.len, keys = 0, throttled = 0, room = BATCH_BYTES_MAX;
    TableRead *reads = arena_new_array(call->arena, TableRead, tables);
    for (size_t i = 0; i < tables; i++)
        keys += in->request_items.items[i].value.keys.len;
    if (keys > BATCH_KEYS_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "Too many items requested for the BatchGetItem call");
    TRY(check_mix(call, &in->request_items));
    for (size_t i = 0; i < tables; i++)
        TRY(check(call, &in->request_items.items[i], &reads[i]));
    for (size_t i = 0; i < tables; i++)
        TRY(prepare(call, &reads[i]));

    out->responses.items = arena_new_array(call->arena, DynamodbBatchGetResponseMapEntry, tables);
    out->unprocessed_keys.items = arena_new_array(call->arena, DynamodbBatchGetRequestMapEntry, tables);
    if (present(in->return_consumed_capacity) && !bytes_is(in->return_consumed_capacity, "NONE"))
        out->consumed_capacity.items = arena_new_array(call->arena, DynamodbConsumedCapacity, tables);
    PageUse begun = page_begin(call->arena);
    for (size_t i = 0; i < tables; i++) {
        TRY(read_table(call, &reads[i], &begun, &room));
        answer_table(call, in->return_consumed_capacity, &reads[i], out);
        throttled += reads[i].throttled;
    }
    return throttled ? throttle_end_batch(call, throttled == keys) : OK;
}
