/* batch_write_item.c - BatchWriteItem: up to 25 puts and deletes, on any tables. All are checked before the first is
 * written, so nothing is left unprocessed but what a fault rule or the tables' throughput leaves. DynamoDB API
 * Reference, BatchWriteItem. */
#include "throttle.h"
#include "write.h"

OPERATION(DynamodbBatchWriteItem, batch_write_item, WRITES);

#define BATCH_WRITES_MAX 25

typedef struct Batch {
    Change changes[BATCH_WRITES_MAX];
    size_t len;
} Batch;

/* What can be judged without the table. */
static Status check(Call *call, const DynamodbWriteRequest *request)
{
    Request nothing;
    RequestInput input = {.item = request->put_request ? AS_ITEM(&request->put_request->item) : NULL,
                          .key = request->delete_request ? AS_ITEM(&request->delete_request->key) : NULL};
    if (!input.item == !input.key)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Supplied WriteRequest is not valid, must contain exactly one of PutRequest and DeleteRequest");
    return request_check(call, &input, &nothing);
}

static bool fits(const KeyAttribute *key, const Item *item)
{
    const Value *value = present(key->name) ? item_get(item, key->name) : NULL;
    return value ? value->kind == key->kind : !present(key->name);
}

/* aws: a batch says of an item without its key what it says of a key */
static Status prepare_put(Call *call, const Item *item, Change *change)
{
    const Keys *keys = &change->table->keys;
    change->after = item;
    if (!fits(&keys->hash, item) || !fits(&keys->range, item))
        return fail(call, &DYNAMODB_VALIDATION, "The provided key element does not match the schema");
    TRY(key_of_item(call, change->table, item, &change->key));
    return put_check(call, change);
}

static Status prepare(Call *call, const DynamodbWriteRequest *request, Change *change)
{
    if (request->put_request)
        return prepare_put(call, AS_ITEM(&request->put_request->item), change);
    return key_of_request(call, change->table, AS_ITEM(&request->delete_request->key), &change->key);
}

static bool is_double(const Batch *batch, const Change *change)
{
    for (size_t i = 0; i < batch->len; i++) {
        const Change *other = &batch->changes[i];
        if (other->table == change->table && bytes_equal(other->key.hash, change->key.hash) &&
            bytes_equal(other->key.range, change->key.range))
            return true;
    }
    return false;
}

static Status prepare_table(Call *call, const DynamodbBatchWriteItemRequestMapEntry *entry, Batch *batch)
{
    Table *table;
    TRY(table_find_for_items(call, entry->key, &table));
    for (size_t i = 0; i < entry->value.len; i++) {
        Change change = {.table = table};
        TRY(prepare(call, &entry->value.items[i], &change));
        if (is_double(batch, &change))
            return fail(call, &DYNAMODB_VALIDATION, "Provided list of item keys contains duplicates");
        batch->changes[batch->len++] = change;
    }
    return OK;
}

static Status prepare_all(Call *call, const DynamodbBatchWriteItemInput *in, Batch *batch)
{
    size_t total = 0;
    for (size_t i = 0; i < in->request_items.len; i++)
        total += in->request_items.items[i].value.len;
    if (total > BATCH_WRITES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "Too many items requested for the BatchWriteItem call");
    for (size_t i = 0; i < in->request_items.len; i++)
        for (size_t at = 0; at < in->request_items.items[i].value.len; at++)
            TRY(check(call, &in->request_items.items[i].value.items[at]));
    for (size_t i = 0; i < in->request_items.len; i++)
        TRY(prepare_table(call, &in->request_items.items[i], batch));
    return OK;
}

