/* metric_stream_sends.c - what was noted of minutes that are over goes to Firehose, on the emulator's clock. */
#include "event.h"
#include "metric_stream.h"
#include "state.h"
#include "words.h"

#define MINUTE_MS    INT64_C(60000)
#define DELAY_MS     1000         /* behind the minute's end: what services measure has been told */
#define DATA_AT_ONCE 500          /* in one transaction: some 20 ms */
#define RECORD_BYTES (256 * 1024) /* of one record of Firehose, about; it takes 1,000 KiB */
#define WORK_AT_ONCE 5000         /* … or so many lines, some 50 ms */
#define STREAMS_MAX  100          /* of one place */
#define STEP_MS      1            /* of real time */
#define TROUBLE_MS   1000
#define NOT_COUNTED  (-1)

static const Query running = {"SELECT count(*) FROM cloudwatch_stream WHERE is_running"};
static const Query note = {"INSERT OR IGNORE INTO cloudwatch_fresh (time_ms, metric_id, unit) VALUES (?1, ?2, ?3)"};
static const Query oldest = {"SELECT min(time_ms) FROM cloudwatch_fresh"};
static const Query noted = {"SELECT f.time_ms, f.metric_id, f.unit, m.account, m.region, m.namespace, m.name,"
                            " m.dimensions FROM cloudwatch_fresh f LEFT JOIN cloudwatch_metric m ON m.id = f.metric_id"
                            " WHERE f.time_ms <= ?1 ORDER BY f.time_ms, f.metric_id, f.unit LIMIT ?2"};
static const Query forget = {"DELETE FROM cloudwatch_fresh WHERE time_ms = ?1 AND metric_id = ?2 AND unit = ?3"};

typedef struct Noted {
    int64_t metric_id;
    Bytes account, region; /* absent: nobody knows the metric any more */
    StreamedDatum datum;
} Noted;

/* The streams of one place, and what is to be put for each. */
typedef struct Outgoing {
    const CloudwatchPutMetricStreamInput *config;
    size_t work; /* for each datum */
    Buffer *text;
} Outgoing;

typedef struct Sending {
    Cloudwatch *cloudwatch;
    Scope scope; /* of the place at hand */
    Outgoing streams[STREAMS_MAX];
    size_t streams_count, data_count, work;
} Sending;

static void wake(Cloudwatch *cloudwatch, int64_t due_ms);

static bool is_any_running(Cloudwatch *cloudwatch)
{
    if (cloudwatch->running_streams == NOT_COUNTED) {
        Statement *row = statement_begin(cloudwatch->runtime->store, &running);
        if (statement_one(row) != STORE_ROW)
            return true;
        cloudwatch->running_streams = column_int64(row, 0);
        statement_end(row);
    }
    return cloudwatch->running_streams > 0;
}

int metric_streams_note(const Scope *scope, int64_t metric_id, const DataPoint *point)
{
    int64_t minute_ms = point->time_ms - (point->time_ms % MINUTE_MS + MINUTE_MS) % MINUTE_MS;
    if (!is_any_running(scope->service))
        return STORE_OK;
    Statement *row = statement_begin(scope->store, &note);
    bind_int64(row, 1, minute_ms);
    bind_int64(row, 2, metric_id);
    bind_text(row, 3, point->unit);
    wake(scope->service, minute_ms + MINUTE_MS + DELAY_MS);
    return statement_run(row);
}

static int put_out(Sending *sending, Outgoing *stream)
{
    const CloudwatchOutlet *outlet = &sending->cloudwatch->outlet;
    Bytes record = buffer_bytes(stream->text);
    Arn arn;
    if (!record.len || !outlet->put || !arn_parse(stream->config->firehose_arn, &arn))
        return STORE_OK;
    Bytes name =
        bytes_slice(arn.resource, sizeof "deliverystream/" - 1, arn.resource.len + 1 - sizeof "deliverystream/");
    int code = outlet->put(outlet->service, &sending->scope, name, record);
    stream->text->len = 0;
    return code == STORE_NOT_FOUND ? STORE_OK : code; /* as at AWS, what nobody takes is lost */
}

static int put_all_out(Sending *sending)
{
    int code = STORE_OK;
    for (size_t i = 0; i < sending->streams_count && code == STORE_OK; i++)
        code = put_out(sending, &sending->streams[i]);
    sending->streams_count = 0;
    return code;
}

