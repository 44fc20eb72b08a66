/* query.c - rows of queries. */
#include "query.h"
#include "row.h"

#define SWEPT_AT_ONCE 20

const Migration logs_query_schema = {
    "logs_queries",
    (const char *const[]){
        "CREATE TABLE logs_query ("
        " number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL,"
        " groups TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL, created_ms INTEGER NOT NULL,"
        " from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, max_results INTEGER NOT NULL, finished_ms INTEGER NOT NULL,"
        " results BLOB, matched INTEGER NOT NULL, scanned INTEGER NOT NULL, bytes INTEGER NOT NULL);"
        "CREATE INDEX logs_query_of_region ON logs_query (account, region, number);",
        NULL,
    },
};

#define LISTED                                                                                                         \
    "number, id, groups, text, status, created_ms, from_s, to_s, max_results, finished_ms, matched, scanned, bytes"

static const Column columns[] = {COLUMN(LogQuery, number),
                                 COLUMN(LogQuery, id),
                                 COLUMN(LogQuery, groups),
                                 COLUMN(LogQuery, text),
                                 COLUMN(LogQuery, status),
                                 COLUMN(LogQuery, created_ms),
                                 COLUMN(LogQuery, from_s),
                                 COLUMN(LogQuery, to_s),
                                 COLUMN_AS("max_results", LogQuery, limit),
                                 COLUMN(LogQuery, finished_ms),
                                 COLUMN(LogQuery, matched),
                                 COLUMN(LogQuery, scanned),
                                 COLUMN(LogQuery, bytes),
                                 COLUMN_BYTES("results", LogQuery, results)};
static const Row whole = ROW(columns), listed = {columns, 13};

static const Query find_row = {"SELECT " LISTED
                               ", results FROM logs_query WHERE id = ?1 AND account = ?2 AND region = ?3"};
static const Query insert_row = {
    "INSERT INTO logs_query (id, account, region, groups, text, status, created_ms, from_s,"
    " to_s, max_results, finished_ms, matched, scanned, bytes)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0)"};
static const Query write_row = {"UPDATE logs_query SET status = ?1, finished_ms = ?2, results = ?3, matched = ?4,"
                                " scanned = ?5, bytes = ?6 WHERE number = ?7"};
static const Query rows_before = {"SELECT " LISTED " FROM logs_query WHERE account = ?1 AND region = ?2"
                                  " AND (number < ?3 OR ?3 = 0) ORDER BY number DESC"};
static const Query sweep = {"DELETE FROM logs_query WHERE number IN"
                            " (SELECT number FROM logs_query WHERE created_ms < ?1 ORDER BY number LIMIT ?2)"};

int log_query_insert(const Scope *scope, LogQuery *query)
{
    Statement *row = statement_begin(scope->store, &insert_row);
    bind_text(row, 1, query->id);
    bind_text(row, 2, scope->account);
    bind_text(row, 3, scope->region);
    bind_text(row, 4, query->groups);
    bind_text(row, 5, query->text);
    bind_text(row, 6, query->status);
    bind_int64(row, 7, query->created_ms);
    bind_int64(row, 8, query->from_s);
    bind_int64(row, 9, query->to_s);
    bind_int64(row, 10, query->limit);
    return statement_run(row);
}

int log_query_find(const Scope *scope, Bytes id, LogQuery *ret_query)
{
    Statement *row = statement_begin(scope->store, &find_row);
    bind_text(row, 1, id);
    bind_text(row, 2, scope->account);
    bind_text(row, 3, scope->region);
    return row_one(scope->arena, row, &whole, ret_query);
}

int log_query_write(const Scope *scope, const LogQuery *query)
{
    Statement *row = statement_begin(scope->store, &write_row);
    bind_text(row, 1, query->status);
    bind_int64(row, 2, query->finished_ms);
    bind_bytes(row, 3, query->results);
    bind_int64(row, 4, query->matched);
    bind_int64(row, 5, query->scanned);
    bind_int64(row, 6, query->bytes);
    bind_int64(row, 7, query->number);
    return statement_run(row);
}

Statement *log_queries_before(const Scope *scope, int64_t number)
{
    Statement *rows = statement_begin(scope->store, &rows_before);
    bind_text(rows, 1, scope->account);
    bind_text(rows, 2, scope->region);
    bind_int64(rows, 3, number);
    return rows;
}

void log_query_read(Arena *arena, Statement *row, LogQuery *ret_query)
{
    *ret_query = (LogQuery){0}; /* a list's rows are without their results */
    row_read(arena, row, &listed, ret_query);
}

int log_queries_sweep(const Scope *scope)
{
    Statement *row = statement_begin(scope->store, &sweep);
    bind_int64(row, 1, scope->now_ms - QUERY_KEPT_MS);
    bind_int64(row, 2, SWEPT_AT_ONCE);
    return statement_run(row);
}

bool log_query_is_going_on(const LogQuery *query)
{
    return bytes_is(query->status, "Scheduled") || bytes_is(query->status, "Running");
}
