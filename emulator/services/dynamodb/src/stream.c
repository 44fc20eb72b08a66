/* stream.c - a table's streams: switched on and off, found by ARN, listed. A stream that is off, or whose table is
 * gone, is told for a day more, until its last shard is dropped. */
#include "stream.h"
#include "row.h"
#include <time.h>

#define STREAM_COLUMNS "id, table_name, label, view_type, hash_name, range_name, created_ms, disabled_ms"
static const Column stream_columns[] = {COLUMN(TableStream, id),         COLUMN(TableStream, table_name),
                                        COLUMN(TableStream, label),      COLUMN(TableStream, view_type),
                                        COLUMN(TableStream, hash_name),  COLUMN(TableStream, range_name),
                                        COLUMN(TableStream, created_ms), COLUMN(TableStream, disabled_ms)};
static const Row whole_stream = ROW(stream_columns), new_stream = {stream_columns + 1, 7};

static const Query insert_stream = {"INSERT INTO dynamodb_stream (table_name, label, view_type, hash_name, range_name,"
                                    " created_ms, disabled_ms, table_id, account, region)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
static const Query disable_stream = {"UPDATE dynamodb_stream SET disabled_ms = ?2 WHERE id = ?1"};
static const Query newest_stream = {"SELECT " STREAM_COLUMNS
                                    " FROM dynamodb_stream WHERE table_id = ?1 ORDER BY id DESC LIMIT 1"};
static const Query newest_time = {
    "SELECT max(created_ms) FROM dynamodb_stream WHERE account = ?1 AND region = ?2 AND table_name = ?3"};
static const Query find_stream = {
    "SELECT " STREAM_COLUMNS
    " FROM dynamodb_stream WHERE account = ?1 AND region = ?2 AND table_name = ?3 AND label = ?4"};
static const Query list_streams = {"SELECT " STREAM_COLUMNS
                                   " FROM dynamodb_stream WHERE account = ?1 AND region = ?2 AND id > ?3"
                                   " AND (?4 IS NULL OR table_name = ?4) ORDER BY id LIMIT ?5"};
static const Query open_shard = {"SELECT id FROM dynamodb_shard WHERE stream_id = ?1 AND closed_ms = 0"};

Status stream_check(Call *call, const Table *table, const DynamodbStreamSpecification *specification, Bytes *ret_view)
{
    /* aws: the words are those of live calls, published by the controllers for Kubernetes (ACK) */
    bool has_view = present(specification->stream_view_type);
    *ret_view = (Bytes){0};
    if (specification->stream_enabled && !has_view)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values were invalid: If stream is being enabled then UpdateViewType is required");
    if (!specification->stream_enabled && has_view)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values were invalid: If stream is being disabled, then UpdateViewType must not be specified");
    if (table && specification->stream_enabled && stream_is_on(table))
        return fail(call, &DYNAMODB_VALIDATION, "Table already has an enabled stream: TableName: " BYTES_FMT,
                    BYTES_ARG(table->name));
    if (table && !specification->stream_enabled && !stream_is_on(table))
        return fail(call, &DYNAMODB_VALIDATION, "Table has no stream to disable: TableName: " BYTES_FMT,
                    BYTES_ARG(table->name));
    *ret_view = specification->stream_view_type;
    return OK;
}

int stream_load(Store *store, Table *table)
{
    Statement *row = statement_begin(store, &newest_stream);
    table->stream = (StreamTip){0};
    bind_int64(row, 1, table->id);
    int code = row_one(table->arena, row, &whole_stream, &table->stream.newest);
    if (code != STORE_OK || table->stream.newest.disabled_ms)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    row = statement_begin(store, &open_shard);
    bind_int64(row, 1, table->stream.newest.id);
    code = statement_one(row);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    table->stream.shard_id = column_int64(row, 0);
    statement_end(row);
    return STORE_OK;
}

static Bytes label_of(Arena *arena, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return arena_text(arena, "%s.%03d", text, (int)(time_ms % 1000));
}

/* No two streams of a table's name have one label, also where the clock stands still. */
static int time_of_new(const Scope *scope, const Table *table, int64_t *ret_ms)
{
    Statement *newest = statement_begin(scope->store, &newest_time);
    bind_text(newest, 1, scope->account);
    bind_text(newest, 2, scope->region);
    bind_text(newest, 3, table->name);
    int code = statement_one(newest);
    *ret_ms = scope->now_ms;
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    if (!column_is_null(newest, 0) && column_int64(newest, 0) >= scope->now_ms)
        *ret_ms = column_int64(newest, 0) + 1;
    statement_end(newest);
    return STORE_OK;
}

int stream_open(const Scope *scope, Table *table, Bytes view_type)
{
    TableStream stream = {.table_name = table->name,
                          .view_type = view_type,
                          .hash_name = table->keys.hash.name,
                          .range_name = table->keys.range.name};
    int code = time_of_new(scope, table, &stream.created_ms);
    if (code != STORE_OK)
        return code;
    stream.label = label_of(scope->arena, stream.created_ms);
    Statement *insert = statement_begin(scope->store, &insert_stream);
    int next = row_bind(insert, 1, &new_stream, &stream);
    bind_int64(insert, next, table->id);
    bind_text(insert, next + 1, scope->account);
    bind_text(insert, next + 2, scope->region);
    code = statement_run(insert);
    stream.id = store_last_rowid(scope->store);
    table->stream = (StreamTip){.newest = stream};
    if (code == STORE_OK)
        code = stream_shard_insert(scope->store, stream.id, (Bytes){0}, scope->now_ms, &table->stream.shard_id);
    streams_start(scope->service, scope->now_ms + SHARD_LIFE_MS);
    return code;
}

int stream_close(const Scope *scope, Table *table)
{
    Statement *disable = statement_begin(scope->store, &disable_stream);
    bind_int64(disable, 1, table->stream.newest.id);
    bind_int64(disable, 2, scope->now_ms);
    int code = statement_run(disable);
    if (code == STORE_OK)
        code = stream_shard_close(scope, table->stream.shard_id, scope->now_ms);
    runtime_publish(scope->runtime, &DYNAMODB_STREAM_GREW,
                    &(DynamodbStreamGrew){table->stream.newest.id, table->stream.shard_id});
    table->stream.newest.disabled_ms = scope->now_ms;
    table->stream.shard_id = 0;
    return code;
}

Bytes table_stream_arn(const Scope *scope, const TableStream *stream)
{
    return arn_text(scope->arena, "dynamodb", scope->region, scope->account,
                    arena_text(scope->arena, "table/" BYTES_FMT "/stream/" BYTES_FMT, BYTES_ARG(stream->table_name),
                               BYTES_ARG(stream->label)));
}

int table_stream_find(const Scope *scope, Bytes text, TableStream *ret_stream)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "dynamodb") || !bytes_equal(arn.region, scope->region) ||
        !bytes_equal(arn.account, scope->account))
        return STORE_NOT_FOUND;
    Bytes rest = arn.resource, kind = bytes_cut(&rest, '/'), name = bytes_cut(&rest, '/'), of = bytes_cut(&rest, '/');
    if (!bytes_is(kind, "table") || !bytes_is(of, "stream") || !present(rest))
        return STORE_NOT_FOUND;
    Statement *find = statement_begin(scope->store, &find_stream);
    bind_text(find, 1, scope->account);
    bind_text(find, 2, scope->region);
    bind_text(find, 3, name);
    bind_text(find, 4, rest);
    return row_one(scope->arena, find, &whole_stream, ret_stream);
}

int table_streams_list(const Scope *scope, Bytes table_name, int64_t after_id, size_t limit, TableStreams *ret_streams)
{
    Statement *rows = statement_begin(scope->store, &list_streams);
    int code;
    *ret_streams = (TableStreams){arena_new_array(scope->arena, TableStream, limit), 0};
    bind_text(rows, 1, scope->account);
    bind_text(rows, 2, scope->region);
    bind_int64(rows, 3, after_id);
    bind_text(rows, 4, table_name);
    bind_int64(rows, 5, (int64_t)limit);
    while ((code = statement_step(rows)) == STORE_ROW)
        row_read(scope->arena, rows, &whole_stream, &ret_streams->items[ret_streams->count++]);
    return code;
}
