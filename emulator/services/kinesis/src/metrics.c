#include "metrics.h"
#include "buffer.h"
#include "cloudwatch.h"
#include "monitoring.h"
#include <stdio.h>
#include <stdlib.h>

#define MINUTE_MS    INT64_C(60000)
#define STEP_SAMPLES 4096 /* some 15 ms */

/* shard_bit: in shard_metrics, of the metric a shard has under this name; 0: none. */
static const struct {
    const char *name, *unit;
    unsigned shard_bit;
} infos[METRICS] = {
    [METRIC_GET_RECORDS_BYTES] = {"GetRecords.Bytes", "Bytes", 0},
    [METRIC_GET_RECORDS_AGE] = {"GetRecords.IteratorAgeMilliseconds", "Milliseconds", 0},
    [METRIC_GET_RECORDS_LATENCY] = {"GetRecords.Latency", "Milliseconds", 0},
    [METRIC_GET_RECORDS_RECORDS] = {"GetRecords.Records", "Count", 0},
    [METRIC_GET_RECORDS_SUCCESS] = {"GetRecords.Success", "Count", 0},
    [METRIC_INCOMING_BYTES] = {"IncomingBytes", "Bytes", SHARD_METRIC_INCOMING_BYTES},
    [METRIC_INCOMING_RECORDS] = {"IncomingRecords", "Count", SHARD_METRIC_INCOMING_RECORDS},
    [METRIC_PUT_RECORD_BYTES] = {"PutRecord.Bytes", "Bytes", 0},
    [METRIC_PUT_RECORD_LATENCY] = {"PutRecord.Latency", "Milliseconds", 0},
    [METRIC_PUT_RECORD_SUCCESS] = {"PutRecord.Success", "Count", 0},
    [METRIC_PUT_RECORDS_BYTES] = {"PutRecords.Bytes", "Bytes", 0},
    [METRIC_PUT_RECORDS_LATENCY] = {"PutRecords.Latency", "Milliseconds", 0},
    [METRIC_PUT_RECORDS_SUCCESS] = {"PutRecords.Success", "Count", 0},
    [METRIC_PUT_RECORDS_TOTAL] = {"PutRecords.TotalRecords", "Count", 0},
    [METRIC_PUT_RECORDS_SUCCESSFUL] = {"PutRecords.SuccessfulRecords", "Count", 0},
    [METRIC_PUT_RECORDS_FAILED] = {"PutRecords.FailedRecords", "Count", 0},
    [METRIC_PUT_RECORDS_THROTTLED] = {"PutRecords.ThrottledRecords", "Count", 0},
    [METRIC_READ_EXCEEDED] = {"ReadProvisionedThroughputExceeded", "Count", SHARD_METRIC_READ_EXCEEDED},
    [METRIC_WRITE_EXCEEDED] = {"WriteProvisionedThroughputExceeded", "Count", SHARD_METRIC_WRITE_EXCEEDED},
    [METRIC_SUBSCRIBE_SUCCESS] = {"SubscribeToShard.Success", "Count", 0},
    [METRIC_EVENT_BYTES] = {"SubscribeToShardEvent.Bytes", "Bytes", 0},
    [METRIC_EVENT_BEHIND] = {"SubscribeToShardEvent.MillisBehindLatest", "Milliseconds", 0},
    [METRIC_EVENT_RECORDS] = {"SubscribeToShardEvent.Records", "Count", 0},
    [METRIC_EVENT_SUCCESS] = {"SubscribeToShardEvent.Success", "Count", 0},
    [METRIC_SHARD_AGE] = {"IteratorAgeMilliseconds", "Milliseconds", SHARD_METRIC_AGE},
    [METRIC_OUTGOING_BYTES] = {"OutgoingBytes", "Bytes", SHARD_METRIC_OUTGOING_BYTES},
    [METRIC_OUTGOING_RECORDS] = {"OutgoingRecords", "Count", SHARD_METRIC_OUTGOING_RECORDS},
};

typedef struct Sum {
    double count, sum, minimum, maximum;
} Sum;

typedef enum MeterKind { METER_STREAM, METER_SHARD, METER_CONSUMER } MeterKind;

struct Meter {
    Bytes account, region, stream, other; /* owned; other: the shard's or the consumer's name */
    MeterKind kind;
    int64_t minute_ms; /* when its minute began */
    Meter *next;       /* to be told */
    Sum sums[METRICS];
};

