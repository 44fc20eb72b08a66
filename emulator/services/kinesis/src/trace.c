/* trace.c - /_evpoc/trace asks: which way did this record go? */
#include "trace.h"
#include "consumer.h"
#include <stdlib.h>

#define REQUEST_ID_MAX 36
#define ACCESS_KEY_MAX 20
/* A PutRecords spreads over shards: how many steps back its own are looked for. */
#define SPREAD 32

/* One request's dealings with records of one shard that lie together. */
typedef struct Step {
    int64_t shard_id, consumer_id;
    uint64_t from, to; /* indexes; to is behind the last */
    int64_t time_ms;
    const char *operation;
    uint8_t request_id_len, access_key_len;
    bool is_put;
    char request_id[REQUEST_ID_MAX], access_key[ACCESS_KEY_MAX];
} Step;

struct Trace {
    size_t keep;
    uint64_t count; /* ever taken */
    Step steps[];
};

Trace *trace_free(Trace *trace)
{
    free(trace);
    return NULL;
}

void trace_forget(Trace *trace)
{
    if (trace)
        trace->count = 0;
}

void kinesis_keep_trace(Kinesis *kinesis, size_t steps)
{
    trace_free(kinesis->trace);
    kinesis->trace = steps ? calloc(1, sizeof *kinesis->trace + steps * sizeof *kinesis->trace->steps) : NULL;
    if (steps && !kinesis->trace)
        abort();
    if (steps)
        kinesis->trace->keep = steps;
}

static Step *add(Kinesis *kinesis, const Shard *shard, uint64_t from, uint64_t to)
{
    Trace *trace = kinesis->trace;
    Step *step = &trace->steps[trace->count++ % trace->keep];
    *step = (Step){.shard_id = shard->id, .from = from, .to = to, .time_ms = now_ms(kinesis)};
    return step;
}

static uint8_t keep(char *to, size_t room, Bytes text)
{
    size_t len = text.len < room ? text.len : room;
    if (len)
        memcpy(to, text.ptr, len);
    return (uint8_t)len;
}

static void sign(Step *step, const Call *call)
{
    step->operation = call->operation->model->name;
    step->request_id_len = keep(step->request_id, REQUEST_ID_MAX, call->request_id);
    step->access_key_len = keep(step->access_key, ACCESS_KEY_MAX, call->access_key);
}

static Bytes request_of(const Step *step)
{
    return (Bytes){step->request_id, step->request_id_len};
}

static bool goes_on(const Trace *trace, const Call *call, const Shard *shard)
{
    for (uint64_t back = 1; back <= SPREAD && back <= trace->count && back <= trace->keep; back++) {
        Step *step = (Step *)&trace->steps[(trace->count - back) % trace->keep];
        if (!step->is_put || !bytes_equal(request_of(step), call->request_id))
            return false;
        if (step->shard_id == shard->id && step->to == shard->next - 1) {
            step->to++;
            return true;
        }
    }
    return false;
}

void trace_put(const Call *call, const Shard *shard)
{
    Kinesis *kinesis = call->service;
    if (!kinesis->trace || goes_on(kinesis->trace, call, shard))
        return;
    Step *step = add(kinesis, shard, shard->next - 1, shard->next);
    step->is_put = true;
    sign(step, call);
}

void trace_get(const Call *call, const Shard *shard, const RecordPage *page)
{
    Kinesis *kinesis = call->service;
    if (kinesis->trace && page->records.len)
        sign(add(kinesis, shard, page->next - page->records.len, page->next), call);
}

void trace_push(Kinesis *kinesis, const Shard *shard, const RecordPage *page, int64_t consumer_id)
{
    if (!kinesis->trace || !page->records.len)
        return;
    Step *step = add(kinesis, shard, page->next - page->records.len, page->next);
    step->operation = "SubscribeToShard";
    step->consumer_id = consumer_id;
}

/* Asking. */

#define TRACED_MAX  100
#define WINDOW      ((uint64_t)256)    /* records that are read together, from the newest back */
#define SHARD_MAX   ((uint64_t)10000)  /* the last records of each shard, */
#define SHARDS_MAX  ((uint64_t)100000) /* of all shards together, */
#define SHARD_LEAST ((uint64_t)20)     /* but so many of each */
#define BYTES_MAX   ((size_t)64 << 20) /* and no more than that in all */