/* What was there is not kept longer than it takes: 25 items of 400 KB would be much together. What refused it is. */
static int write_one(Call *call, Change change, ChangeCost *ret_cost, bool *ret_is_throttled)
{
    ArenaMark mark = arena_mark(call->arena);
    Item before;
    int code = item_read(&call->scope, change.table, &change.key, &before);
    change.before = code == STORE_OK ? &before : NULL;
    *ret_is_throttled = (code == STORE_OK || code == STORE_NOT_FOUND) && !is_ok(throttle_write(call, &change));
    if (*ret_is_throttled)
        return STORE_OK;
    if (code == STORE_OK || code == STORE_NOT_FOUND)
        code = change_write(&call->scope, &change, ret_cost);
    arena_rewind(call->arena, mark);
    return code;
}

/* One table's changes, in a row in the batch; its part of the answer. */
static int write_table(Call *call, const DynamodbBatchWriteItemInput *in, size_t at, const Change *changes,
                       size_t *throttled, DynamodbBatchWriteItemOutput *out)
{
    const DynamodbBatchWriteItemRequestMapEntry *entry = &in->request_items.items[at];
    DynamodbItemCollectionMetricsMultiple metrics = {
        arena_new_array(call->arena, DynamodbItemCollectionMetrics, entry->value.len), 0};
    DynamodbWriteRequests unprocessed = {arena_new_array(call->arena, DynamodbWriteRequest, entry->value.len), 0};
    DynamodbConsumedCapacity *sum = NULL;
    for (size_t i = 0; i < entry->value.len; i++) {
        ChangeCost cost = {0};
        if (call_item_fails(call)) {
            unprocessed.items[unprocessed.len++] = entry->value.items[i];
            continue;
        }
        bool is_throttled;
        int code = write_one(call, changes[i], &cost, &is_throttled);
        if (code != STORE_OK)
            return code;
        if (is_throttled) {
            unprocessed.items[unprocessed.len++] = entry->value.items[i];
            ++*throttled;
            continue;
        }
        DynamodbConsumedCapacity *one =
            capacity_of_write(call, in->return_consumed_capacity, entry->key, changes[i].table, &cost);
        const Item *keyed = changes[i].after ? changes[i].after : AS_ITEM(&entry->value.items[i].delete_request->key);
        DynamodbItemCollectionMetrics *metric =
            collection_metrics(call, in->return_item_collection_metrics, changes[i].table, keyed);
        if (sum)
            capacity_add(call, sum, one);
        else
            sum = one;
        if (metric)
            metrics.items[metrics.len++] = *metric;
    }
    if (unprocessed.len)
        out->unprocessed_items.items[out->unprocessed_items.len++] =
            (DynamodbBatchWriteItemRequestMapEntry){entry->key, unprocessed};
    if (sum)
        out->consumed_capacity.items[out->consumed_capacity.len++] = *sum;
    if (metrics.len)
        out->item_collection_metrics.items[out->item_collection_metrics.len++] =
            (DynamodbItemCollectionMetricsPerTableEntry){entry->key, metrics};
    return STORE_OK;
}

static Status batch_write_item(Call *call, const DynamodbBatchWriteItemInput *in, DynamodbBatchWriteItemOutput *out)
{
    Batch *batch = arena_new_of(call->arena, Batch);
    size_t tables = in->request_items.len, throttled = 0;
    TRY(prepare_all(call, in, batch));

    out->unprocessed_items.items = arena_new_array(call->arena, DynamodbBatchWriteItemRequestMapEntry, tables);
    if (present(in->return_consumed_capacity) && !bytes_is(in->return_consumed_capacity, "NONE"))
        out->consumed_capacity.items = arena_new_array(call->arena, DynamodbConsumedCapacity, tables);
    if (bytes_is(in->return_item_collection_metrics, "SIZE"))
        out->item_collection_metrics.items =
            arena_new_array(call->arena, DynamodbItemCollectionMetricsPerTableEntry, tables);
    const Change *changes = batch->changes;
    for (size_t i = 0; i < tables; i++) {
        TRY(expect_ok(call, write_table(call, in, i, changes, &throttled, out)));
        changes += in->request_items.items[i].value.len;
    }
    return throttled ? throttle_end_batch(call, throttled == batch->len) : OK;
}