static Bytes own(Bytes b)
{
    char *copy = malloc(b.len + 1);
    if (!copy)
        abort();
    if (b.len)
        memcpy(copy, b.ptr, b.len);
    return (Bytes){copy, b.len};
}

static void meter_free(Meter *meter)
{
    Bytes *texts[] = {&meter->account, &meter->region, &meter->stream, &meter->other};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]->ptr);
    free(meter);
}

/* By names, so that it may outlive what it counts until it is told: what comes under the same names later is, for
 * CloudWatch, the same. */
static Meter *find_meter(Kinesis *kinesis, MeterKind kind, const Stream *stream, Bytes other)
{
    Buffer key = {0};
    buffer_append(&key, stream->key);
    buffer_append_char(&key, (char)('0' + kind));
    buffer_append(&key, other);
    Meter *meter = map_get(kinesis->meters, buffer_bytes(&key));
    if (!meter) {
        meter = calloc(1, sizeof *meter);
        if (!meter)
            abort();
        meter->kind = kind;
        meter->account = own(stream->account);
        meter->region = own(stream->region);
        meter->stream = own(stream->name);
        meter->other = own(other);
        map_put(kinesis->meters, buffer_bytes(&key), meter);
    }
    buffer_done(&key);
    return meter;
}

static bool is_current(const Kinesis *kinesis, const MeterRef *ref)
{
    return ref->meter && ref->minute == kinesis->metrics_minute;
}

static Meter *meter_of(Kinesis *kinesis, MeterRef *ref, MeterKind kind, const Stream *stream, Bytes other)
{
    if (!is_current(kinesis, ref))
        *ref = (MeterRef){find_meter(kinesis, kind, stream, other), kinesis->metrics_minute};
    return ref->meter;
}

static CloudwatchSample sample_of(const Meter *meter)
{
    return (CloudwatchSample){
        .name_space = TEXT("AWS/Kinesis"),
        .dimension_names = {TEXT("StreamName"), meter->kind == METER_SHARD ? TEXT("ShardId") : TEXT("ConsumerName")},
        .dimension_values = {meter->stream, meter->other},
        .dimensions_count = meter->kind == METER_STREAM ? 1 : 2,
        .time_ms = meter->minute_ms,
    };
}

static int tell(const Kinesis *kinesis, Arena *arena, const Meter *meter, size_t *samples)
{
    Scope scope = scope_of_runtime(kinesis->runtime, kinesis->cloudwatch, arena);
    CloudwatchSample sample = sample_of(meter);
    scope.account = meter->account;
    scope.region = meter->region;
    int code = STORE_OK;
    for (int id = 0; code == STORE_OK && id < METRICS; id++) {
        const Sum *sum = &meter->sums[id];
        if (sum->count == 0)
            continue;
        sample.name = bytes_of(infos[id].name);
        sample.unit = bytes_of(infos[id].unit);
        sample.count = sum->count;
        sample.sum = sum->sum;
        sample.minimum = sum->minimum;
        sample.maximum = sum->maximum;
        code = cloudwatch_record(&scope, &sample);
        ++*samples;
    }
    return code;
}

static Meter *take_told(Kinesis *kinesis)
{
    Meter *meter = kinesis->told_first;
    kinesis->told_first = meter->next;
    if (!kinesis->told_first)
        kinesis->told_last = &kinesis->told_first;
    return meter;
}

/* So many that nobody waits for long; the rest in the next turn. */
static void on_telling(void *context, int64_t at_ms)
{
    Kinesis *kinesis = context;
    Arena *arena = arena_new();
    size_t samples = 0;
    int code = STORE_OK;
    kinesis->telling_timer = NULL;
    while (code == STORE_OK && kinesis->told_first && samples < STEP_SAMPLES) {
        Meter *meter = take_told(kinesis);
        code = tell(kinesis, arena, meter, &samples);
        meter_free(meter);
        arena_reset(arena);
    }
    arena_free(arena);
    if (code != STORE_OK)
        log_event(kinesis->runtime->log, LOG_ERROR, "metrics could not be recorded", "reason",
                  store_error(kinesis->store), NULL);
    if (kinesis->told_first)
        kinesis->telling_timer = scheduler_at(kinesis->runtime->scheduler, at_ms + 1, on_telling, kinesis);
}

