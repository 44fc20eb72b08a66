/* items.c */
#include "destination.h"
#include "history.h"
#include "replica.h"
#include "stream.h"

static const Query select_item = {"SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range = ?3"};
static const Query replace_item = {"INSERT INTO dynamodb_item (tree, hash, range, item) VALUES (?1, ?2, ?3, ?4)"
                                   " ON CONFLICT DO UPDATE SET item = excluded.item"};
static const Query insert_item = {
    "INSERT OR IGNORE INTO dynamodb_item (tree, hash, range, item) VALUES (?1, ?2, ?3, ?4)"};
static const Query delete_item_row = {"DELETE FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range = ?3"};
static const Query select_forward = {"SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range >= ?3 AND "
                                     "range < ?4 ORDER BY range"};
static const Query select_backward = {
    "SELECT item FROM dynamodb_item WHERE tree = ?1 AND hash = ?2 AND range >= ?3 AND "
    "range < ?4 ORDER BY range DESC"};
static const Query select_all = {
    "SELECT item FROM dynamodb_item WHERE tree = ?1 AND (hash, range) > (?2, ?3) AND hash < ?4"
    " ORDER BY hash, range"};

static Statement *begin(Store *store, const Query *query, int64_t tree, const Key *key)
{
    Statement *statement = statement_begin(store, query);
    bind_int64(statement, 1, tree);
    bind_bytes(statement, 2, key->hash);
    bind_bytes(statement, 3, key->range);
    return statement;
}

Statement *tree_find(Store *store, int64_t tree, const Key *key)
{
    return begin(store, &select_item, tree, key);
}

int item_read(const Scope *scope, const Table *table, const Key *key, Item *ret_item)
{
    Statement *row = tree_find(scope->store, table->id, key);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_item = item_decode(scope->arena, arena_copy(scope->arena, column_bytes(row, 0)));
    statement_end(row);
    return STORE_OK;
}

int tree_put(Store *store, int64_t tree, const Key *key, Bytes stored)
{
    Statement *put = begin(store, &replace_item, tree, key);
    bind_bytes(put, 4, stored);
    return statement_run(put);
}

int tree_put_if_new(Store *store, int64_t tree, const Key *key, Bytes stored)
{
    Statement *put = begin(store, &insert_item, tree, key);
    bind_bytes(put, 4, stored);
    return statement_run(put);
}

int tree_put_item(Store *store, int64_t tree, const Key *key, const Item *item)
{
    Buffer stored = {0};
    item_encode(&stored, item);
    int code = tree_put(store, tree, key, buffer_bytes(&stored));
    buffer_done(&stored);
    return code;
}

static int delete_row(Store *store, int64_t tree, const Key *key)
{
    return statement_run(begin(store, &delete_item_row, tree, key));
}

#define PROJECTED_MAX                                                                                                  \
    (2 + 2 * KEY_ATTRIBUTES_MAX + NON_KEY_MAX) /* the keys of table and index, and what an index names besides */

/* Places in the order of the item, each once. */
typedef struct Places {
    size_t at[PROJECTED_MAX], len;
} Places;

static void add_place(Lookup *lookup, const Item *item, Bytes name, Places *places)
{
    const Value *value = present(name) ? lookup_member(lookup, item, name) : NULL;
    size_t place = value ? attribute_place(item, value) : 0, at = places->len;
    if (!value)
        return;
    while (at && places->at[at - 1] > place)
        at--;
    if (at && places->at[at - 1] == place)
        return;
    memmove(&places->at[at + 1], &places->at[at], (places->len++ - at) * sizeof *places->at);
    places->at[at] = place;
}

Item index_projection(Lookup *lookup, const Table *table, const Index *index, const Item *item)
{
    Places places = {.len = 0};
    if (bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL))
        return *item;
    add_place(lookup, item, table->keys.hash.name, &places);
    add_place(lookup, item, table->keys.range.name, &places);
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(&index->keys, &at));)
        add_place(lookup, item, key->name, &places);
    for (size_t i = 0; i < index->non_key.len && i < NON_KEY_MAX; i++)
        add_place(lookup, item, index->non_key.items[i], &places);
    Item projected = {arena_new_array(lookup->arena, Attribute, places.len), places.len};
    for (size_t i = 0; i < places.len; i++)
        projected.items[i] = item->items[places.at[i]];
    return projected;
}

