/* sweep.c */
#include "sweep.h"

#define PASS_EVERY_MS INT64_C(60000)
#define STEP_CHUNKS   32 /* of up to 256 KiB, but where one event is larger */
#define STEP_STREAMS  256

static const Query note = {"INSERT OR IGNORE INTO logs_dropped (is_group, id) VALUES (?1, ?2)"};
static const Query next_note = {"SELECT is_group, id FROM logs_dropped LIMIT 1"};
static const Query forget_note = {"DELETE FROM logs_dropped WHERE is_group = ?1 AND id = ?2"};
static const Query drop_chunks_of_stream = {
    "DELETE FROM logs_chunk WHERE id IN (SELECT id FROM logs_chunk WHERE stream_id = ?1 LIMIT ?2)"};
static const Query drop_chunks_of_group = {
    "DELETE FROM logs_chunk WHERE id IN (SELECT id FROM logs_chunk WHERE group_id = ?1 LIMIT ?2)"};
static const Query drop_streams = {
    "DELETE FROM logs_stream WHERE id IN (SELECT id FROM logs_stream WHERE group_id = ?1 LIMIT ?2)"};
static const Query old_chunk = {
    "SELECT c.id, c.stream_id, c.group_id, c.bytes FROM logs_group g JOIN logs_chunk c ON c.group_id = g.id"
    " WHERE g.retention_days > 0 AND c.first_ms < ?1 - g.retention_days * 86400000"
    " AND c.last_ms < ?1 - g.retention_days * 86400000 LIMIT ?2"};
static const Query drop_chunk = {"DELETE FROM logs_chunk WHERE id = ?1"};
static const Query settle_stream = {
    "UPDATE logs_stream SET first_ms = coalesce((SELECT min(first_ms) FROM logs_chunk WHERE stream_id = ?1), first_ms)"
    " WHERE id = ?1"};
static const Query settle_group = {"UPDATE logs_group SET stored_bytes = max(0, stored_bytes - ?2) WHERE id = ?1"};

static int64_t now_ms(const Logs *logs)
{
    return clock_now_ms(logs->runtime->clock);
}

static void on_timer(void *context, int64_t at_ms);

static void schedule(Logs *logs, int64_t due_ms)
{
    sweep_stop(logs);
    logs->sweep_timer = scheduler_at(logs->runtime->scheduler, due_ms, on_timer, logs);
}

void sweep_stop(Logs *logs)
{
    if (logs->sweep_timer)
        scheduler_cancel(logs->runtime->scheduler, logs->sweep_timer);
    logs->sweep_timer = NULL;
}

void sweep_start(Logs *logs)
{
    schedule(logs, now_ms(logs) + PASS_EVERY_MS);
}

static int drop_later(Logs *logs, bool is_group, int64_t id)
{
    Statement *row = statement_begin(logs->store, &note);
    bind_int64(row, 1, is_group);
    bind_int64(row, 2, id);
    schedule(logs, now_ms(logs) + 1);
    return statement_run(row);
}

int sweep_stream(const Scope *scope, int64_t stream_id)
{
    return drop_later(scope->service, false, stream_id);
}

int sweep_group(const Scope *scope, int64_t group_id)
{
    return drop_later(scope->service, true, group_id);
}

/* *ret_more: as many as were asked for. */
static int drop_some(Logs *logs, const Query *query, int64_t id, int64_t limit, bool *ret_more)
{
    Statement *drop = statement_begin(logs->store, query);
    bind_int64(drop, 1, id);
    bind_int64(drop, 2, limit);
    int code = statement_run(drop);
    *ret_more = code == STORE_OK && store_changes(logs->store) == limit;
    return code;
}

static int run_on(Logs *logs, const Query *query, int64_t first, int64_t second)
{
    Statement *statement = statement_begin(logs->store, query);
    bind_int64(statement, 1, first);
    bind_int64(statement, 2, second);
    return statement_run(statement);
}

static int drop_step(Logs *logs, bool *ret_more)
{
    Statement *row = statement_begin(logs->store, &next_note);
    int code = statement_one(row);
    *ret_more = false;
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    bool is_group = column_int64(row, 0);
    int64_t id = column_int64(row, 1);
    statement_end(row);
    code = drop_some(logs, is_group ? &drop_chunks_of_group : &drop_chunks_of_stream, id, STEP_CHUNKS, ret_more);
    if (code == STORE_OK && !*ret_more && is_group)
        code = drop_some(logs, &drop_streams, id, STEP_STREAMS, ret_more);
    if (code == STORE_OK && !*ret_more)
        code = run_on(logs, &forget_note, is_group, id);
    *ret_more = true;
    return code;
}

typedef struct OldChunk {
    int64_t id, stream_id, group_id, bytes;
} OldChunk;

static int drop_old(Logs *logs, const OldChunk *chunk)
{
    int code = query_run_with(logs->store, &drop_chunk, chunk->id);
    if (code == STORE_OK)
        code = run_on(logs, &settle_group, chunk->group_id, chunk->bytes);
    return code == STORE_OK ? query_run_with(logs->store, &settle_stream, chunk->stream_id) : code;
}

static int retention_step(Logs *logs, int64_t at_ms, bool *ret_more)
{
    OldChunk chunks[STEP_CHUNKS];
    int count = 0, code;
    Statement *rows = statement_begin(logs->store, &old_chunk);
    bind_int64(rows, 1, at_ms);
    bind_int64(rows, 2, STEP_CHUNKS);
    while ((code = statement_step(rows)) == STORE_ROW)
        chunks[count++] =
            (OldChunk){column_int64(rows, 0), column_int64(rows, 1), column_int64(rows, 2), column_int64(rows, 3)};
    for (int i = 0; code == STORE_OK && i < count; i++)
        code = drop_old(logs, &chunks[i]);
    *ret_more = count == STEP_CHUNKS;
    return code;
}

static int step(void *context)
{
    Logs *logs = context;
    bool has_dropped = false, has_old = false;
    int code = drop_step(logs, &has_dropped);
    if (code == STORE_OK)
        code = retention_step(logs, now_ms(logs), &has_old);
    schedule(logs, now_ms(logs) + (has_dropped || has_old ? 1 : PASS_EVERY_MS));
    return code;
}

static void on_timer(void *context, int64_t at_ms)
{
    Logs *logs = context;
    (void)at_ms;
    logs->sweep_timer = NULL;
    if (runtime_run_alone(logs->runtime, step, logs) != STORE_OK)
        schedule(logs, now_ms(logs) + PASS_EVERY_MS);
}
