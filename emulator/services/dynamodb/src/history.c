/* history.c */
#include "history.h"
#include "job.h"
#include "row.h"

#define COPIES_MAX 64 /* of one table at a time: RESTORES_MAX, and a backup */

/* Kinds of jobs that copy a table as it was: JOB_UNDO and JOB_COPY. */
static const Query select_copies = {"SELECT target FROM dynamodb_job WHERE source = ?1 AND kind <= 1 LIMIT ?2"};
static const Query append_change = {"INSERT INTO dynamodb_change (table_id, at, hash, range, item)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query last_change = {"SELECT max(at) FROM dynamodb_change WHERE table_id = ?1"};
static const Query first_changes = {"SELECT at, length(hash) + length(range) + length(item) FROM dynamodb_change"
                                    " WHERE table_id = ?1 AND at >= ?2 ORDER BY at"};
static const Query delete_changes = {"DELETE FROM dynamodb_change WHERE table_id = ?1 AND at BETWEEN ?2 AND ?3"};
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
    Statement *row = statement_begin(store, query);
    bind_int64(row, 1, table_id);
    int code = statement_one_number(row, ret);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static int load_copies(Store *store, Table *table)
{
    Statement *rows = statement_begin(store, &select_copies);
    History *history = &table->history;
    int code;
    bind_int64(rows, 1, table->id);
    bind_int64(rows, 2, COPIES_MAX);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (!history->copies)
            history->copies = arena_new_array(table->arena, int64_t, COPIES_MAX);
        history->copies[history->copies_count++] = column_int64(rows, 0);
    }
    return code;
}

int history_load(Store *store, Table *table)
{
    Statement *origin = statement_begin(store, &select_origin);
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
    Statement *log = statement_begin(store, &write_log);
    bind_int64(log, 1, table->id);
    bind_int64(log, 2, table->history.bytes);
    int code = statement_run(log);
    if (code != STORE_OK)
        return code;
    Statement *since = statement_begin(store, &write_since);
    bind_int64(since, 1, table->id);
    bind_int64(since, 2, table->recovery_since_ms);
    table->history.is_changed = false;
    return statement_run(since);
}

int history_forget(const Scope *scope, int64_t table_id)
{
    int code = query_run_with(scope->store, &delete_log, table_id);
    return code == STORE_OK ? jobs_add(scope, &(Job){.kind = JOB_FORGET, .source = table_id}) : code;
}

/* Each change counts as so much at least: one that comes never pushes many out. */
#define CHANGE_BYTES_MIN 1024

static int64_t weigh(int64_t bytes)
{
    return bytes > CHANGE_BYTES_MIN ? bytes : CHANGE_BYTES_MIN;
}

/* What is too much falls out at the log's beginning, and of what is too old two changes for each that comes. *ret_last:
 * the last of them; 0: none. */
static int find_old(const Scope *scope, Table *table, int64_t *ret_last)
{
    const Dynamodb *dynamodb = scope->service;
    History *history = &table->history;
    int64_t oldest = history_at(scope->now_ms - table->recovery_days * DAY_MS);
    int code = STORE_ROW, old = 0;
    Statement *rows = statement_begin(scope->store, &first_changes);
    bind_int64(rows, 1, table->id);
    bind_int64(rows, 2, history_at(table->recovery_since_ms));
    *ret_last = 0;
    while ((code = statement_step(rows)) == STORE_ROW) {
        int64_t at = column_int64(rows, 0);
        bool is_old = at < oldest && old++ < 2;
        if (!is_old && history->bytes <= dynamodb->recovery_log_bytes)
            break;
        history->bytes -= weigh(column_int64(rows, 1));
        *ret_last = at;
    }
    statement_end(rows);
    return code < 0 ? code : STORE_OK;
}

/* What was before the last one can't be told any more. A restore that is still reading the log keeps it. */
static int trim(const Scope *scope, Table *table)
{
    const Dynamodb *dynamodb = scope->service;
    bool is_over = table->history.bytes > dynamodb->recovery_log_bytes,
         is_old = table->recovery_since_ms < scope->now_ms - table->recovery_days * DAY_MS;
    int64_t last;
    if (table->history.copies_count || (!is_over && !is_old))
        return STORE_OK;
    int code = find_old(scope, table, &last);
    if (code != STORE_OK || !last)
        return code;
    Statement *delete = statement_begin(scope->store, &delete_changes);
    bind_int64(delete, 1, table->id);
    bind_int64(delete, 2, history_at(table->recovery_since_ms));
    bind_int64(delete, 3, last);
    table->recovery_since_ms = last >> HISTORY_TIME_BITS;
    return statement_run(delete);
}

static int append(const Scope *scope, const Change *change, Bytes before)
{
    Table *table = change->table;
    History *history = &table->history;
    int64_t now = history_at(scope->now_ms);
    Statement *insert = statement_begin(scope->store, &append_change);
    history->last = now > history->last ? now : history->last + 1;
    bind_int64(insert, 1, table->id);
    bind_int64(insert, 2, history->last);
    bind_bytes(insert, 3, change->key.hash);
    bind_bytes(insert, 4, change->key.range);
    bind_bytes(insert, 5, before);
    int code = statement_run(insert);
    history->bytes += weigh((int64_t)(change->key.hash.len + change->key.range.len + before.len));
    history->is_changed = true;
    return code == STORE_OK ? trim(scope, table) : code;
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
        code = tree_put_if_new(scope->store, table->history.copies[i], &change->key, before);
    if (table->recovery_since_ms && code == STORE_OK)
        code = append(scope, change, before);
    buffer_done(&stored);
    return code;
}

int origin_insert(const Scope *scope, int64_t table_id, const Origin *origin)
{
    Statement *insert = statement_begin(scope->store, &insert_origin);
    int next = row_bind(insert, 1, &origin_row, origin);
    bind_int64(insert, next, table_id);
    return statement_run(insert);
}

int origin_is_copied(Store *store, int64_t table_id)
{
    return query_run_with(store, &origin_copied, table_id);
}

int origin_forget(Store *store, int64_t table_id)
{
    return query_run_with(store, &delete_origin, table_id);
}
