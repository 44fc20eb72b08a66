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

#define SCANNED_MAX ((uint64_t)10000) /* the last records of each shard */
#define TRACED_MAX  100

typedef struct Search {
    Kinesis *kinesis;
    Arena *arena, *scratch;
    const KinesisTraceQuery *query;
    KinesisTraced *found; /* the newest, oldest first */
    size_t count;
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

static int tell_steps(const Search *search, const Shard *shard, uint64_t index, KinesisTraced *traced)
{
    const Trace *trace = search->kinesis->trace;
    uint64_t first = trace && trace->count > trace->keep ? trace->count - trace->keep : 0;
    size_t count = 0;
    for (uint64_t at = first; trace && at < trace->count; at++)
        count += is_of(&trace->steps[at % trace->keep], shard, index);
    traced->readers = arena_new_array(search->arena, KinesisStep, count + 1);
    for (uint64_t at = first; trace && at < trace->count; at++) {
        const Step *step = &trace->steps[at % trace->keep];
        if (!is_of(step, shard, index))
            continue;
        int code = tell_step(search, step, step->is_put ? &traced->put : &traced->readers[traced->readers_count++]);
        if (code != STORE_OK)
            return code;
    }
    return STORE_OK;
}

/* Where it stands among those found; the oldest makes room. NULL: all of them are newer. */
static KinesisTraced *place_for(Search *search, int64_t arrival_ms)
{
    size_t at = search->count;
    while (at && search->found[at - 1].arrival_ms > arrival_ms)
        at--;
    if (search->count < search->query->limit) {
        memmove(&search->found[at + 1], &search->found[at], (search->count++ - at) * sizeof *search->found);
        return &search->found[at];
    }
    if (!at)
        return NULL;
    memmove(&search->found[0], &search->found[1], (at - 1) * sizeof *search->found);
    return &search->found[at - 1];
}

static int take(Search *search, const Shard *shard, const KinesisRecord *record, uint64_t index)
{
    KinesisTraced *place = place_for(search, record->approximate_arrival_timestamp);
    if (!place)
        return STORE_OK;
    *place = (KinesisTraced){
        .shard_id = shard_name(search->arena, shard->index),
        .sequence_number = arena_copy(search->arena, record->sequence_number),
        .partition_key = arena_copy(search->arena, record->partition_key),
        .data = arena_copy(
            search->arena,
            bytes_slice(record->data, 0,
                        record->data.len < KINESIS_TRACED_DATA_MAX ? record->data.len : KINESIS_TRACED_DATA_MAX)),
        .data_len = record->data.len,
        .arrival_ms = record->approximate_arrival_timestamp,
        .is_encrypted = present(record->encryption_type),
    };
    return tell_steps(search, shard, index, place);
}

static int search_shard(Search *search, Shard *shard)
{
    RecordPage page = {.is_at_tip = false};
    int code = shard_prepare(search->kinesis, shard);
    uint64_t from = shard->next > SCANNED_MAX ? shard->next - SCANNED_MAX : 1;
    while (code == STORE_OK && !page.is_at_tip) {
        RecordQuery query = {from, READ_RECORDS_MAX, READ_BYTES_MAX};
        arena_reset(search->scratch);
        code = records_read(search->kinesis, search->scratch, shard, query, &page);
        for (size_t i = 0; code == STORE_OK && i < page.records.len; i++)
            if (is_wanted(search->query, &page.records.items[i]))
                code = take(search, shard, &page.records.items[i], page.next - page.records.len + i);
        from = page.next;
    }
    return code;
}

int kinesis_trace(Kinesis *kinesis, Arena *arena, const KinesisTraceQuery *query, KinesisTracedList *ret_list)
{
    KinesisTraceQuery wanted = *query;
    if (!wanted.limit || wanted.limit > TRACED_MAX)
        wanted.limit = TRACED_MAX;
    int code = streams_load(kinesis);
    Stream *stream = code == STORE_OK ? streams_get(kinesis, wanted.stream) : NULL;
    if (!stream)
        return code == STORE_OK ? KINESIS_NO_STREAM : code;
    Search search = {kinesis, arena, arena_new(), &wanted, arena_new_array(arena, KinesisTraced, wanted.limit), 0};
    for (size_t i = 0; code == STORE_OK && i < stream->shards_count; i++)
        code = search_shard(&search, stream->shards[i]);
    arena_free(search.scratch);
    *ret_list = (KinesisTracedList){search.found, search.count};
    return code == STORE_OK ? KINESIS_DONE : code;
}
