/* stream.c */
#include "stream.h"
#include "row.h"
#include "sweep.h"

static const Column columns[] = {
    COLUMN(LogStream, id),
    COLUMN(LogStream, group_id),
    COLUMN(LogStream, name),
    COLUMN(LogStream, created_ms),
    COLUMN(LogStream, first_ms),
    COLUMN(LogStream, last_ms),
    COLUMN(LogStream, last_ingestion_ms),
    COLUMN(LogStream, chunks),
    COLUMN(LogStream, span_ms),
};
static const Row whole = ROW(columns), new_row = {columns + 1, sizeof columns / sizeof *columns - 1};

#define NAMES "group_id, name, created_ms, first_ms, last_ms, last_ingestion_ms, chunks, span_ms"
#define ALL   "SELECT id, " NAMES " FROM logs_stream WHERE "

static const Query find = {ALL "group_id = ?1 AND name = ?2"};
static const Query load = {ALL "id = ?1"};
static const Query insert = {"INSERT INTO logs_stream (" NAMES ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
static const Query change = {"UPDATE logs_stream SET first_ms = ?2, last_ms = ?3, last_ingestion_ms = ?4, chunks = ?5,"
                             " span_ms = ?6 WHERE id = ?1"};
static const Query remove_row = {"DELETE FROM logs_stream WHERE id = ?1"};
/* The first page of a descending order begins behind what no name and no time can be. */
static const Query by_name = {ALL "group_id = ?1 AND name >= ?3 AND name IS NOT ?2 ORDER BY name"};
static const Query by_name_descending = {ALL "group_id = ?1 AND name < coalesce(?2, x'') ORDER BY name DESC"};
static const Query by_time = {ALL "group_id = ?1 AND (last_ms, name) > (?3, coalesce(?2, '')) ORDER BY last_ms, name"};
static const Query by_time_descending = {
    ALL "group_id = ?1 AND (last_ms, name) < (?3, coalesce(?2, '')) ORDER BY last_ms DESC, name DESC"};

int log_stream_find(const Scope *scope, int64_t group_id, Bytes name, LogStream *ret_stream)
{
    Statement *row = statement_begin(scope->store, &find);
    bind_int64(row, 1, group_id);
    bind_text(row, 2, name);
    return row_one(scope->arena, row, &whole, ret_stream);
}

int log_stream_load(const Scope *scope, int64_t id, LogStream *ret_stream)
{
    Statement *row = statement_begin(scope->store, &load);
    bind_int64(row, 1, id);
    return row_one(scope->arena, row, &whole, ret_stream);
}

/* aws: recorded */
Status log_stream_for(Call *call, const LogGroup *group, Bytes name, LogStream *ret_stream)
{
    int code = log_stream_find(&call->scope, group->id, name, ret_stream);
    return code == STORE_NOT_FOUND ? fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified log stream does not exist.")
                                   : expect_ok(call, code);
}

LogStream log_stream_new(const LogGroup *group, Bytes name, int64_t now_ms)
{
    return (LogStream){
        .group_id = group->id,
        .name = name,
        .created_ms = now_ms,
        .first_ms = NO_EVENT_MS,
        .last_ms = NO_EVENT_MS,
        .last_ingestion_ms = NO_EVENT_MS,
    };
}

int log_stream_insert(const Scope *scope, LogStream *stream)
{
    Statement *row = statement_begin(scope->store, &insert);
    row_bind(row, 1, &new_row, stream);
    int code = statement_run(row);
    stream->id = store_last_rowid(scope->store);
    return code;
}

int log_stream_write(const Scope *scope, const LogStream *stream)
{
    Statement *row = statement_begin(scope->store, &change);
    bind_int64(row, 1, stream->id);
    bind_int64(row, 2, stream->first_ms);
    bind_int64(row, 3, stream->last_ms);
    bind_int64(row, 4, stream->last_ingestion_ms);
    bind_int64(row, 5, stream->chunks);
    bind_int64(row, 6, stream->span_ms);
    return statement_run(row);
}

int log_stream_remove(const Scope *scope, const LogStream *stream)
{
    int code = query_run_with(scope->store, &remove_row, stream->id);
    return code == STORE_OK ? sweep_stream(scope, stream->id) : code;
}

Statement *log_streams_after(const Scope *scope, const StreamsQuery *query)
{
    static const Query *const queries[] = {
        [BY_NAME] = &by_name,
        [BY_NAME_DESCENDING] = &by_name_descending,
        [BY_LAST_EVENT] = &by_time,
        [BY_LAST_EVENT_DESCENDING] = &by_time_descending,
    };
    Statement *rows = statement_begin(scope->store, queries[query->order]);
    int64_t end_ms = query->order == BY_LAST_EVENT ? INT64_MIN : INT64_MAX;
    Bytes from = bytes_compare(query->after_name, query->prefix) > 0 ? query->after_name : query->prefix;
    bind_int64(rows, 1, query->group_id);
    bind_text(rows, 2, query->after_name);
    if (query->order == BY_NAME)
        bind_text(rows, 3, present(from) ? from : TEXT(""));
    if (query->order >= BY_LAST_EVENT)
        bind_int64(rows, 3, present(query->after_name) ? query->after_ms : end_ms);
    return rows;
}

void log_stream_read(Arena *arena, Statement *row, LogStream *ret_stream)
{
    row_read(arena, row, &whole, ret_stream);
}

Bytes log_stream_arn(Arena *arena, const LogGroup *group, Bytes stream_name)
{
    return arena_text(arena, BYTES_FMT ":log-stream:" BYTES_FMT, BYTES_ARG(log_group_arn(arena, group)),
                      BYTES_ARG(stream_name));
}

/* aws: PutLogEvents: "The sequence token is now ignored in PutLogEvents actions." It begins with 49 where it is seen.
 */
Bytes upload_sequence_token(Arena *arena, const LogStream *stream)
{
    return arena_text(arena, "49%018lld%018lld%018lld", (long long)stream->id, (long long)stream->chunks,
                      (long long)stream->last_ingestion_ms);
}
