/* stream_shard.c - the shards of streams: one after the other, each the parent of the next. */
#include "row.h"
#include "stream.h"
#include <stdio.h>

#define SHARD_COLUMNS "id, name, parent, opened_ms, closed_ms, last"
static const Column shard_columns[] = {COLUMN(StreamShard, id),        COLUMN(StreamShard, name),
                                       COLUMN(StreamShard, parent),    COLUMN(StreamShard, opened_ms),
                                       COLUMN(StreamShard, closed_ms), COLUMN(StreamShard, last)};
static const Row whole_shard = ROW(shard_columns);

static const Query insert_shard = {
    "INSERT INTO dynamodb_shard (stream_id, name, parent, opened_ms, closed_ms, last, due_ms)"
    " VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)"};
static const Query close_shard = {"UPDATE dynamodb_shard SET closed_ms = ?2, last = ?3, due_ms = ?4 WHERE id = ?1"};
static const Query list_shards = {"SELECT " SHARD_COLUMNS " FROM dynamodb_shard WHERE stream_id = ?1 AND id > ?2"
                                  " AND (?3 IS NULL OR parent = ?3) ORDER BY id LIMIT ?4"};
static const Query find_shard = {"SELECT " SHARD_COLUMNS " FROM dynamodb_shard WHERE stream_id = ?1 AND name = ?2"};
static const Query get_shard = {"SELECT " SHARD_COLUMNS " FROM dynamodb_shard WHERE stream_id = ?1 AND id = ?2"};
static const Query next_id = {"SELECT seq + 1 FROM sqlite_sequence WHERE name = 'dynamodb_shard'"};

static int id_of_new(Store *store, int64_t *ret_id)
{
    Statement *next = statement_begin(store, &next_id);
    int code = statement_one(next);
    *ret_id = code == STORE_ROW ? column_int64(next, 0) : 1;
    if (code == STORE_ROW)
        statement_end(next);
    return code < 0 ? code : STORE_OK;
}

int stream_shard_insert(Store *store, int64_t stream_id, Bytes parent, int64_t opened_ms, int64_t *ret_id)
{
    char name[64];
    int code = id_of_new(store, ret_id);
    if (code != STORE_OK)
        return code;
    /* The last eight digits only look like chance: one shard has one name. */
    uint32_t mixed = (uint32_t)(bytes_hash((Bytes){(const char *)ret_id, sizeof *ret_id}, 20120810));
    int len = snprintf(name, sizeof name, "shardId-%020lld-%08x", (long long)opened_ms, mixed);
    Statement *insert = statement_begin(store, &insert_shard);
    bind_int64(insert, 1, stream_id);
    bind_text(insert, 2, (Bytes){name, (size_t)len});
    bind_text(insert, 3, parent);
    bind_int64(insert, 4, opened_ms);
    bind_int64(insert, 5, opened_ms + SHARD_LIFE_MS);
    code = statement_run(insert);
    *ret_id = store_last_rowid(store);
    return code;
}

static int last_position(ShardLog *log, int64_t id, int64_t *ret_last)
{
    LogSpan span = {0};
    int code = shard_log_span(log, stream_log_of(id), &span);
    *ret_last = (int64_t)span.last;
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

int stream_shard_close(const Scope *scope, int64_t id, int64_t closed_ms)
{
    Dynamodb *dynamodb = scope->service;
    int64_t last;
    int code = last_position(dynamodb->log, id, &last);
    if (code != STORE_OK)
        return code;
    Statement *close = statement_begin(scope->store, &close_shard);
    bind_int64(close, 1, id);
    bind_int64(close, 2, closed_ms);
    bind_int64(close, 3, last);
    bind_int64(close, 4, closed_ms + STREAM_RETENTION_MS);
    streams_start(dynamodb, closed_ms + STREAM_RETENTION_MS);
    return statement_run(close);
}

static int count(const Scope *scope, StreamShard *shard)
{
    Dynamodb *dynamodb = scope->service;
    return shard->closed_ms ? STORE_OK : last_position(dynamodb->log, shard->id, &shard->last);
}

int stream_shards_list(const Scope *scope, const TableStream *stream, Bytes parent, int64_t after_id, size_t limit,
                       StreamShards *ret_shards)
{
    Statement *rows = statement_begin(scope->store, &list_shards);
    int code;
    *ret_shards = (StreamShards){arena_new_array(scope->arena, StreamShard, limit), 0};
    bind_int64(rows, 1, stream->id);
    bind_int64(rows, 2, after_id);
    bind_text(rows, 3, parent);
    bind_int64(rows, 4, (int64_t)limit);
    while ((code = statement_step(rows)) == STORE_ROW)
        row_read(scope->arena, rows, &whole_shard, &ret_shards->items[ret_shards->count++]);
    for (size_t i = 0; code == STORE_OK && i < ret_shards->count; i++)
        code = count(scope, &ret_shards->items[i]);
    return code;
}

int stream_shard_find(const Scope *scope, const TableStream *stream, Bytes name, StreamShard *ret_shard)
{
    Statement *find = statement_begin(scope->store, &find_shard);
    bind_int64(find, 1, stream->id);
    bind_text(find, 2, name);
    int code = row_one(scope->arena, find, &whole_shard, ret_shard);
    return code == STORE_OK ? count(scope, ret_shard) : code;
}

int stream_shard_get(const Scope *scope, const TableStream *stream, int64_t id, StreamShard *ret_shard)
{
    Statement *get = statement_begin(scope->store, &get_shard);
    bind_int64(get, 1, stream->id);
    bind_int64(get, 2, id);
    int code = row_one(scope->arena, get, &whole_shard, ret_shard);
    return code == STORE_OK ? count(scope, ret_shard) : code;
}

#define POSITION_DIGITS 20

Bytes stream_sequence_number(Arena *arena, const StreamShard *shard, int64_t position)
{
    return arena_text(arena, "%lld%0*lld", (long long)stream_log_of(shard->id), POSITION_DIGITS, (long long)position);
}

bool stream_position_of(const StreamShard *shard, Bytes number, int64_t *ret_position)
{
    int64_t log;
    if (number.len <= POSITION_DIGITS || number.ptr[0] == '-' || number.ptr[number.len - POSITION_DIGITS] == '-')
        return false;
    Bytes low = bytes_slice(number, number.len - POSITION_DIGITS, POSITION_DIGITS);
    return bytes_to_int64(bytes_slice(number, 0, number.len - POSITION_DIGITS), &log) &&
           log == stream_log_of(shard->id) && bytes_to_int64(low, ret_position);
}
