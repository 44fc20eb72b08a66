/* table.c - reading, writing and keeping tables. */
#include "destination.h"
#include "dials.h"
#include "history.h"
#include "index_job.h"
#include "key.h"
#include "replica.h"
#include "row.h"
#include "stream.h"
#include "table_metrics.h"
#include <stdlib.h>

#define TABLE_COLUMNS                                                                                                  \
    "name, uuid, created_ms, hash_name, hash_kind, range_name, range_kind, billing_mode, on_demand_since_ms, "         \
    "read_units, write_units, max_read_units, max_write_units, warm_read, warm_write, table_class, is_protected, "     \
    "ttl_attribute, recovery_since_ms, recovery_days, sse_key"
#define INDEX_COLUMNS                                                                                                  \
    "name, is_global, hash_name, hash_kind, range_name, range_kind, more_keys, projection_type, non_key, read_units, " \
    "write_units, max_read_units, max_write_units, warm_read, warm_write"

/* As TABLE_COLUMNS has them, then what is counted. */
static const Column table_columns[] = {
    COLUMN(Table, name),
    COLUMN(Table, uuid),
    COLUMN(Table, created_ms),
    COLUMN_AS("hash_name", Table, keys.hash.name),
    COLUMN_AS("hash_kind", Table, keys.hash.kind),
    COLUMN_AS("range_name", Table, keys.range.name),
    COLUMN_AS("range_kind", Table, keys.range.kind),
    COLUMN(Table, billing_mode),
    COLUMN(Table, on_demand_since_ms),
    COLUMN_AS("read_units", Table, units.read),
    COLUMN_AS("write_units", Table, units.write),
    COLUMN_AS("max_read_units", Table, units.max_read),
    COLUMN_AS("max_write_units", Table, units.max_write),
    COLUMN_AS("warm_read", Table, units.warm_read),
    COLUMN_AS("warm_write", Table, units.warm_write),
    COLUMN(Table, table_class),
    COLUMN(Table, is_protected),
    COLUMN(Table, ttl_attribute),
    COLUMN(Table, recovery_since_ms),
    COLUMN(Table, recovery_days),
    COLUMN(Table, sse_key),
    COLUMN(Table, id),
    COLUMN_AS("items", Table, tally.items),
    COLUMN_AS("bytes", Table, tally.bytes),
};
static const Row whole_table = ROW(table_columns), table_definition = {table_columns, 21};

typedef struct IndexRow {
    Index index;
    int64_t id;      /* the tree, above 0 */
    Bytes non_key;   /* join_names */
    Bytes more_keys; /* join_keys */
} IndexRow;
static const Column index_columns[] = {
    COLUMN_AS("name", IndexRow, index.name),
    COLUMN_AS("is_global", IndexRow, index.is_global),
    COLUMN_AS("hash_name", IndexRow, index.keys.hash.name),
    COLUMN_AS("hash_kind", IndexRow, index.keys.hash.kind),
    COLUMN_AS("range_name", IndexRow, index.keys.range.name),
    COLUMN_AS("range_kind", IndexRow, index.keys.range.kind),
    COLUMN_BYTES("more_keys", IndexRow, more_keys),
    COLUMN_AS("projection_type", IndexRow, index.projection_type),
    COLUMN_BYTES("non_key", IndexRow, non_key),
    COLUMN_AS("read_units", IndexRow, index.units.read),
    COLUMN_AS("write_units", IndexRow, index.units.write),
    COLUMN_AS("max_read_units", IndexRow, index.units.max_read),
    COLUMN_AS("max_write_units", IndexRow, index.units.max_write),
    COLUMN_AS("warm_read", IndexRow, index.units.warm_read),
    COLUMN_AS("warm_write", IndexRow, index.units.warm_write),
    COLUMN(IndexRow, id),
    COLUMN_AS("items", IndexRow, index.tally.items),
    COLUMN_AS("bytes", IndexRow, index.tally.bytes),
};
static const Row whole_index = ROW(index_columns), index_definition = {index_columns, 15},
                 index_changes = {index_columns + 9, 9}; /* units, id, tally */

