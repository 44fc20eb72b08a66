/* history.c */
#include "history.h"
#include "job.h"
#include "row.h"

#define COPIES_MAX 64 /* of one table at a time: RESTORES_MAX, and a backup */

/* Kinds of jobs that copy a table as it was: JOB_UNDO and JOB_COPY. */
static const Query select_copies = {"SELECT target FROM dynamodb_job WHERE source = ?1 AND kind <= 1 LIMIT ?2"};
static const Query keep_for_copy = {"INSERT OR IGNORE INTO dynamodb_item (tree, hash, range, item)"
                                    " VALUES (?1, ?2, ?3, ?4)"};
static const Query append_change = {"INSERT INTO dynamodb_change (table_id, at, hash, range, item)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query last_change = {"SELECT max(at) FROM dynamodb_change WHERE table_id = ?1"};
static const Query first_change = {"SELECT at, length(hash) + length(range) + length(item) FROM dynamodb_change"
                                   " WHERE table_id = ?1 AND at >= ?2 ORDER BY at LIMIT 1"};
static const Query delete_change = {"DELETE FROM dynamodb_change WHERE table_id = ?1 AND at = ?2"};
static const Query select_log = {"SELECT bytes FROM dynamodb_recovery WHERE table_id = ?1"};
static const Query write_log = {"INSERT OR REPLACE INTO dynamodb_recovery (table_id, bytes) VALUES (?1, ?2)"};
static const Query write_since = {"UPDATE dynamodb_table SET recovery_since_ms = ?2 WHERE id = ?1"};
static const Query delete_log = {"DELETE FROM dynamodb_recovery WHERE table_id = ?1"};

static const Column origin_columns[] = {COLUMN(Origin, table_arn), COLUMN(Origin, backup_arn), COLUMN(Origin, as_of_ms),
                                        COLUMN(Origin, active_ms), COLUMN(Origin, is_copying)};
static const Row origin_row = ROW(origin_columns);
#define ORIGIN_COLUMNS "table_arn, backup_arn, as_of_ms, active_ms, is_copying"
static const Query select_origin = {"SELECT " ORIGIN_COLUMNS " FROM dynamodb_origin WHERE table_id = ?1"};
static const Query insert_origin = {"INSERT INTO dynamodb_origin (" ORIGIN_COLUMNS ", table_id)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query origin_copied = {"UPDATE dynamodb_origin SET is_copying = 0 WHERE table_id = ?1"};
static const Query delete_origin = {"DELETE FROM dynamodb_origin WHERE table_id = ?1"};

static int read_number(Store *store, const Query *query, int64_t table_id, int64_t *ret)
{
    Statement *row = store_begin(store, query);
    bind_int64(row, 1, table_id);
    int code = store_one(row);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret = column_int64(row, 0);
    store_end(row);
    return STORE_OK;
}

static int run_with_id(Store *store, const Query *query, int64_t id)
{
    Statement *statement = store_begin(store, query);
    bind_int64(statement, 1, id);
    return store_run(statement);
}

static int load_copies(Store *store, Table *table)
{
    Statement *rows = store_begin(store, &select_copies);
    History *history = &table->history;
    int code;
    bind_int64(rows, 1, table->id);
    bind_int64(rows, 2, COPIES_MAX);
    while ((code = store_step(rows)) == STORE_ROW) {
        if (!history->copies)
            history->copies = arena_new_array(table->arena, int64_t, COPIES_MAX);
        history->copies[history->copies_count++] = column_int64(rows, 0);
    }
    return code;
}

int history_load(Store *store, Table *table)
{
    Statement *origin = store_begin(store, &select_origin);
    bind_int64(origin, 1, table->id);
    int code = row_one(table->arena, origin, &origin_row, &table->origin);
    if (code == STORE_OK || code == STORE_NOT_FOUND)
        code = load_copies(store, table);
    if (code == STORE_OK && table->recovery_since_ms)
        code = read_number(store, &last_change, table->id, &table->history.last);
    if (code == STORE_OK && table->recovery_since_ms)
        code = read_number(store, &select_log, table->id, &table->history.bytes);
    return code;
}

int history_write(Store *store, Table *table)
{
    if (!table->history.is_changed)
        return STORE_OK;
    Statement *log = store_begin(store, &write_log);
    bind_int64(log, 1, table->id);
    bind_int64(log, 2, table->history.bytes);
    int code = store_run(log);
    if (code != STORE_OK)
        return code;
    Statement *since = store_begin(store, &write_since);
    bind_int64(since, 1, table->id);
    bind_int64(since, 2, table->recovery_since_ms);
    table->history.is_changed = false;
    return store_run(since);
}

int history_forget(const Scope *scope, int64_t table_id)
{
    int code = run_with_id(scope->store, &delete_log, table_id);
    return code == STORE_OK ? jobs_add(scope, &(Job){.kind = JOB_FORGET, .source = table_id}) : code;
}

/* One change falls out at the log's beginning: what was before it can't be told any more. */
static int drop_first(Store *store, Table *table, bool *ret_dropped)
{
    Statement *first = store_begin(store, &first_change);
    *ret_dropped = false;
    bind_int64(first, 1, table->id);
    bind_int64(first, 2, history_at(table->recovery_since_ms));
    int code = store_one(first);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    int64_t at = column_int64(first, 0), bytes = column_int64(first, 1);
    store_end(first);
    Statement *delete = store_begin(store, &delete_change);
    bind_int64(delete, 1, table->id);
    bind_int64(delete, 2, at);
    table->history.bytes -= bytes;
    table->recovery_since_ms = at >> HISTORY_TIME_BITS;
    *ret_dropped = true;
    return store_run(delete);
}

/* What is too much goes with the changes that come; what is too old, two for each of them. A restore that is still
 * reading the log keeps it. */
static int trim(const Scope *scope, Table *table)
{
    const Dynamodb *dynamodb = scope->service;
    int64_t oldest_ms = scope->now_ms - table->recovery_days * DAY_MS;
    int code = STORE_OK;
    bool dropped = true;
    if (table->history.copies_count)
        return STORE_OK;
    while (code == STORE_OK && dropped && table->history.bytes > dynamodb->recovery_log_bytes)
        code = drop_first(scope->store, table, &dropped);
    for (int i = 0; i < 2 && code == STORE_OK && table->recovery_since_ms < oldest_ms && dropped; i++)
        code = drop_first(scope->store, table, &dropped);
    return code;
}

static int append(const Scope *scope, const Change *change, Bytes before)
{
    Table *table = change->table;
    History *history = &table->history;
    int64_t now = history_at(scope->now_ms);
    Statement *insert = store_begin(scope->store, &append_change);
    history->last = now > history->last ? now : history->last + 1;
    bind_int64(insert, 1, table->id);
    bind_int64(insert, 2, history->last);
    bind_bytes(insert, 3, change->key.hash);
    bind_bytes(insert, 4, change->key.range);
    bind_bytes(insert, 5, before);
    int code = store_run(insert);
    history->bytes += (int64_t)(change->key.hash.len + change->key.range.len + before.len);
    history->is_changed = true;
    return code == STORE_OK ? trim(scope, table) : code;
}

static int keep(Store *store, int64_t tree, const Key *key, Bytes before)
{
    Statement *insert = store_begin(store, &keep_for_copy);
    bind_int64(insert, 1, tree);
    bind_bytes(insert, 2, key->hash);
    bind_bytes(insert, 3, key->range);
    bind_bytes(insert, 4, before);
    return store_run(insert);
}

int history_follow(const Scope *scope, const Change *change)
{
    const Table *table = change->table;
    Buffer stored = {0};
    int code = STORE_OK;
    if (change->before)
        item_encode(&stored, change->before);
    Bytes before = change->before ? buffer_bytes(&stored) : TEXT("");
    for (size_t i = 0; i < table->history.copies_count && code == STORE_OK; i++)
        code = keep(scope->store, table->history.copies[i], &change->key, before);
    if (table->recovery_since_ms && code == STORE_OK)
        code = append(scope, change, before);
    buffer_done(&stored);
    return code;
}

int origin_insert(const Scope *scope, int64_t table_id, const Origin *origin)
{
    Statement *insert = store_begin(scope->store, &insert_origin);
    int next = row_bind(insert, 1, &origin_row, origin);
    bind_int64(insert, next, table_id);
    return store_run(insert);
}

int origin_is_copied(Store *store, int64_t table_id)
{
    return run_with_id(store, &origin_copied, table_id);
}

int origin_forget(Store *store, int64_t table_id)
{
    return run_with_id(store, &delete_origin, table_id);
}
