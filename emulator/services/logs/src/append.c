/* append.c - small batches go on with the newest chunk as long as it fits a page of the file: writing it again costs no
 * more than a row of its own would. Large ones become chunks at once. */
#include "append.h"
#include "chunk.h"
#include "filters.h"

#define PAGE_BYTES_MAX ((size_t)15 * 1024) /* of a page of 16 KiB, with room for the rest of the row */
#define EVENT_HEAD_MAX 24                  /* of a chunk: its numbers */
#define JOINED_MS_MAX  MS_PER_HOUR /* what small batches make reaches over no more: readers by time look back so far */
#define NUMBER_BITS    32

static const Query newest = {"SELECT first_ms, last_ms, count, bytes, is_sealed, events FROM logs_chunk WHERE id = ?1"};
static const Query insert = {"INSERT INTO logs_chunk (last_ms, count, bytes, events, id, group_id, stream_id, first_ms,"
                             " is_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
static const Query go_on = {"UPDATE logs_chunk SET last_ms = ?1, count = ?2, bytes = ?3, events = ?4 WHERE id = ?5"};

typedef struct Appending {
    const Scope *scope;
    const LogGroup *group;
    LogStream *stream;
    Buffer *events; /* of the chunk at hand */
    int64_t first_ms, last_ms, count, bytes;
    bool is_there; /* as a row */
} Appending;

static int64_t chunk_id(const LogStream *stream)
{
    return stream->id << NUMBER_BITS | stream->chunks;
}

static void forget_chunk(Appending *at)
{
    at->events->len = 0;
    at->count = at->bytes = 0;
    at->is_there = false;
}

static EventPlace place_of_next(const Appending *at, int64_t time_ms)
{
    int64_t id = chunk_id(at->stream) + (at->is_there ? 0 : 1);
    return (EventPlace){time_ms, id, (uint32_t)at->count};
}

static void take_event(Appending *at, const LogsInputLogEvent *event)
{
    if (!at->count)
        at->first_ms = event->timestamp;
    event_chunk_append(at->events, at->count ? at->last_ms : 0, event->timestamp, at->scope->now_ms, event->message);
    at->last_ms = event->timestamp;
    at->bytes += (int64_t)event->message.len + EVENT_OVERHEAD_BYTES;
    at->count++;
}

static void note_span(Appending *at)
{
    if (at->last_ms - at->first_ms > at->stream->span_ms)
        at->stream->span_ms = at->last_ms - at->first_ms;
}

static int write_chunk(Appending *at)
{
    const Logs *logs = at->scope->service;
    bool is_sealed = present(at->group->key_arn);
    Bytes events = buffer_bytes(at->events);
    if (!at->is_there)
        at->stream->chunks++;
    Statement *row = statement_begin(at->scope->store, at->is_there ? &go_on : &insert);
    bind_int64(row, 1, at->last_ms);
    bind_int64(row, 2, at->count);
    bind_int64(row, 3, at->bytes);
    bind_bytes(row, 4, is_sealed ? seal(logs->secret, at->scope->arena, at->stream->id, events) : events);
    bind_int64(row, 5, chunk_id(at->stream));
    if (!at->is_there) {
        bind_int64(row, 6, at->group->id);
        bind_int64(row, 7, at->stream->id);
        bind_int64(row, 8, at->first_ms);
        bind_int64(row, 9, is_sealed);
    }
    note_span(at);
    return statement_run(row);
}

static size_t batch_bytes(Batch batch)
{
    size_t bytes = 0;
    for (size_t i = 0; i < batch.count && bytes <= PAGE_BYTES_MAX; i++)
        bytes += batch.events[i].message.len + EVENT_HEAD_MAX;
    return bytes;
}

/* Can the newest chunk, which is the row's, go on with the batch? Then it is taken. */
static int take_newest(Appending *at, Statement *row, Batch batch, size_t bytes)
{
    const Logs *logs = at->scope->service;
    Bytes events = column_bytes(row, 5);
    bool is_sealed = column_int64(row, 4);
    int64_t last_ms = batch.events[batch.count - 1].timestamp;
    if (events.len + bytes > PAGE_BYTES_MAX || batch.events[0].timestamp < column_int64(row, 1) ||
        last_ms - column_int64(row, 0) > JOINED_MS_MAX || is_sealed != present(at->group->key_arn) ||
        column_int64(row, 2) + (int64_t)batch.count > CHUNK_EVENTS_MAX)
        return STORE_OK;
    if (is_sealed && !unseal(logs->secret, at->scope->arena, at->stream->id, &events))
        return STORE_BROKEN;
    buffer_append(at->events, events);
    at->first_ms = column_int64(row, 0);
    at->last_ms = column_int64(row, 1);
    at->count = column_int64(row, 2);
    at->bytes = column_int64(row, 3);
    at->is_there = true;
    return STORE_OK;
}

static int find_newest(Appending *at, Batch batch)
{
    size_t bytes = batch_bytes(batch);
    if (!at->stream->chunks || bytes > PAGE_BYTES_MAX)
        return STORE_OK;
    Statement *row = statement_begin(at->scope->store, &newest);
    bind_int64(row, 1, chunk_id(at->stream));
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code; /* retention has dropped it */
    code = take_newest(at, row, batch, bytes);
    statement_end(row);
    return code;
}

static int write_events(Appending *at, Batch batch)
{
    int code = find_newest(at, batch);
    for (size_t i = 0; code == STORE_OK && i < batch.count; i++) {
        size_t len = batch.events[i].message.len + EVENT_HEAD_MAX;
        if (at->count == CHUNK_EVENTS_MAX || (at->count && at->events->len + len > CHUNK_BYTES_MAX)) {
            code = write_chunk(at);
            forget_chunk(at);
        }
        if (code != STORE_OK)
            return code;
        if (batch.places)
            batch.places[i] = place_of_next(at, batch.events[i].timestamp);
        take_event(at, &batch.events[i]);
    }
    return code == STORE_OK ? write_chunk(at) : code;
}

static int64_t stored_bytes(Batch batch)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < batch.count; i++)
        bytes += (int64_t)batch.events[i].message.len + EVENT_OVERHEAD_BYTES;
    return bytes;
}

int events_append(const Scope *scope, LogGroup *group, LogStream *stream, Batch batch)
{
    Appending at = {.scope = scope, .group = group, .stream = stream, .events = arena_buffer(scope->arena)};
    int64_t first_ms = batch.events[0].timestamp, last_ms = batch.events[batch.count - 1].timestamp;
    int code = write_events(&at, batch);
    if (code != STORE_OK)
        return code;
    if (stream->first_ms == NO_EVENT_MS || first_ms < stream->first_ms)
        stream->first_ms = first_ms;
    if (last_ms > stream->last_ms)
        stream->last_ms = last_ms;
    stream->last_ingestion_ms = scope->now_ms;
    if (stream->span_ms > group->span_ms)
        group->span_ms = stream->span_ms;
    group->stored_bytes += stored_bytes(batch);
    code = log_stream_write(scope, stream);
    if (code == STORE_OK)
        code = log_group_write_stored(scope, group);
    return code == STORE_OK ? metric_filters_take(scope, group, batch) : code;
}