static const Query select_table = {"SELECT " TABLE_COLUMNS
                                   ", id, items, bytes FROM dynamodb_table WHERE account = ?1 AND "
                                   "region = ?2 AND name = ?3"};
static const Query insert_table = {
    "INSERT INTO dynamodb_table (" TABLE_COLUMNS ", account, region)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"};
static const Query update_table = {
    "UPDATE dynamodb_table SET (" TABLE_COLUMNS ") ="
    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21) WHERE id = ?22"};
static const Query delete_table = {"DELETE FROM dynamodb_table WHERE id = ?1"};
static const Query tally_table = {"UPDATE dynamodb_table SET items = ?2, bytes = ?3 WHERE id = ?1"};
static const Query list_tables = {
    "SELECT name FROM dynamodb_table WHERE account = ?1 AND region = ?2 AND name > ?3 ORDER BY name LIMIT ?4"};
static const Query select_indexes = {"SELECT " INDEX_COLUMNS
                                     ", id, items, bytes FROM dynamodb_index WHERE table_id = ?1 ORDER BY id"};
static const Query insert_index = {"INSERT INTO dynamodb_index (" INDEX_COLUMNS ", table_id)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"};
static const Query update_index = {"UPDATE dynamodb_index SET read_units = ?1, write_units = ?2, max_read_units = ?3,"
                                   " max_write_units = ?4, warm_read = ?5, warm_write = ?6, items = ?8, bytes = ?9"
                                   " WHERE id = ?7"};
static const Query delete_tags = {"DELETE FROM dynamodb_tag WHERE table_id = ?1"};
static const Query delete_policies = {"DELETE FROM dynamodb_policy WHERE table_id = ?1"};
static const Query delete_insights = {"DELETE FROM dynamodb_insights WHERE table_id = ?1"};
static const Query delete_index = {"DELETE FROM dynamodb_index WHERE id = ?1"};
static const Query tally_index = {"UPDATE dynamodb_index SET items = ?2, bytes = ?3 WHERE id = ?1"};
static const Query insert_dropped = {"INSERT OR IGNORE INTO dynamodb_dropped (tree) VALUES (?1)"};

Bytes table_map_key(Arena *arena, Bytes account, Bytes region, Bytes name)
{
    char *key = arena_take_raw(arena, account.len + region.len + name.len + 2), *out = key;
    memcpy(out, account.ptr, account.len);
    out += account.len;
    *out++ = 0;
    memcpy(out, region.ptr, region.len);
    out += region.len;
    *out++ = 0;
    memcpy(out, name.ptr, name.len);
    return (Bytes){key, account.len + region.len + name.len + 2};
}

/* Attribute names hold no NUL: JSON could bring one, the check at creation refuses it. */
static Bytes join_names(Arena *arena, const DynamodbNonKeyAttributeNameList *names)
{
    size_t size = 0;
    for (size_t i = 0; i < names->len; i++)
        size += names->items[i].len + 1;
    char *joined = arena_take(arena, size), *at = joined; /* zeroed */
    for (size_t i = 0; i < names->len; i++, at++)
        at = mempcpy(at, names->items[i].ptr, names->items[i].len);
    return (Bytes){joined, size};
}

static DynamodbNonKeyAttributeNameList split_names(Arena *arena, Bytes joined)
{
    DynamodbNonKeyAttributeNameList names = {arena_new_array(arena, Bytes, NON_KEY_MAX * 5 + 1), 0};
    while (joined.len && names.len < NON_KEY_MAX * 5)
        names.items[names.len++] = bytes_cut(&joined, 0);
    return names;
}