/* The next to be counted begins a minute of its own. */
static void on_minute(void *context, int64_t at_ms)
{
    Kinesis *kinesis = context;
    Bytes key;
    void *value;
    kinesis->metrics_timer = NULL;
    metrics_settle(kinesis);
    for (size_t at = 0; map_next(kinesis->meters, &at, &key, &value);) {
        Meter *meter = value;
        meter->minute_ms = kinesis->metrics_minute_ms;
        *kinesis->told_last = meter;
        kinesis->told_last = &meter->next;
    }
    map_free(kinesis->meters);
    kinesis->meters = map_new();
    kinesis->metrics_minute++;
    if (!kinesis->telling_timer)
        on_telling(kinesis, at_ms);
}

static void add(Meter *meter, MetricId id, double value)
{
    Sum *sum = &meter->sums[id];
    if (sum->count == 0 || value < sum->minimum)
        sum->minimum = value;
    if (sum->count == 0 || value > sum->maximum)
        sum->maximum = value;
    sum->count++;
    sum->sum += value;
}

void metrics_settle(Kinesis *kinesis)
{
    MetricsTaken *taken = &kinesis->metrics_taken;
    for (size_t i = 0; i < taken->count; i++)
        add(taken->items[i].meter, taken->items[i].id, taken->items[i].value);
    taken->count = 0;
}

/* Of an earlier commit: what was counted before it is for good. */
static void settle_committed(Kinesis *kinesis)
{
    MetricsTaken *taken = &kinesis->metrics_taken;
    if (taken->commit != store_commits(kinesis->store))
        metrics_settle(kinesis);
    taken->commit = store_commits(kinesis->store);
}

void metrics_undo(Kinesis *kinesis)
{
    settle_committed(kinesis);
    kinesis->metrics_taken.count = 0;
}

static void take(Kinesis *kinesis, Meter *meter, MetricId id, double value)
{
    MetricsTaken *taken = &kinesis->metrics_taken;
    settle_committed(kinesis);
    if (!kinesis->metrics_timer) {
        kinesis->metrics_minute_ms = now_ms(kinesis) / MINUTE_MS * MINUTE_MS;
        kinesis->metrics_timer =
            scheduler_at(kinesis->runtime->scheduler, kinesis->metrics_minute_ms + MINUTE_MS, on_minute, kinesis);
    }
    if (taken->count == taken->capacity) {
        taken->capacity = taken->capacity ? taken->capacity * 2 : 256;
        taken->items = realloc(taken->items, taken->capacity * sizeof *taken->items);
        if (!taken->items)
            abort();
    }
    taken->items[taken->count++] = (MetricTaken){meter, id, value};
}

void metric_of_stream(Kinesis *kinesis, Stream *stream, MetricId id, double value)
{
    if (kinesis->cloudwatch)
        take(kinesis, meter_of(kinesis, &stream->meter, METER_STREAM, stream, TEXT("")), id, value);
}

void metric_of_shard(Kinesis *kinesis, Shard *shard, MetricId id, double value)
{
    char name[32];
    if (!(shard->stream->shard_metrics & infos[id].shard_bit) || !kinesis->cloudwatch)
        return;
    int len = is_current(kinesis, &shard->meter) ? 0 : snprintf(name, sizeof name, "shardId-%012u", shard->index);
    take(kinesis, meter_of(kinesis, &shard->meter, METER_SHARD, shard->stream, (Bytes){name, (size_t)len}), id, value);
}

void metric_of_consumer(Kinesis *kinesis, const Stream *stream, MeterOfConsumer *consumer, MetricId id, double value)
{
    if (kinesis->cloudwatch)
        take(kinesis, meter_of(kinesis, &consumer->ref, METER_CONSUMER, stream, bytes_of(consumer->name)), id, value);
}

double metric_latency(const Call *call)
{
    return call->started_ns ? (double)(monotonic_ns() - call->started_ns) / 1e6 : 0;
}

void metrics_open(Kinesis *kinesis)
{
    kinesis->meters = map_new();
    kinesis->told_last = &kinesis->told_first;
}

void metrics_close(Kinesis *kinesis)
{
    Bytes key;
    void *meter;
    Timer *timers[] = {kinesis->metrics_timer, kinesis->telling_timer};
    for (int i = 0; i < 2; i++)
        if (timers[i])
            scheduler_cancel(kinesis->runtime->scheduler, timers[i]);
    for (size_t at = 0; map_next(kinesis->meters, &at, &key, &meter);)
        meter_free(meter);
    while (kinesis->told_first)
        meter_free(take_told(kinesis));
    kinesis->meters = map_free(kinesis->meters);
    free(kinesis->metrics_taken.items);
}