/* What an index has of an item, and where. */
typedef struct Entry {
    bool is_there;
    Key key;
    Item item; /* what it projects: what it weighs, and what its row has but where the index keeps whole items */
    size_t bytes;
} Entry;

/* What becomes of an index. */
typedef struct EntryChange {
    Entry before, after;
    bool is_same, moves; /* by what it projects: else it costs */
} EntryChange;

static Entry entry_of(Lookup *lookup, const Change *change, const Index *index, const Item *item)
{
    Entry entry = {0};
    if (!item || !key_of_entry(lookup, index, item, &change->key, &entry.key))
        return entry;
    entry.is_there = true;
    entry.item = index_projects_all(index) ? *item : index_projection(lookup, change->table, index, item);
    entry.bytes = item_size(&entry.item);
    return entry;
}

static bool items_equal(Arena *arena, const Item *a, const Item *b)
{
    Value one = {.kind = VALUE_M}, other = {.kind = VALUE_M};
    *AS_ITEM(&one.m) = *a;
    *AS_ITEM(&other.m) = *b;
    return value_equal(arena, &one, &other);
}

/* Its turn comes when the index is filled with it. */
static bool is_awaited(const Index *index, const Key *key)
{
    int order = index->is_filling ? bytes_compare(key->hash, index->filled_hash) : -1;
    return order > 0 || (!order && bytes_compare(key->range, index->filled_range) > 0);
}

/* is_same: the whole items are. */
static EntryChange entry_change_of(Lookup *lookup, const Change *change, const Index *index, bool is_same)
{
    if (is_awaited(index, &change->key))
        return (EntryChange){.is_same = true};
    EntryChange entry = {.before = entry_of(lookup, change, index, change->before),
                         .after = entry_of(lookup, change, index, change->after)};
    const Key *before = &entry.before.key, *after = &entry.after.key;
    bool are_both = entry.before.is_there && entry.after.is_there;
    if (are_both)
        entry.moves = !bytes_equal(before->hash, after->hash) || !bytes_equal(before->range, after->range);
    if (are_both && !is_same && !index_projects_all(index))
        is_same = items_equal(lookup->arena, &entry.before.item, &entry.after.item);
    entry.is_same = entry.before.is_there == entry.after.is_there && (!are_both || is_same);
    return entry;
}

static void count(Tally *tally, bool was, size_t bytes_before, bool is, size_t bytes_after)
{
    tally->items += (int)is - (int)was;
    tally->bytes += (int64_t)bytes_after - (int64_t)bytes_before;
    tally->is_changed = true;
}

/* whole: the item as it is stored. A local index's row has it all: it changes also where what is projected doesn't. */
static int write_entry(Store *store, Index *index, const EntryChange *entry, bool is_same, Bytes whole)
{
    const Entry *before = &entry->before, *after = &entry->after;
    int code = STORE_OK;
    if (is_same || (entry->is_same && !(after->is_there && index_keeps_all(index))))
        return STORE_OK;
    if (before->is_there && (entry->moves || !after->is_there))
        code = delete_row(store, index->tree, &before->key);
    if (after->is_there && code == STORE_OK)
        code = index_keeps_all(index) ? tree_put(store, index->tree, &after->key, whole)
                                      : tree_put_item(store, index->tree, &after->key, &after->item);
    count(&index->tally, before->is_there, before->bytes, after->is_there, after->bytes);
    return code;
}

Status size_check(Call *call, const Item *item, const char *size_words)
{
    if (item_size_within(item, ITEM_BYTES_MAX) <= ITEM_BYTES_MAX)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION, "%s has exceeded the maximum allowed size", size_words);
}

Status change_check(Call *call, const Change *change, const char *size_words)
{
    TRY(size_check(call, change->after, size_words));
    Lookup lookup = {.arena = call->arena};
    return index_keys_check(call, &lookup, change->table, change->after);
}

/* aws: Developer Guide, Global secondary indexes, "Provisioned throughput considerations": an entry that changes its
 * key is two writes, one that is deleted by the item's change is one. */
