/* get_metric_statistics.c - GetMetricStatistics. CloudWatch API Reference, GetMetricStatistics. */
#include "aggregate.h"

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
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
                    "You have requested up to %lld datapoints, which exceeds the limit of %d. You may reduce the "
                    "datapoints requested by increasing Period, or decreasing the time range.",
                    (long long)points, POINTS_MAX);
    for (size_t i = 0; i < in->extended_statistics.len; i++) {
        Statistic statistic;
        Bytes text = in->extended_statistics.items[i];
        if (!statistic_parse(text, &statistic) || statistic.kind != STATISTIC_PERCENTILE)
            return fail(call, &COMMON_NOT_IMPLEMENTED, "The statistic " BYTES_FMT " is not implemented.",
                        BYTES_ARG(text));
    }
    return OK;
}

static void set_statistic(CloudwatchDatapoint *point, const Bucket *bucket, Bytes name)
{
    Statistic statistic;
    double value;
    if (!statistic_parse(name, &statistic) || !bucket_statistic(bucket, &statistic, &value))
        return;
    switch (statistic.kind) {
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
    case STATISTIC_PERCENTILE:
        point->extended_statistics.items[point->extended_statistics.len++] =
            (CloudwatchDatapointValueMapEntry){name, value};
        break;
    }
}

static CloudwatchDatapoint point_of(Call *call, const CloudwatchGetMetricStatisticsInput *in, const Bucket *bucket)
{
    CloudwatchDatapoint point = {.unit = bucket->unit};
    SET(&point, timestamp, bucket->start_ms);
    if (in->extended_statistics.len)
        point.extended_statistics.items =
            arena_new_array(call->arena, CloudwatchDatapointValueMapEntry, in->extended_statistics.len);
    for (size_t i = 0; i < in->statistics.len; i++)
        set_statistic(&point, bucket, in->statistics.items[i]);
    for (size_t i = 0; i < in->extended_statistics.len; i++)
        set_statistic(&point, bucket, in->extended_statistics.items[i]);
    if (!point.extended_statistics.len)
        point.extended_statistics.items = NULL;
    return point;
}

static Status get_metric_statistics(Call *call, const CloudwatchGetMetricStatisticsInput *in,
                                    CloudwatchGetMetricStatisticsOutput *out)
{
    Buckets buckets;
    Metric metric = {.account = call->account,
                     .region = call->region,
                     .name_space = in->namespace,
                     .name = in->metric_name,
                     .dimensions = metric_dimensions_text(call->arena, &in->dimensions)};
    AggregateQuery query = {.metric = &metric, .end_ms = in->end_time, .period_s = in->period, .unit = in->unit};
    TRY(check(call, in));
    query.start_ms = query.origin_ms = aggregate_round_start(in->start_time, in->period, call->now_ms);
    TRY(expect_ok(call, aggregate(call->store, call->arena, &query, &buckets)));

    out->label = in->metric_name;
    out->datapoints.items = arena_new_array(call->arena, CloudwatchDatapoint, buckets.len);
    for (size_t i = 0; i < buckets.len; i++)
        out->datapoints.items[out->datapoints.len++] = point_of(call, in, &buckets.items[i]);
    return OK;
}
