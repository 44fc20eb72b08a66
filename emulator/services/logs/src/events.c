/* events.c - a heap of chunks, each standing at its next event. One whose turn has not come yet is known by its first
 * (last) time alone, and is read when it comes to the top. Backwards, a chunk is met in the order of its first time: as
 * none reaches over more than span_ms, it is known which can still have a later event. */
#include "events.h"
#include "budget.h"
#include "map.h"
#include "open_chunk.h"
#include <stdlib.h>

#define ROWS_AT_ONCE   64
#define OPEN_BYTES_MAX ((size_t)16 * 1024 * 1024) /* of all open chunks: others are closed, and read again in turn */
#define ROW_STEPS      100
#define BYTES_A_STEP   64

typedef struct Source {
    EventPlace place; /* of its next event, or what that cannot be before */
    int64_t stream_id, first_ms, last_ms;
    Bytes stream;
    OpenChunk chunk;
    bool is_open;
} Source;

struct Events {
    Scope scope;
    EventsQuery query;
    Source **heap;
    size_t count, capacity;
    Map *streams;   /* 8 bytes of id → name, or `skipped` */
    int64_t row_ms; /* first_ms and id of the last row that was read: where the next begin */
    int64_t row_chunk;
    bool has_all_rows;
    bool was_told; /* the first event */
    size_t open_bytes, read_bytes;
};

static const Bytes skipped = {"", 0};

#define CHUNK_COLUMNS "SELECT id, stream_id, first_ms, last_ms FROM logs_chunk WHERE "
#define FORWARDS      " AND (first_ms, id) > (?2, ?3) AND first_ms < ?4 ORDER BY first_ms, id LIMIT ?5"
#define BACKWARDS     " AND (first_ms, id) < (?2, ?3) AND first_ms >= ?4 ORDER BY first_ms DESC, id DESC LIMIT ?5"
static const Query of_group = {CHUNK_COLUMNS "group_id = ?1" FORWARDS};
static const Query of_stream = {CHUNK_COLUMNS "stream_id = ?1" FORWARDS};
static const Query of_group_backwards = {CHUNK_COLUMNS "group_id = ?1" BACKWARDS};
static const Query of_stream_backwards = {CHUNK_COLUMNS "stream_id = ?1" BACKWARDS};

static void source_close(Events *events, Source *source)
{
    if (source->is_open)
        events->open_bytes -= source->chunk.bytes.len;
    event_chunk_close(&source->chunk);
    source->is_open = false;
}

static void events_done(void *thing)
{
    Events *events = thing;
    for (size_t i = 0; i < events->count; i++)
        source_close(events, events->heap[i]);
}

static int64_t span_ms(const EventsQuery *query)
{
    return query->stream ? query->stream->span_ms : query->group->span_ms;
}

Events *events_open(const Scope *scope, const EventsQuery *query)
{
    Events *events = arena_new_of(scope->arena, Events);
    int64_t horizon_ms = log_group_horizon_ms(query->group, scope->now_ms);
    *events = (Events){.scope = *scope, .query = *query, .streams = map_new_in(scope->arena)};
    EventsQuery *own = &events->query;
    if (own->from_ms < horizon_ms)
        own->from_ms = horizon_ms;
    if (own->behind && !own->is_backward && own->from_ms < own->behind->time_ms)
        own->from_ms = own->behind->time_ms;
    if (own->behind && own->is_backward && own->to_ms > own->behind->time_ms)
        own->to_ms = own->behind->time_ms + 1;
    events->has_all_rows = own->from_ms >= own->to_ms;
    events->row_ms = own->is_backward ? own->to_ms : own->from_ms - span_ms(own) - 1;
    events->row_chunk = own->is_backward ? 0 : INT64_MAX;
    arena_defer(scope->arena, events_done, events);
    return events;
}

size_t events_bytes_read(const Events *events)
{
    return events->read_bytes;
}