/* Those behind the first hash and range attribute: each H or R, its type, its name, NUL. */
static Bytes join_keys(Arena *arena, const Keys *keys)
{
    size_t size = 0;
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(keys, &at));)
        size += key->name.len + 3;
    char *joined = arena_take(arena, size), *out = joined; /* zeroed */
    for (size_t at = 0; (key = keys_next(keys, &at));) {
        if (key == &keys->hash || key == &keys->range)
            continue;
        *out++ = key < keys->ranges ? 'H' : 'R';
        *out++ = value_kind_name(key->kind)[0];
        out = (char *)mempcpy(out, key->name.ptr, key->name.len) + 1;
    }
    return (Bytes){joined, (size_t)(out - joined)};
}

static void split_keys(Bytes joined, Keys *keys)
{
    size_t hashes = 1, ranges = 1;
    while (joined.len) {
        Bytes one = bytes_cut(&joined, 0);
        bool is_hash = one.len && one.ptr[0] == 'H';
        size_t *count = is_hash ? &hashes : &ranges;
        if (one.len < 3 || *count == KEY_ATTRIBUTES_MAX)
            continue;
        (is_hash ? keys->hashes : keys->ranges)[(*count)++] =
            (KeyAttribute){bytes_slice(one, 2, one.len - 2), value_kind_of(bytes_slice(one, 1, 1))};
    }
}

static Index index_of(Arena *arena, const IndexRow *row)
{
    Index index = row->index;
    index.tree = -row->id;
    index.non_key = split_names(arena, row->non_key);
    split_keys(row->more_keys, &index.keys);
    return index;
}

static int read_indexes(Store *store, Table *table)
{
    Statement *row = statement_begin(store, &select_indexes);
    int code;
    bind_int64(row, 1, table->id);
    table->indexes = arena_new_array(table->arena, Index, INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    while ((code = statement_step(row)) == STORE_ROW) {
        IndexRow index = {0};
        row_read(table->arena, row, &whole_index, &index);
        table->indexes[table->indexes_count++] = index_of(table->arena, &index);
    }
    return code;
}

static Table *table_free(Table *table)
{
    if (table)
        arena_free(table->arena);
    free(table);
    return NULL;
}

static int load_dials(Store *store, Table *table)
{
    int code = dials_load(store, table->id, &table->dials);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = dials_load(store, table->indexes[i].tree, &table->indexes[i].dials);
    return code;
}

static int load(const Scope *scope, Bytes name, Table **ret_table)
{
    Statement *row = statement_begin(scope->store, &select_table);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    bind_text(row, 3, name);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    Table *table = calloc(1, sizeof *table);
    if (!table)
        abort();
    table->arena = arena_new();
    table->account = arena_copy(table->arena, scope->account);
    table->region = arena_copy(table->arena, scope->region);
    table->meters = table_meters_new(table->arena);
    row_read(table->arena, row, &whole_table, table);
    statement_end(row);
    code = read_indexes(scope->store, table);
    if (code == STORE_OK)
        code = stream_load(scope->store, table);
    if (code == STORE_OK)
        code = load_dials(scope->store, table);
    if (code == STORE_OK)
        code = index_jobs_load(scope->store, table);
    if (code == STORE_OK)
        code = destination_load(scope->store, table);
    if (code == STORE_OK)
        code = history_load(scope->store, table);
    if (code == STORE_OK)
        code = replicas_load(scope->store, table);
    *ret_table = code == STORE_OK ? table : table_free(table);
    return code;
}

Bytes table_name_of(Bytes name_or_arn)
{
    Arn arn;
    if (!bytes_starts_with(name_or_arn, TEXT("arn:")) || !arn_parse(name_or_arn, &arn) ||
        !bytes_starts_with(arn.resource, TEXT("table/")))
        return name_or_arn;
    return bytes_slice(arn.resource, 6, arn.resource.len - 6);
}

static bool is_elsewhere(const Scope *scope, Bytes name)
{
    Arn arn;
    return bytes_starts_with(name, TEXT("arn:")) && arn_parse(name, &arn) &&
           !(bytes_equal(arn.account, scope->account) && bytes_equal(arn.region, scope->region));
}

int table_get(const Scope *scope, Bytes name, Table **ret_table)
{
    if (is_elsewhere(scope, name))
        return STORE_NOT_FOUND;
    Dynamodb *dynamodb = scope->service;
    Bytes plain = table_name_of(name);
    Bytes key = table_map_key(scope->arena, scope->account, scope->region, plain);
    Table *table = map_get(dynamodb->tables, key);
    if (!table) {
        int code = load(scope, plain, &table);
        if (code != STORE_OK)
            return code;
        map_put(dynamodb->tables, key, table);
    }
    *ret_table = table;
    return STORE_OK;
}

Status table_find(Call *call, Bytes name, Table **ret_table)
{
    int code = table_get(&call->scope, name, ret_table);
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND, "Requested resource not found: Table: " BYTES_FMT " not found",
                    BYTES_ARG(table_name_of(name)));
    return expect_ok(call, code);
}