typedef struct Found {
    KinesisTraced traced;
    const Shard *shard;
    uint64_t index;
} Found;

typedef struct Search {
    Kinesis *kinesis;
    Arena *arena, *scratch;
    const KinesisTraceQuery *query;
    Found *found; /* the newest, oldest first */
    size_t count;
    uint64_t shard_max;
    size_t bytes_left;
} Search;

static bool is_wanted(const KinesisTraceQuery *query, const KinesisRecord *record)
{
    return (!present(query->partition_key) || bytes_equal(query->partition_key, record->partition_key)) &&
           (!present(query->sequence_number) || bytes_equal(query->sequence_number, record->sequence_number));
}

static bool is_of(const Step *step, const Shard *shard, uint64_t index)
{
    return step->shard_id == shard->id && step->from <= index && index < step->to;
}

static int tell_step(const Search *search, const Step *step, KinesisStep *to)
{
    Arena *arena = search->arena;
    *to = (KinesisStep){.operation = step->operation, .time_ms = step->time_ms};
    if (!step->consumer_id) {
        to->request_id = arena_copy(arena, request_of(step));
        to->access_key = arena_copy(arena, (Bytes){step->access_key, step->access_key_len});
        return STORE_OK;
    }
    int code = consumer_name(search->kinesis, arena, step->consumer_id, &to->consumer);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static int tell_steps(const Search *search, Found *found)
{
    const Trace *trace = search->kinesis->trace;
    KinesisTraced *traced = &found->traced;
    uint64_t first = trace && trace->count > trace->keep ? trace->count - trace->keep : 0;
    size_t count = 0;
    for (uint64_t at = first; trace && at < trace->count; at++)
        count += is_of(&trace->steps[at % trace->keep], found->shard, found->index);
    traced->readers = arena_new_array(search->arena, KinesisStep, count + 1);
    for (uint64_t at = first; trace && at < trace->count; at++) {
        const Step *step = &trace->steps[at % trace->keep];
        if (!is_of(step, found->shard, found->index))
            continue;
        int code = tell_step(search, step, step->is_put ? &traced->put : &traced->readers[traced->readers_count++]);
        if (code != STORE_OK)
            return code;
    }
    return STORE_OK;
}

/* In order of arrival; within a millisecond, of shards and of their records. */
static bool is_before(const Found *a, const Found *b)
{
    if (a->traced.arrival_ms != b->traced.arrival_ms)
        return a->traced.arrival_ms < b->traced.arrival_ms;
    return a->shard->index != b->shard->index ? a->shard->index < b->shard->index : a->index < b->index;
}

/* Where it stands among those found; the oldest makes room. False: all of them are newer. */
static bool place(Search *search, const Found *found)
{
    size_t at = search->count;
    while (at && is_before(found, &search->found[at - 1]))
        at--;
    if (search->count < search->query->limit) {
        memmove(&search->found[at + 1], &search->found[at], (search->count++ - at) * sizeof *search->found);
    } else {
        if (!at--)
            return false;
        memmove(&search->found[0], &search->found[1], at * sizeof *search->found);
    }
    search->found[at] = *found;
    return true;
}

/* Copied when it has its place: most have not for long. */
static void keep_texts(Search *search, KinesisTraced *traced)
{
    traced->shard_id = arena_copy(search->arena, traced->shard_id);
    traced->sequence_number = arena_copy(search->arena, traced->sequence_number);
    traced->partition_key = arena_copy(search->arena, traced->partition_key);
    traced->data = arena_copy(search->arena, traced->data);
}

static bool take(Search *search, const Shard *shard, const KinesisRecord *record, uint64_t index)
{
    size_t shown = record->data.len < KINESIS_TRACED_DATA_MAX ? record->data.len : KINESIS_TRACED_DATA_MAX;
    Found found = {
        .shard = shard,
        .index = index,
        .traced = {.shard_id = shard_name(search->scratch, shard->index),
                   .sequence_number = record->sequence_number,
                   .partition_key = record->partition_key,
                   .data = bytes_slice(record->data, 0, shown),
                   .data_len = record->data.len,
                   .arrival_ms = record->approximate_arrival_timestamp,
                   .is_encrypted = present(record->encryption_type)},
    };
    if (search->count == search->query->limit && is_before(&found, &search->found[0]))
        return false;
    keep_texts(search, &found.traced);
    return place(search, &found);
}

/* Its records from `from` on that are below `to`. *ret_goes_on: older ones may be there, and be wanted. */
static int search_window(Search *search, Shard *shard, uint64_t from, uint64_t to, bool *ret_goes_on)
{
    RecordPage page = {.next = from};
    size_t wanted = 0, taken = 0;
    bool is_whole = true;
    while (page.next < to) {
        RecordQuery query = {page.next, (size_t)(to - page.next), READ_BYTES_MAX};
        arena_reset(search->scratch);
        int code = records_read(search->kinesis, search->scratch, shard, query, &page);
        if (code != STORE_OK)
            return code;
        uint64_t first = page.next - page.records.len;
        is_whole &= first == query.from;
        for (size_t i = 0; i < page.records.len && first + i < to; i++)
            if (is_wanted(search->query, &page.records.items[i])) {
                wanted++;
                taken += take(search, shard, &page.records.items[i], first + i);
            }
        search->bytes_left -= page.bytes < search->bytes_left ? page.bytes : search->bytes_left;
        if (!page.records.len)
            break;
    }
    *ret_goes_on = is_whole && (!wanted || taken) && search->bytes_left;
    return STORE_OK;
}

static int search_shard(Search *search, Shard *shard)
{
    int code = shard_prepare(search->kinesis, shard);
    uint64_t to = shard->next, last = to > search->shard_max ? to - search->shard_max : 1;
    bool goes_on = true;
    while (code == STORE_OK && goes_on && to > last) {
        uint64_t from = to - last > WINDOW ? to - WINDOW : last;
        code = search_window(search, shard, from, to, &goes_on);
        to = from;
    }
    return code;
}

/* The record of that number, if there is one. */
static int search_number(Search *search, const Stream *stream)
{
    bool goes_on;
    SequenceNumber number;
    if (!sequence_parse(search->query->sequence_number, &number) || !number.index)
        return STORE_OK;
    Shard *shard = shard_by_index(stream, number.shard_index);
    return shard ? search_window(search, shard, number.index, number.index + 1, &goes_on) : STORE_OK;
}

static int search_all(Search *search, const Stream *stream)
{
    int code = STORE_OK;
    if (present(search->query->sequence_number))
        return search_number(search, stream);
    search->shard_max = stream->shards_count ? SHARDS_MAX / stream->shards_count : 0;
    if (search->shard_max > SHARD_MAX)
        search->shard_max = SHARD_MAX;
    if (search->shard_max < SHARD_LEAST)
        search->shard_max = SHARD_LEAST;
    /* The youngest shards first: they have what is newest. */
    for (size_t i = stream->shards_count; code == STORE_OK && i-- && search->bytes_left;)
        code = search_shard(search, stream->shards[i]);
    return code;
}

int kinesis_trace(const Scope *scope, const KinesisTraceQuery *query, KinesisTracedList *ret_list)
{
    Kinesis *kinesis = scope->service;
    Arena *arena = scope->arena;
    KinesisTraceQuery wanted = *query;
    if (!wanted.limit || wanted.limit > TRACED_MAX)
        wanted.limit = TRACED_MAX;
    int code = streams_load(kinesis);
    Stream *stream = code == STORE_OK
                         ? streams_get(kinesis, (KinesisStreamName){scope->account, scope->region, wanted.stream})
                         : NULL;
    if (!stream)
        return code == STORE_OK ? KINESIS_NO_STREAM : code;
    Search search = {.kinesis = kinesis,
                     .arena = arena,
                     .scratch = arena_new(),
                     .query = &wanted,
                     .found = arena_new_array(arena, Found, wanted.limit + 1),
                     .bytes_left = BYTES_MAX};
    KinesisTraced *items = arena_new_array(arena, KinesisTraced, wanted.limit);
    code = search_all(&search, stream);
    for (size_t i = 0; code == STORE_OK && i < search.count; i++) {
        code = tell_steps(&search, &search.found[i]);
        items[i] = search.found[i].traced;
    }
    arena_free(search.scratch);
    *ret_list = (KinesisTracedList){items, search.count};
    return code == STORE_OK ? KINESIS_DONE : code;
}