/* A line, and a step for each 32 names that its filters and statistics are asked for. */
static size_t work_of(const CloudwatchPutMetricStreamInput *config)
{
    size_t names = config->include_filters.len + config->exclude_filters.len;
    for (size_t i = 0; i < config->include_filters.len; i++)
        names += config->include_filters.items[i].metric_names.len;
    for (size_t i = 0; i < config->exclude_filters.len; i++)
        names += config->exclude_filters.items[i].metric_names.len;
    for (size_t i = 0; i < config->statistics_configurations.len; i++)
        names += config->statistics_configurations.items[i].include_metrics.len +
                 config->statistics_configurations.items[i].additional_statistics.len * 32;
    return 1 + names / 32;
}

static int go_to(Sending *sending, const Noted *one)
{
    MetricStream *streams;
    size_t count;
    if (bytes_equal(sending->scope.account, one->account) && bytes_equal(sending->scope.region, one->region) &&
        sending->data_count)
        return STORE_OK;
    int code = put_all_out(sending);
    sending->scope.account = one->account;
    sending->scope.region = one->region;
    if (code == STORE_OK)
        code = metric_streams_after(&sending->scope, TEXT(""), STREAMS_MAX, &streams, &count);
    for (size_t i = 0; code == STORE_OK && i < count; i++) {
        if (!streams[i].is_running)
            continue;
        const CloudwatchPutMetricStreamInput *config = metric_stream_config(sending->scope.arena, &streams[i]);
        sending->streams[sending->streams_count++] =
            (Outgoing){config, work_of(config), text_new(sending->scope.arena)};
    }
    return code;
}

typedef struct Taking {
    Sending *sending;
    StreamedDatum datum;
} Taking;

static bool take(void *context, const Bucket *bucket)
{
    Taking *taking = context;
    taking->datum.bucket = bucket;
    for (size_t i = 0; i < taking->sending->streams_count; i++) {
        Outgoing *stream = &taking->sending->streams[i];
        taking->sending->work += stream->work;
        if (metric_stream_wants(stream->config, &taking->datum))
            metric_stream_tell(&taking->sending->scope, stream->config, &taking->datum, stream->text);
    }
    return true;
}

static int send_one(Sending *sending, const Noted *one, Values *values)
{
    Taking taking = {sending, one->datum};
    AggregateQuery query = {.metric_id = one->metric_id,
                            .unit = one->datum.unit,
                            .start_ms = one->datum.time_ms,
                            .end_ms = one->datum.time_ms + MINUTE_MS,
                            .period_s = 60,
                            .values = values,
                            .take = take,
                            .context = &taking};
    uint64_t rows = 0;
    int code = present(one->account) ? go_to(sending, one) : STORE_OK;
    sending->data_count += present(one->account);
    if (code == STORE_OK && present(one->account))
        code = aggregate(sending->scope.store, sending->scope.arena, &query, &rows);
    for (size_t i = 0; i < sending->streams_count && code == STORE_OK; i++)
        if (sending->streams[i].text->len > RECORD_BYTES)
            code = put_out(sending, &sending->streams[i]);
    return code;
}

static int forget_one(const Scope *scope, const Noted *one)
{
    Statement *row = statement_begin(scope->store, &forget);
    bind_int64(row, 1, one->datum.time_ms);
    bind_int64(row, 2, one->metric_id);
    bind_text(row, 3, one->datum.unit);
    return statement_run(row);
}

static int read_noted(const Scope *scope, Noted *ret, size_t *ret_count)
{
    Statement *row = statement_begin(scope->store, &noted);
    int code;
    bind_int64(row, 1, scope->now_ms - MINUTE_MS);
    bind_int64(row, 2, DATA_AT_ONCE);
    while ((code = statement_step(row)) == STORE_ROW) {
        Noted *one = &ret[(*ret_count)++];
        one->datum.time_ms = column_int64(row, 0);
        one->metric_id = column_int64(row, 1);
        one->datum.unit = arena_copy(scope->arena, column_bytes(row, 2));
        one->account = arena_copy(scope->arena, column_bytes(row, 3));
        one->region = arena_copy(scope->arena, column_bytes(row, 4));
        one->datum.name_space = arena_copy(scope->arena, column_bytes(row, 5));
        one->datum.name = arena_copy(scope->arena, column_bytes(row, 6));
        one->datum.dimensions = arena_copy(scope->arena, column_bytes(row, 7));
    }
    return code;
}