Status table_find_for_items(Call *call, Bytes name, Table **ret_table)
{
    int code = table_get(&call->scope, name, ret_table);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && table_is_being_made(*ret_table, call->now_ms)))
        return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND, "Requested resource not found");
    TRY(expect_ok(call, code));
    table_metrics_touch(call->service, *ret_table);
    return OK;
}

Status table_find_to_change(Call *call, Bytes name, Table **ret_table)
{
    TRY(table_find(call, name, ret_table));
    if (table_is_being_made(*ret_table, call->now_ms))
        return fail(call, &DYNAMODB_RESOURCE_IN_USE,
                    "Attempt to change a resource which is still in use: Table is being created: " BYTES_FMT,
                    BYTES_ARG((*ret_table)->name));
    return OK;
}

const Index *table_index(const Table *table, Bytes name)
{
    for (size_t i = 0; i < table->indexes_count; i++)
        if (bytes_equal(table->indexes[i].name, name))
            return &table->indexes[i];
    return NULL;
}

int index_insert(const Scope *scope, const Table *table, const Index *index, int64_t *ret_tree)
{
    Statement *statement = statement_begin(scope->store, &insert_index);
    IndexRow row = {.index = *index,
                    .non_key = join_names(scope->arena, &index->non_key),
                    .more_keys = join_keys(scope->arena, &index->keys)};
    int next = row_bind(statement, 1, &index_definition, &row);
    bind_int64(statement, next, table->id);
    int code = statement_run(statement);
    *ret_tree = -store_last_rowid(scope->store);
    return code;
}

int table_insert(const Scope *scope, const Table *table, int64_t *ret_id)
{
    Statement *statement = statement_begin(scope->store, &insert_table);
    Table inserted = *table;
    int64_t tree;
    int next = row_bind(statement, 1, &table_definition, table);
    bind_text(statement, next, scope->account);
    bind_text(statement, next + 1, scope->region);
    int code = statement_run(statement);
    inserted.id = *ret_id = store_last_rowid(scope->store);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = index_insert(scope, &inserted, &table->indexes[i], &tree);
    return code;
}

int table_write(const Scope *scope, const Table *table)
{
    Statement *statement = statement_begin(scope->store, &update_table);
    int next = row_bind(statement, 1, &table_definition, table);
    bind_int64(statement, next, table->id);
    return statement_run(statement);
}

int index_write(const Scope *scope, const Index *index)
{
    Statement *statement = statement_begin(scope->store, &update_index);
    IndexRow row = {.index = *index, .id = -index->tree};
    row_bind(statement, 1, &index_changes, &row);
    return statement_run(statement);
}

static int drop_tree(const Scope *scope, int64_t tree)
{
    Dynamodb *dynamodb = scope->service;
    int code = query_run_with(scope->store, &insert_dropped, tree);
    drops_start(dynamodb);
    return code == STORE_OK ? dials_forget(scope->store, tree) : code;
}

