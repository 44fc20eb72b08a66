/* items.c */
#include "items.h"

static const Query select_item = {"SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range = ?3"};
static const Query replace_item = {"INSERT INTO dynamodb_item (tree, hash, range, item) VALUES (?1, ?2, ?3, ?4)"
                                   " ON CONFLICT DO UPDATE SET item = excluded.item"};
static const Query delete_item_row = {"DELETE FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range = ?3"};
static const Query select_forward = {"SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range >= ?3 AND "
                                     "range < ?4 ORDER BY range"};
static const Query select_backward = {
    "SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range >= ?3 AND "
    "range < ?4 ORDER BY range DESC"};
static const Query select_all = {
    "SELECT item FROM dynamodb_item WHERE tree = ?1 AND (hash, range) > (?2, ?3) AND hash < ?4"
    " ORDER BY hash, range"};
static const Query select_rows = {"SELECT hash, range, item FROM dynamodb_item WHERE tree = ?1 ORDER BY hash, range"};

int item_read(Call *call, const Table *table, const Key *key, Item *ret_item)
{
    Statement *row = store_begin(call->store, &select_item);
    bind_int64(row, 1, table->id);
    bind_bytes(row, 2, key->hash);
    bind_bytes(row, 3, key->range);
    int code = store_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_item = item_decode(call->arena, arena_copy(call->arena, column_bytes(row, 0)));
    store_end(row);
    return STORE_OK;
}

static int put_row(Store *store, int64_t tree, const Key *key, const Item *item)
{
    Statement *statement = store_begin(store, &replace_item);
    Buffer stored = {0};
    item_encode(&stored, item);
    bind_int64(statement, 1, tree);
    bind_bytes(statement, 2, key->hash);
    bind_bytes(statement, 3, key->range);
    bind_bytes(statement, 4, buffer_bytes(&stored));
    int code = store_run(statement);
    buffer_done(&stored);
    return code;
}

static int delete_row(Store *store, int64_t tree, const Key *key)
{
    Statement *statement = store_begin(store, &delete_item_row);
    bind_int64(statement, 1, tree);
    bind_bytes(statement, 2, key->hash);
    bind_bytes(statement, 3, key->range);
    return store_run(statement);
}

Item index_projection(Arena *arena, const Table *table, const Index *index, const Item *item)
{
    Item projected = {arena_new_array(arena, Attribute, item->len), 0};
    bool is_all = bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL);
    for (size_t i = 0; i < item->len; i++) {
        Bytes name = item->items[i].key;
        if (is_all || keys_have(&table->keys, name) || keys_have(&index->keys, name) ||
            list_of_bytes_has(index->non_key.items, index->non_key.len, name))
            projected.items[projected.len++] = item->items[i];
    }
    return projected;
}

/* What an index has of an item, and where. */
typedef struct Entry {
    bool is_there;
    Key key;
    Item item;
    size_t bytes;
} Entry;

static Entry entry_of(Call *call, const Change *change, const Index *index, const Item *item)
{
    Entry entry = {0};
    if (!item || !key_of_entry(call->arena, index, item, &change->key, &entry.key))
        return entry;
    entry.is_there = true;
    entry.item = index_keeps_all(index) ? *item : index_projection(call->arena, change->table, index, item);
    entry.bytes = item_size(&entry.item);
    return entry;
}

static bool entries_equal(const Entry *a, const Entry *b)
{
    Value one = {.kind = VALUE_M}, other = {.kind = VALUE_M};
    *AS_ITEM(&one.m) = a->item;
    *AS_ITEM(&other.m) = b->item;
    return a->is_there == b->is_there && (!a->is_there || value_equal(&one, &other));
}

static void count(Tally *tally, bool was, size_t bytes_before, bool is, size_t bytes_after)
{
    tally->items += (int)is - (int)was;
    tally->bytes += (int64_t)bytes_after - (int64_t)bytes_before;
    tally->is_changed = true;
}

static int write_entry(Call *call, const Change *change, Index *index, size_t *ret_bytes)
{
    Entry before = entry_of(call, change, index, change->before), after = entry_of(call, change, index, change->after);
    int code = STORE_OK;
    bool moves = before.is_there && after.is_there &&
                 (!bytes_equal(before.key.hash, after.key.hash) || !bytes_equal(before.key.range, after.key.range));
    *ret_bytes = 0;
    if (entries_equal(&before, &after))
        return STORE_OK;
    if (before.is_there && (moves || !after.is_there))
        code = delete_row(call->store, index->tree, &before.key);
    if (after.is_there && code == STORE_OK)
        code = put_row(call->store, index->tree, &after.key, &after.item);
    count(&index->tally, before.is_there, before.bytes, after.is_there, after.bytes);
    *ret_bytes = moves ? before.bytes + after.bytes : before.bytes > after.bytes ? before.bytes : after.bytes;
    return code;
}

Status change_check(Call *call, const Change *change, const char *size_words)
{
    if (item_size(change->after) > ITEM_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "%s has exceeded the maximum allowed size", size_words);
    return index_keys_check(call, change->table, change->after);
}

int change_write(Call *call, const Change *change, ChangeCost *ret_cost)
{
    Table *table = change->table;
    size_t before = change->before ? item_size(change->before) : 0,
           after = change->after ? item_size(change->after) : 0;
    int code = STORE_OK;
    ret_cost->table_bytes = before > after ? before : after;
    if (change->after)
        code = put_row(call->store, table->id, &change->key, change->after);
    else if (change->before)
        code = delete_row(call->store, table->id, &change->key);
    if (change->before || change->after)
        count(&table->tally, change->before, before, change->after, after);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = write_entry(call, change, &table->indexes[i], &ret_cost->index_bytes[i]);
    return code == STORE_OK ? expiry_follow(call, change) : code;
}

int index_fill(Call *call, const Table *table, const Index *index, Tally *ret_tally)
{
    Arena *arena = arena_new();
    Statement *rows = store_begin(call->store, &select_rows);
    int code, put = STORE_OK;
    *ret_tally = (Tally){.is_changed = true};
    bind_int64(rows, 1, table->id);
    while (put == STORE_OK && (code = store_step(rows)) == STORE_ROW) {
        Key key = {arena_copy(arena, column_bytes(rows, 0)), arena_copy(arena, column_bytes(rows, 1))}, entry;
        Item item = item_decode(arena, arena_copy(arena, column_bytes(rows, 2)));
        if (key_of_entry(arena, index, &item, &key, &entry)) {
            Item kept = index_keeps_all(index) ? item : index_projection(arena, table, index, &item);
            put = put_row(call->store, index->tree, &entry, &kept);
            ret_tally->items++;
            ret_tally->bytes += (int64_t)item_size(&kept);
        }
        arena_reset(arena);
    }
    store_end(rows);
    arena_free(arena);
    return put != STORE_OK ? put : code;
}

Statement *items_open(Call *call, const ItemRange *range)
{
    const Query *query = present(range->hash_to) ? &select_all
                         : range->is_backward    ? &select_backward
                                                 : &select_forward;
    Statement *rows = store_begin(call->store, query);
    bind_int64(rows, 1, range->tree);
    bind_bytes(rows, 2, range->hash_from);
    bind_bytes(rows, 3, range->range_from);
    bind_bytes(rows, 4, present(range->hash_to) ? range->hash_to : range->range_to);
    return rows;
}

int items_next(Arena *arena, Statement *rows, Item *ret_item)
{
    int code = store_step(rows);
    if (code == STORE_ROW)
        *ret_item = item_decode(arena, arena_copy(arena, column_bytes(rows, 0)));
    return code;
}
