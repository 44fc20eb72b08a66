/* get_metric_statistics.c - GetMetricStatistics. CloudWatch API Reference, GetMetricStatistics. */
#include "aggregate.h"
#include <stdlib.h>

OPERATION(CloudwatchGetMetricStatistics, get_metric_statistics, READS);

#define POINTS_MAX 1440 /* aws: there: "the maximum number of data points returned from a single call" */

static Status check(Call *call, const CloudwatchGetMetricStatisticsInput *in)
{
    int64_t points = (in->end_time - in->start_time) / ((int64_t)(in->period > 0 ? in->period : 1) * 1000);
    TRY(aggregate_check_span(call, in->start_time, in->end_time));
    TRY(aggregate_check_period(call, "Period", in->period));
    if (!in->statistics.len && !in->extended_statistics.len)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
                    "Must specify either Statistics or ExtendedStatistics.");
    if (points > POINTS_MAX)
        return fail(
            call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
            "You have requested up to %lld datapoints, which exceeds the limit of %d. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
            (long long)points, POINTS_MAX);
    for (size_t i = 0; i < in->extended_statistics.len; i++) {
        Statistic statistic;
        Bytes text = in->extended_statistics.items[i];
        if (!statistic_parse(text, &statistic) || !statistic_needs_values(&statistic))
            return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                        "The value " BYTES_FMT " for parameter ExtendedStatistics.member.%zu is not supported.",
                        BYTES_ARG(text), i + 1);
    }
    return OK;
}

/* What the buckets become. */
typedef struct Telling {
    Call *call;
    const CloudwatchGetMetricStatisticsInput *in;
    CloudwatchGetMetricStatisticsOutput *out;
    const Statistic *statistics; /* of in->statistics, then of in->extended_statistics */
    Bytes unit;
    size_t capacity;
} Telling;

static const Statistic *parse_all(Arena *arena, const CloudwatchGetMetricStatisticsInput *in)
{
    size_t count = in->statistics.len;
    Statistic *all = arena_new_array(arena, Statistic, count + in->extended_statistics.len);
    for (size_t i = 0; i < count; i++)
        (void)statistic_parse(in->statistics.items[i], &all[i]);
    for (size_t i = 0; i < in->extended_statistics.len; i++)
        (void)statistic_parse(in->extended_statistics.items[i], &all[count + i]);
    return all;
}

static void set_statistic(CloudwatchDatapoint *point, const Bucket *bucket, const Statistic *statistic, Bytes name)
{
    double value;
    if (!bucket_statistic(bucket, statistic, &value))
        return;
    switch (statistic->kind) {
    case STATISTIC_SAMPLE_COUNT:
        SET(point, sample_count, value);
        break;
    case STATISTIC_AVERAGE:
        SET(point, average, value);
        break;
    case STATISTIC_SUM:
        SET(point, sum, value);
        break;
    case STATISTIC_MINIMUM:
        SET(point, minimum, value);
        break;
    case STATISTIC_MAXIMUM:
        SET(point, maximum, value);
        break;
    default:
        point->extended_statistics.items[point->extended_statistics.len++] =
            (CloudwatchDatapointValueMapEntry){name, value};
        break;
    }
}

static CloudwatchDatapoint point_of(const Telling *telling, const Bucket *bucket)
{
    const CloudwatchGetMetricStatisticsInput *in = telling->in;
    CloudwatchDatapoint point = {.unit = telling->unit};
    SET(&point, timestamp, bucket->start_ms);
    if (in->extended_statistics.len)
        point.extended_statistics.items =
            arena_new_array(telling->call->arena, CloudwatchDatapointValueMapEntry, in->extended_statistics.len);
    for (size_t i = 0; i < in->statistics.len; i++)
        set_statistic(&point, bucket, &telling->statistics[i], in->statistics.items[i]);
    for (size_t i = 0; i < in->extended_statistics.len; i++)
        set_statistic(&point, bucket, &telling->statistics[in->statistics.len + i], in->extended_statistics.items[i]);
    if (!point.extended_statistics.len)
        point.extended_statistics.items = NULL;
    return point;
}

static bool take(void *context, const Bucket *bucket)
{
    Telling *telling = context;
    CloudwatchDatapoints *points = &telling->out->datapoints;
    if (points->len == telling->capacity) {
        CloudwatchDatapoint *items =
            arena_new_array(telling->call->arena, CloudwatchDatapoint, telling->capacity * 2 + 16);
        if (points->len)
            memcpy(items, points->items, points->len * sizeof *items);
        points->items = items;
        telling->capacity = telling->capacity * 2 + 16;
    }
    points->items[points->len++] = point_of(telling, bucket);
    return true;
}

static int by_time_and_unit(const void *a, const void *b)
{
    const CloudwatchDatapoint *one = a, *other = b;
    if (one->timestamp != other->timestamp)
        return one->timestamp < other->timestamp ? -1 : 1;
    return bytes_compare(one->unit, other->unit);
}

static int tell_units(Telling *telling, AggregateQuery *query)
{
    Store *store = telling->call->store;
    Arena *arena = telling->call->arena;
    Units units;
    uint64_t rows = 0;
    int code = metric_units(store, arena, query, &units);
    for (size_t i = 0; i < units.len && code == STORE_OK; i++) {
        query->unit = telling->unit = units.items[i];
        code = aggregate(store, arena, query, &rows);
    }
    return code;
}

static Status get_metric_statistics(Call *call, const CloudwatchGetMetricStatisticsInput *in,
                                    CloudwatchGetMetricStatisticsOutput *out)
{
    Telling telling = {.call = call, .in = in, .out = out};
    Metric metric = {.account = call->account,
                     .region = call->region,
                     .name_space = in->namespace,
                     .name = in->metric_name,
                     .dimensions = metric_dimensions_text(call->arena, &in->dimensions)};
    AggregateQuery query = {
        .end_ms = in->end_time, .period_s = in->period, .unit = in->unit, .take = take, .context = &telling};
    TRY(check(call, in));
    query.start_ms = query.origin_ms = aggregate_round_start(in->start_time, in->period, call->now_ms);
    telling.statistics = parse_all(call->arena, in);
    if (in->extended_statistics.len)
        query.values = values_room(call->arena);

    out->label = in->metric_name;
    out->datapoints.items = arena_new_of(call->arena, CloudwatchDatapoint);
    int code = metric_find(call->store, &metric, &query.metric_id);
    if (code == STORE_OK)
        code = tell_units(&telling, &query);
    qsort(out->datapoints.items, out->datapoints.len, sizeof *out->datapoints.items, by_time_and_unit);
    return expect_ok(call, code == STORE_NOT_FOUND ? STORE_OK : code);
}