int index_remove(const Scope *scope, const Index *index)
{
    int code = query_run_with(scope->store, &delete_index, -index->tree);
    return code == STORE_OK ? drop_tree(scope, index->tree) : code;
}

int table_remove_parts(const Scope *scope, Table *table)
{
    int code = replicas_leave(scope, table);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &delete_tags, table->id);
    if (code == STORE_OK)
        code = expiry_forget(scope, table->id);
    if (code == STORE_OK && stream_is_on(table))
        code = stream_close(scope, table);
    if (code == STORE_OK)
        code = destinations_remove(scope, table);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &delete_policies, table->id);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &delete_insights, table->id);
    return code == STORE_OK ? origin_forget(scope->store, table->id) : code;
}

int table_remove(const Scope *scope, Table *table)
{
    int code = table_remove_parts(scope, table);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = index_remove(scope, &table->indexes[i]);
    if (code == STORE_OK)
        code = query_run_with(scope->store, &delete_table, table->id);
    return code == STORE_OK ? drop_tree(scope, table->id) : code;
}

static int write_tally(Store *store, const Query *query, int64_t id, Tally *tally)
{
    if (!tally->is_changed)
        return STORE_OK;
    Statement *statement = statement_begin(store, query);
    bind_int64(statement, 1, id);
    bind_int64(statement, 2, tally->items);
    bind_int64(statement, 3, tally->bytes);
    tally->is_changed = false;
    return statement_run(statement);
}

static int write_tallies(Store *store, Table *table)
{
    int code = write_tally(store, &tally_table, table->id, &table->tally);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        code = write_tally(store, &tally_index, -table->indexes[i].tree, &table->indexes[i].tally);
    return code == STORE_OK ? history_write(store, table) : code;
}

void table_note_change(Dynamodb *dynamodb, Table *table)
{
    if (table->is_changed)
        return;
    table->is_changed = true;
    table->next_changed = dynamodb->changed;
    dynamodb->changed = table;
}

int tables_before_commit(void *context)
{
    Dynamodb *dynamodb = context;
    int code = STORE_OK;
    for (Table *table; code == STORE_OK && (table = dynamodb->changed);) {
        dynamodb->changed = table->next_changed;
        table->is_changed = false;
        code = write_tallies(dynamodb->store, table);
    }
    return code;
}

void table_forget(Dynamodb *dynamodb, Table *table)
{
    Arena *arena = arena_new();
    Bytes key = table_map_key(arena, table->account, table->region, table->name);
    if (map_get(dynamodb->tables, key) == table) {
        if (write_tallies(dynamodb->store, table) != STORE_OK)
            log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: %s", store_error(dynamodb->store));
        map_remove(dynamodb->tables, key);
        table->next_retired = dynamodb->retired;
        dynamodb->retired = table;
    }
    arena_free(arena);
}

void tables_free_retired(void *context, const void *event)
{
    (void)event;
    Dynamodb *dynamodb = context;
    for (Table *next, *table = dynamodb->retired; table; table = next) {
        next = table->next_retired;
        table_free(table);
    }
    dynamodb->retired = NULL;
}

void tables_forget(Dynamodb *dynamodb)
{
    Bytes key;
    void *table;
    for (size_t at = 0; map_next(dynamodb->tables, &at, &key, &table);)
        table_free(table);
    map_free(dynamodb->tables);
    dynamodb->tables = map_new();
    dynamodb->changed = NULL;
}

int tables_list(const Scope *scope, Bytes after, size_t limit, Bytes **ret_names, size_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &list_tables);
    Bytes *names = arena_new_array(scope->arena, Bytes, limit);
    size_t count = 0;
    int code;
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    bind_text(row, 3, present(after) ? after : TEXT(""));
    bind_int64(row, 4, (int64_t)limit);
    while ((code = statement_step(row)) == STORE_ROW)
        names[count++] = arena_copy(scope->arena, column_bytes(row, 0));
    *ret_names = names;
    *ret_count = count;
    return code;
}
