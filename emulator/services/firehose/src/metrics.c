/* metrics.c */
#include "metrics.h"
#include "buffer.h"
#include <stdlib.h>

#define MINUTE_MS INT64_C(60000)

static const struct {
    const char *name, *unit;
} infos[METRICS] = {
    [METRIC_INCOMING_BYTES] = {"IncomingBytes", "Bytes"},
    [METRIC_INCOMING_RECORDS] = {"IncomingRecords", "Count"},
    [METRIC_PUT_BYTES] = {"PutRecord.Bytes", "Bytes"},
    [METRIC_PUT_REQUESTS] = {"PutRecord.Requests", "Count"},
    [METRIC_PUT_LATENCY] = {"PutRecord.Latency", "Milliseconds"},
    [METRIC_BATCH_BYTES] = {"PutRecordBatch.Bytes", "Bytes"},
    [METRIC_BATCH_RECORDS] = {"PutRecordBatch.Records", "Count"},
    [METRIC_BATCH_REQUESTS] = {"PutRecordBatch.Requests", "Count"},
    [METRIC_BATCH_LATENCY] = {"PutRecordBatch.Latency", "Milliseconds"},
    [METRIC_S3_BYTES] = {"DeliveryToS3.Bytes", "Bytes"},
    [METRIC_S3_RECORDS] = {"DeliveryToS3.Records", "Count"},
    [METRIC_S3_SUCCESS] = {"DeliveryToS3.Success", "Count"},
    [METRIC_S3_FRESHNESS] = {"DeliveryToS3.DataFreshness", "Seconds"},
    [METRIC_COPY_BYTES] = {"BackupToS3.Bytes", "Bytes"},
    [METRIC_COPY_RECORDS] = {"BackupToS3.Records", "Count"},
    [METRIC_COPY_SUCCESS] = {"BackupToS3.Success", "Count"},
    [METRIC_COPY_FRESHNESS] = {"BackupToS3.DataFreshness", "Seconds"},
    [METRIC_SOURCE_BYTES] = {"DataReadFromKinesisStream.Bytes", "Bytes"},
    [METRIC_SOURCE_RECORDS] = {"DataReadFromKinesisStream.Records", "Count"},
    [METRIC_SOURCE_BEHIND] = {"KinesisMillisBehindLatest", "Milliseconds"},
};

typedef struct Sum {
    double count, sum, minimum, maximum;
} Sum;

/* By names: what comes under the same names later is, for CloudWatch, the same. */
typedef struct Meter {
    Bytes account, region, name; /* they point into text */
    Sum sums[METRICS];
    char text[];
} Meter;

typedef struct Taken {
    Meter *meter;
    MetricId id;
    double value;
} Taken;

struct Metrics {
    Map *meters;
    Taken *taken; /* of the turn at hand */
    size_t count, capacity;
    Timer *timer;
    int64_t minute_ms;
};

static Bytes put_text(char **at, Bytes text)
{
    Bytes copy = {*at, text.len};
    memcpy(*at, text.ptr, text.len);
    *at += text.len;
    *(*at)++ = 0;
    return copy;
}

static Meter *meter_new(const DeliveryStream *stream)
{
    Meter *meter = calloc(1, sizeof *meter + stream->account.len + stream->region.len + stream->name.len + 3);
    if (!meter)
        abort();
    char *at = meter->text;
    meter->account = put_text(&at, stream->account);
    meter->region = put_text(&at, stream->region);
    meter->name = put_text(&at, stream->name);
    return meter;
}

static Meter *meter_of(struct Metrics *metrics, const DeliveryStream *stream)
{
    Buffer key = {0};
    buffer_append(&key, stream->account);
    buffer_append_char(&key, 0);
    buffer_append(&key, stream->region);
    buffer_append_char(&key, 0);
    buffer_append(&key, stream->name);
    Meter *meter = map_get(metrics->meters, buffer_bytes(&key));
    if (!meter) {
        meter = meter_new(stream);
        map_put(metrics->meters, buffer_bytes(&key), meter);
    }
    buffer_done(&key);
    return meter;
}

static int tell(const Scope *scope, const Meter *meter, int64_t minute_ms)
{
    int code = STORE_OK;
    CloudwatchSample sample = {
        .name_space = TEXT("AWS/Firehose"),
        .dimension_names = {TEXT("DeliveryStreamName")},
        .dimension_values = {meter->name},
        .dimensions_count = 1,
        .time_ms = minute_ms,
    };
    for (int id = 0; code == STORE_OK && id < METRICS; id++) {
        const Sum *sum = &meter->sums[id];
        sample.name = bytes_of(infos[id].name);
        sample.unit = bytes_of(infos[id].unit);
        sample.count = sum->count;
        sample.sum = sum->sum;
        sample.minimum = sum->minimum;
        sample.maximum = sum->maximum;
        if (sum->count > 0)
            code = cloudwatch_record(scope, &sample);
    }
    return code;
}

