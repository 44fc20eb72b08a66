/* stream_times.c - what becomes of shards with time: an open one is closed after some hours and followed by another; a
 * closed one is dropped after a day, in steps; the last one takes its stream with it. */
#include "stream.h"

#define SHARDS_A_STEP 20
#define CHUNKS_A_STEP 16
#define AGAIN_MS      60000
#define NEVER_MS      INT64_MAX

static const Query select_due = {"SELECT h.id, h.stream_id, h.name, h.closed_ms, s.account, s.region, s.table_name"
                                 " FROM dynamodb_shard h LEFT JOIN dynamodb_stream s ON s.id = h.stream_id"
                                 " WHERE h.due_ms <= ?1 ORDER BY h.due_ms LIMIT ?2"};
static const Query first_due = {"SELECT min(due_ms) FROM dynamodb_shard"};
static const Query delete_shard = {"DELETE FROM dynamodb_shard WHERE id = ?1"};
static const Query leave_shard = {"UPDATE dynamodb_shard SET due_ms = ?2 WHERE id = ?1"};
static const Query delete_stream = {"DELETE FROM dynamodb_stream WHERE id = ?1 AND disabled_ms > 0"
                                    " AND NOT EXISTS (SELECT 1 FROM dynamodb_shard WHERE stream_id = ?1)"};

typedef struct Due {
    int64_t id, stream_id;
    Bytes name;
    int64_t closed_ms;
    Bytes account, region, table; /* absent: the stream is gone */
} Due;

typedef struct Step {
    Scope scope;
    bool has_more; /* what is being dropped is large */
} Step;

static int read_due(const Scope *scope, Due *ret_due, size_t *ret_count)
{
    Statement *rows = statement_begin(scope->store, &select_due);
    Arena *arena = scope->arena;
    int code;
    bind_int64(rows, 1, scope->now_ms);
    bind_int64(rows, 2, SHARDS_A_STEP);
    for (*ret_count = 0; (code = statement_step(rows)) == STORE_ROW; ++*ret_count)
        ret_due[*ret_count] = (Due){column_int64(rows, 0),
                                    column_int64(rows, 1),
                                    arena_copy(arena, column_bytes(rows, 2)),
                                    column_int64(rows, 3),
                                    arena_copy(arena, column_bytes(rows, 4)),
                                    arena_copy(arena, column_bytes(rows, 5)),
                                    arena_copy(arena, column_bytes(rows, 6))};
    return code;
}

/* The table's copy names the shard: it is read anew. */
static int roll(const Scope *of_all, const Due *due)
{
    Scope scope = *of_all;
    Table *table;
    int64_t id;
    scope.account = due->account;
    scope.region = due->region;
    int code = stream_shard_close(&scope, due->id, scope.now_ms);
    if (code == STORE_OK)
        code = stream_shard_insert(scope.store, due->stream_id, due->name, scope.now_ms, &id);
    if (code == STORE_OK)
        code = table_get(&scope, due->table, &table);
    if (code == STORE_OK)
        table_forget(scope.service, table);
    runtime_publish(scope.runtime, &DYNAMODB_STREAM_GREW, &(DynamodbStreamGrew){due->stream_id, due->id});
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static int leave(Store *store, int64_t id)
{
    Statement *statement = statement_begin(store, &leave_shard);
    bind_int64(statement, 1, id);
    bind_int64(statement, 2, NEVER_MS);
    return statement_run(statement);
}

static int drop(Step *step, const Due *due)
{
    Dynamodb *dynamodb = step->scope.service;
    bool has_more;
    int code = shard_log_drop(dynamodb->log, stream_log_of(due->id), CHUNKS_A_STEP, &has_more);
    if (code == STORE_DAMAGED) /* it stays; the others go */
        return leave(step->scope.store, due->id);
    step->has_more |= has_more;
    if (code != STORE_OK || has_more)
        return code;
    code = query_run_with(step->scope.store, &delete_shard, due->id);
    return code == STORE_OK ? query_run_with(step->scope.store, &delete_stream, due->stream_id) : code;
}

static int make_step(void *context)
{
    Step *step = context;
    Due due[SHARDS_A_STEP];
    size_t count;
    int code = read_due(&step->scope, due, &count);
    for (size_t i = 0; code == STORE_OK && i < count; i++)
        code = due[i].closed_ms ? drop(step, &due[i]) : roll(&step->scope, &due[i]);
    return code;
}

static int await_first(Dynamodb *dynamodb, int64_t least_ms)
{
    Statement *first = statement_begin(dynamodb->store, &first_due);
    int code = statement_one(first);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    int64_t due_ms = column_is_null(first, 0) ? NEVER_MS : column_int64(first, 0);
    statement_end(first);
    if (due_ms != NEVER_MS)
        streams_start(dynamodb, due_ms > least_ms ? due_ms : least_ms);
    return STORE_OK;
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    dynamodb->streams = NULL;
    Step step = {.scope = scope_of_runtime(dynamodb->runtime, dynamodb, arena_new())};
    step.scope.now_ms = now_ms;
    int code = runtime_run_alone(dynamodb->runtime, make_step, &step);
    arena_free(step.scope.arena);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: shards could not be closed or dropped: %s",
                   store_error(dynamodb->store));
    if (code == STORE_OK)
        code = await_first(dynamodb, now_ms + step.has_more);
    if (code < 0)
        streams_start(dynamodb, now_ms + AGAIN_MS);
}

void streams_start(Dynamodb *dynamodb, int64_t due_ms)
{
    dynamodb->streams = scheduler_earlier(dynamodb->runtime->scheduler, dynamodb->streams, due_ms, on_due, dynamodb);
}

void streams_stop(Dynamodb *dynamodb)
{
    if (dynamodb->streams)
        scheduler_cancel(dynamodb->runtime->scheduler, dynamodb->streams);
    dynamodb->streams = NULL;
}