static void count_cost(const EntryChange *entry, size_t at, ChangeCost *cost)
{
    size_t before = entry->before.bytes, after = entry->after.bytes;
    if (entry->is_same)
        return;
    cost->index_bytes[at] = entry->moves || after > before ? after : before;
    cost->moved_bytes[at] = entry->moves ? before : 0;
}

/* Nothing is taken from the arena here: `stored` would be lost where the call is given up. */
static int write_rows(const Scope *scope, const Change *change, const EntryChange *entries, ChangeCost *cost)
{
    Store *store = scope->store;
    Table *table = change->table;
    Buffer stored = {0};
    int code = !cost->is_same && history_is_followed(table) ? history_follow(scope, change) : STORE_OK;
    if (change->after)
        item_encode(&stored, change->after);
    Bytes whole = buffer_bytes(&stored);
    if (code != STORE_OK)
        ; /* nothing is written that could not be undone */
    else if (change->after)
        code = tree_put(store, table->id, &change->key, whole);
    else if (change->before)
        code = delete_row(store, table->id, &change->key);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = write_entry(store, &table->indexes[i], &entries[i], cost->is_same, whole);
    if (code == STORE_OK && !cost->is_same && stream_is_on(table))
        code = stream_follow(scope, change, whole);
    buffer_done(&stored);
    return code;
}

void change_cost(const Scope *scope, const Change *change, ChangeCost *ret_cost)
{
    const Table *table = change->table;
    Lookup lookup = {.arena = scope->arena};
    size_t before = change->before ? item_size(change->before) : 0,
           after = change->after ? item_size(change->after) : 0;
    bool is_same = table->indexes_count && change->before && change->after &&
                   items_equal(scope->arena, change->before, change->after);
    *ret_cost = (ChangeCost){.is_same = is_same, .table_bytes = before > after ? before : after};
    for (size_t i = 0; i < table->indexes_count; i++) {
        EntryChange entry = entry_change_of(&lookup, change, &table->indexes[i], is_same);
        count_cost(&entry, i, ret_cost);
    }
}

int change_write(const Scope *scope, const Change *change, ChangeCost *ret_cost)
{
    Table *table = change->table;
    Lookup lookup = {.arena = scope->arena};
    EntryChange entries[INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX];
    size_t before = change->before ? item_size(change->before) : 0,
           after = change->after ? item_size(change->after) : 0;
    bool has_destination = destination_is_on(table, scope->now_ms);
    bool replicates = table->replicas_count && !change->is_replicated;
    bool is_same =
        (table->indexes_count || stream_is_on(table) || has_destination || replicates || history_is_followed(table)) &&
        (change->before && change->after ? items_equal(scope->arena, change->before, change->after)
                                         : !change->before && !change->after);
    *ret_cost = (ChangeCost){.is_same = is_same};
    for (size_t i = 0; i < table->indexes_count; i++)
        entries[i] = entry_change_of(&lookup, change, &table->indexes[i], is_same);
    for (size_t i = 0; i < table->indexes_count; i++)
        count_cost(&entries[i], i, ret_cost);
    ret_cost->table_bytes = before > after ? before : after;
    int code = write_rows(scope, change, entries, ret_cost);
    table_note_change(scope->service, table);
    if (change->before || change->after)
        count(&table->tally, change->before, before, change->after, after);
    if (has_destination && !is_same && code == STORE_OK)
        code = destination_follow(scope, change);
    if (replicates && !is_same && code == STORE_OK)
        code = replicas_follow(scope, change);
    return code == STORE_OK ? expiry_follow(scope, change) : code;
}

Statement *items_open(const Scope *scope, const ItemRange *range)
{
    const Query *query = present(range->hash_to) ? &select_all
                         : range->is_backward    ? &select_backward
                                                 : &select_forward;
    Statement *rows = statement_begin(scope->store, query);
    bind_int64(rows, 1, range->tree);
    bind_bytes(rows, 2, range->hash_from);
    bind_bytes(rows, 3, range->range_from);
    bind_bytes(rows, 4, present(range->hash_to) ? range->hash_to : range->range_to);
    return rows;
}

int items_next(Arena *arena, Statement *rows, Item *ret_item)
{
    int code = statement_step(rows);
    if (code == STORE_ROW)
        *ret_item = item_decode(arena, arena_copy(arena, column_bytes(rows, 0)));
    return code;
}