static int compare(const EventPlace *a, const EventPlace *b)
{
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    if (a->chunk != b->chunk)
        return a->chunk < b->chunk ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool comes_before(const Events *events, const EventPlace *a, const EventPlace *b)
{
    int order = compare(a, b);
    return events->query.is_backward ? order > 0 : order < 0;
}

/* The heap: the next event's source is the first. */

static void sift_down(Events *events)
{
    Source **heap = events->heap, *moved = heap[0];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < events->count) {
        if (child + 1 < events->count && comes_before(events, &heap[child + 1]->place, &heap[child]->place))
            child++;
        if (!comes_before(events, &heap[child]->place, &moved->place))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void push(Events *events, Source *source)
{
    if (events->count == events->capacity) {
        size_t size = events->capacity * sizeof(Source *);
        events->capacity = events->capacity ? 2 * events->capacity : 64;
        events->heap = size ? arena_grown(events->scope.arena, events->heap, size, 2 * size)
                            : arena_take(events->scope.arena, events->capacity * sizeof(Source *));
    }
    size_t at = events->count++;
    while (at && comes_before(events, &source->place, &events->heap[(at - 1) / 2]->place)) {
        events->heap[at] = events->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    events->heap[at] = source;
}

static void drop_first(Events *events)
{
    source_close(events, events->heap[0]);
    events->heap[0] = events->heap[--events->count];
    if (events->count)
        sift_down(events);
}

/* Which streams */

static bool is_wanted(const EventsQuery *query, Bytes name)
{
    if (present(query->prefix) && !bytes_starts_with(name, query->prefix))
        return false;
    for (size_t i = 0; i < query->names_count; i++)
        if (bytes_equal(query->names[i], name))
            return true;
    return !query->names_count;
}

/* Remembered; len 0: it isn't one of them. */
static int stream_name(Events *events, int64_t id, Bytes *ret_name)
{
    LogStream stream;
    Bytes key = {(const char *)&id, sizeof id};
    Bytes *known = map_get(events->streams, key);
    if (!known) {
        known = arena_new_of(events->scope.arena, Bytes);
        int code = log_stream_load(&events->scope, id, &stream);
        if (code < 0)
            return code;
        *known = code == STORE_OK && is_wanted(&events->query, stream.name) ? stream.name : skipped;
        map_put(events->streams, key, known);
    }
    *ret_name = *known;
    return STORE_OK;
}

/* Rows */

static Statement *begin_rows(const Events *events)
{
    const EventsQuery *query = &events->query;
    const Query *one = query->is_backward ? &of_stream_backwards : &of_stream;
    const Query *all = query->is_backward ? &of_group_backwards : &of_group;
    Statement *rows = statement_begin(events->scope.store, query->stream ? one : all);
    bind_int64(rows, 1, query->stream ? query->stream->id : query->group->id);
    bind_int64(rows, 2, events->row_ms);
    bind_int64(rows, 3, events->row_chunk);
    bind_int64(rows, 4, query->is_backward ? query->from_ms - span_ms(query) : query->to_ms);
    bind_int64(rows, 5, ROWS_AT_ONCE);
    return rows;
}

static int take_row(Events *events, Statement *rows)
{
    Bytes name;
    Source source = {.stream_id = column_int64(rows, 1), .first_ms = column_int64(rows, 2)};
    source.last_ms = column_int64(rows, 3);
    source.place = (EventPlace){source.first_ms, column_int64(rows, 0), 0};
    events->row_ms = source.first_ms;
    events->row_chunk = source.place.chunk;
    if (events->query.is_backward)
        source.place = (EventPlace){source.last_ms, source.place.chunk, UINT32_MAX};
    if (source.last_ms < events->query.from_ms)
        return STORE_OK;
    int code = stream_name(events, source.stream_id, &name);
    if (code != STORE_OK || !name.len)
        return code;
    source.stream = name;
    Source *kept = arena_new_of(events->scope.arena, Source);
    *kept = source;
    push(events, kept);
    return STORE_OK;
}

static int take_rows(Events *events)
{
    int code, count = 0, taken = STORE_OK;
    Statement *rows = begin_rows(events);
    while (taken == STORE_OK && (code = statement_step(rows)) == STORE_ROW) {
        taken = take_row(events, rows);
        count++;
    }
    if (taken != STORE_OK) {
        statement_end(rows);
        return taken;
    }
    events->has_all_rows = count < ROWS_AT_ONCE;
    budget_work(events->scope.arena, (uint64_t)(count + 1) * ROW_STEPS);
    return code;
}

/* Could a row that was not read yet have an event before the heap's first? */
static bool needs_rows(const Events *events)
{
    if (events->has_all_rows)
        return false;
    if (!events->count)
        return true;
    int64_t first_ms = events->heap[0]->place.time_ms;
    return events->query.is_backward ? first_ms <= events->row_ms + span_ms(&events->query)
                                     : first_ms >= events->row_ms;
}

/* Chunks */

static bool is_behind(const Events *events, const EventPlace *place)
{
    const EventPlace *behind = events->query.behind;
    return !behind || comes_before(events, behind, place);
}

static bool is_asked_for(const Events *events, const EventPlace *place)
{
    return place->time_ms >= events->query.from_ms && place->time_ms < events->query.to_ms && is_behind(events, place);
}

/* Where it goes on: at its first event that is asked for, from `index` on in the query's direction. False: none. */
static bool stand_at(const Events *events, Source *source, int64_t index)
{
    int step = events->query.is_backward ? -1 : 1;
    for (; index >= 0 && index < source->chunk.count; index += step) {
        source->place.index = (uint32_t)index;
        source->place.time_ms = source->chunk.marks[index].time_ms;
        if (is_asked_for(events, &source->place))
            return true;
    }
    return false;
}

/* Those that are far from their turn are closed: all but the first, for there is no telling. */
static void make_room(Events *events)
{
    for (size_t i = 1; i < events->count && events->open_bytes > OPEN_BYTES_MAX / 2; i++)
        source_close(events, events->heap[i]);
}

static int open_first(Events *events)
{
    Source *source = events->heap[0];
    if (events->open_bytes > OPEN_BYTES_MAX)
        make_room(events);
    int code = event_chunk_open(&events->scope, source->place.chunk, &source->chunk);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    source->is_open = true;
    size_t len = source->chunk.bytes.len;
    events->open_bytes += len;
    events->read_bytes += len;
    budget_work(events->scope.arena, len / BYTES_A_STEP + source->chunk.count + ROW_STEPS);
    int64_t index = source->place.index;
    if (index == UINT32_MAX)
        index = (int64_t)source->chunk.count - 1;
    if (stand_at(events, source, index))
        sift_down(events);
    else
        drop_first(events);
    return STORE_OK;
}

static void tell_first(Events *events, LogEvent *ret_event)
{
    Source *source = events->heap[0];
    const ChunkMark *mark = &source->chunk.marks[source->place.index];
    *ret_event = (LogEvent){
        .place = source->place,
        .ingested_ms = mark->ingested_ms,
        .stream = source->stream,
        .message = bytes_slice(buffer_bytes(&source->chunk.bytes), mark->at, mark->len),
    };
}

/* The first was told: it goes on to its next event. Called at the next events_next, for its message must stay. */
static void go_on(Events *events)
{
    Source *source = events->heap[0];
    if (stand_at(events, source, (int64_t)source->place.index + (events->query.is_backward ? -1 : 1)))
        sift_down(events);
    else
        drop_first(events);
}

int events_next(Events *events, LogEvent *ret_event)
{
    int code;
    if (events->was_told)
        go_on(events);
    events->was_told = false;
    for (;;) {
        if (needs_rows(events))
            code = take_rows(events);
        else if (!events->count)
            return STORE_OK;
        else if (!events->heap[0]->is_open)
            code = open_first(events);
        else
            break;
        if (code != STORE_OK)
            return code;
    }
    tell_first(events, ret_event);
    events->was_told = true;
    return STORE_ROW;
}