typedef struct Step {
    Cloudwatch *cloudwatch;
    Arena *arena;
    bool has_more;
    int64_t next_due_ms;
} Step;

static int find_next_due(Step *step)
{
    Statement *row = statement_begin(step->cloudwatch->runtime->store, &oldest);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    step->next_due_ms = column_is_null(row, 0) ? INT64_MAX : column_int64(row, 0) + MINUTE_MS + DELAY_MS;
    statement_end(row);
    return STORE_OK;
}

static int send_some(void *context)
{
    Step *step = context;
    Sending *sending = arena_new_of(step->arena, Sending);
    Noted *items = arena_new_array(step->arena, Noted, DATA_AT_ONCE);
    Values *values = values_room(step->arena);
    sending->cloudwatch = step->cloudwatch;
    sending->scope = scope_of_runtime(step->cloudwatch->runtime, step->cloudwatch, step->arena);
    size_t count = 0, i;
    int code = read_noted(&sending->scope, items, &count);
    for (i = 0; i < count && code == STORE_OK && sending->work < WORK_AT_ONCE; i++) {
        code = send_one(sending, &items[i], values);
        code = code == STORE_OK ? forget_one(&sending->scope, &items[i]) : code;
    }
    step->has_more = i < count || count == DATA_AT_ONCE;
    code = code == STORE_OK ? put_all_out(sending) : code;
    return code == STORE_OK ? find_next_due(step) : code;
}

static void soon(Cloudwatch *cloudwatch, int64_t after_ms)
{
    Loop *loop = cloudwatch->runtime->loop;
    if (loop)
        loop_timer_set(loop, &cloudwatch->stream_steps, loop_now_ms(loop) + after_ms);
}

static void run(Cloudwatch *cloudwatch)
{
    Step step = {.cloudwatch = cloudwatch, .arena = arena_new(), .next_due_ms = INT64_MAX};
    int code = runtime_run_alone(cloudwatch->runtime, send_some, &step);
    arena_free(step.arena);
    if (code != STORE_OK) {
        log_event(cloudwatch->runtime->log, LOG_ERROR, "metric streams could not be sent", "why",
                  store_error(cloudwatch->runtime->store), NULL);
        soon(cloudwatch, TROUBLE_MS);
    } else if (step.has_more) {
        soon(cloudwatch, STEP_MS);
    } else {
        wake(cloudwatch, step.next_due_ms);
    }
}

static void on_due(void *context, int64_t now_ms)
{
    Cloudwatch *cloudwatch = context;
    (void)now_ms;
    cloudwatch->streams = NULL;
    run(cloudwatch);
}

static void go_on(LoopTimer *timer)
{
    run(owner_of(timer, Cloudwatch, stream_steps));
}

static void wake(Cloudwatch *cloudwatch, int64_t due_ms)
{
    Scheduler *scheduler = cloudwatch->runtime->scheduler;
    if (due_ms != INT64_MAX && scheduler)
        cloudwatch->streams = scheduler_earlier(scheduler, cloudwatch->streams, due_ms, on_due, cloudwatch);
}

void metric_streams_changed(Cloudwatch *cloudwatch)
{
    cloudwatch->running_streams = NOT_COUNTED;
}

/* What was noted, or how many run, may be another now. */
static void on_rollback(void *context)
{
    metric_streams_changed(context);
    soon(context, TROUBLE_MS / 10);
}

void metric_streams_open(Cloudwatch *cloudwatch)
{
    Step step = {.cloudwatch = cloudwatch, .next_due_ms = INT64_MAX};
    cloudwatch->stream_steps.due = go_on;
    cloudwatch->running_streams = NOT_COUNTED;
    store_on_rollback(cloudwatch->runtime->store, on_rollback, cloudwatch);
    if (find_next_due(&step) == STORE_OK)
        wake(cloudwatch, step.next_due_ms);
}

void metric_streams_close(Cloudwatch *cloudwatch)
{
    if (cloudwatch->streams)
        scheduler_cancel(cloudwatch->runtime->scheduler, cloudwatch->streams);
    if (cloudwatch->runtime->loop)
        loop_timer_cancel(cloudwatch->runtime->loop, &cloudwatch->stream_steps);
}

void cloudwatch_set_outlet(Cloudwatch *cloudwatch, CloudwatchOutlet outlet)
{
    cloudwatch->outlet = outlet;
}