static int tell_all(void *context)
{
    Firehose *firehose = context;
    struct Metrics *metrics = firehose->metrics;
    Scope scope = scope_of_runtime(firehose->runtime, firehose->cloudwatch, arena_new());
    Bytes key;
    void *value;
    int code = STORE_OK;
    for (size_t at = 0; code == STORE_OK && map_next(metrics->meters, &at, &key, &value);) {
        const Meter *meter = value;
        scope.account = meter->account;
        scope.region = meter->region;
        code = tell(&scope, meter, metrics->minute_ms);
        arena_reset(scope.arena);
    }
    arena_free(scope.arena);
    return code;
}

static void forget_meters(struct Metrics *metrics)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(metrics->meters, &at, &key, &value);)
        free(value);
    metrics->meters = map_free(metrics->meters);
}

static void on_minute(void *context, int64_t now_ms)
{
    (void)now_ms;
    Firehose *firehose = context;
    struct Metrics *metrics = firehose->metrics;
    metrics->timer = NULL;
    delivery_metrics_settle(firehose);
    if (runtime_run_alone(firehose->runtime, tell_all, firehose) != STORE_OK)
        log_format(firehose->runtime->log, LOG_ERROR, "firehose: metrics could not be recorded: %s",
                   store_error(firehose->store));
    forget_meters(metrics);
    metrics->meters = map_new();
}

static void add(Sum *sum, double value)
{
    if (sum->count == 0 || value < sum->minimum)
        sum->minimum = value;
    if (sum->count == 0 || value > sum->maximum)
        sum->maximum = value;
    sum->count++;
    sum->sum += value;
}

void delivery_metrics_settle(Firehose *firehose)
{
    struct Metrics *metrics = firehose->metrics;
    for (size_t i = 0; i < metrics->count; i++)
        add(&metrics->taken[i].meter->sums[metrics->taken[i].id], metrics->taken[i].value);
    metrics->count = 0;
}

void delivery_metrics_undo(Firehose *firehose)
{
    firehose->metrics->count = 0;
}

void delivery_metric(Firehose *firehose, const DeliveryStream *stream, MetricId id, double value)
{
    struct Metrics *metrics = firehose->metrics;
    if (!firehose->cloudwatch)
        return;
    if (!metrics->timer) {
        metrics->minute_ms = clock_now_ms(firehose->runtime->clock) / MINUTE_MS * MINUTE_MS;
        metrics->timer =
            scheduler_at(firehose->runtime->scheduler, metrics->minute_ms + MINUTE_MS, on_minute, firehose);
    }
    if (metrics->count == metrics->capacity) {
        metrics->capacity = metrics->capacity ? 2 * metrics->capacity : 64;
        metrics->taken = realloc(metrics->taken, metrics->capacity * sizeof *metrics->taken);
        if (!metrics->taken)
            abort();
    }
    metrics->taken[metrics->count++] = (Taken){meter_of(metrics, stream), id, value};
}

void delivery_metrics_of(Firehose *firehose, const Delivery *delivery, int64_t now_ms)
{
    const DeliveryStream *stream = &delivery->stream;
    double age_s = (double)(now_ms - stream->since_ms) / (double)MS_PER_S;
    delivery_metric(firehose, stream, METRIC_S3_BYTES, (double)delivery->passed_bytes);
    delivery_metric(firehose, stream, METRIC_S3_RECORDS, (double)delivery->passed_records);
    delivery_metric(firehose, stream, METRIC_S3_SUCCESS, 1);
    delivery_metric(firehose, stream, METRIC_S3_FRESHNESS, age_s);
    if (!delivery->copy)
        return;
    delivery_metric(firehose, stream, METRIC_COPY_BYTES, (double)delivery->bytes);
    delivery_metric(firehose, stream, METRIC_COPY_RECORDS, (double)delivery->records);
    delivery_metric(firehose, stream, METRIC_COPY_SUCCESS, 1);
    delivery_metric(firehose, stream, METRIC_COPY_FRESHNESS, age_s);
}

double delivery_put_latency(const Call *call)
{
    return call->started_ns ? (double)(monotonic_ns() - call->started_ns) / 1e6 : 0;
}

void delivery_metrics_open(Firehose *firehose)
{
    firehose->metrics = calloc(1, sizeof *firehose->metrics);
    if (!firehose->metrics)
        abort();
    firehose->metrics->meters = map_new();
}

void delivery_metrics_close(Firehose *firehose)
{
    struct Metrics *metrics = firehose->metrics;
    if (metrics->timer)
        scheduler_cancel(firehose->runtime->scheduler, metrics->timer);
    forget_meters(metrics);
    free(metrics->taken);
    free(metrics);
    firehose->metrics = NULL;
}
