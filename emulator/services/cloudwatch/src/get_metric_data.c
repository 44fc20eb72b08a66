/* get_metric_data.c - GetMetricData: several metrics in one call. CloudWatch API Reference, GetMetricData. */
#include "aggregate.h"
#include "buffer.h"

OPERATION(CloudwatchGetMetricData, get_metric_data, READS);

#define QUERIES_MAX 500
#define POINTS_MAX  100800

static bool is_id(Bytes id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (i && c >= 'A' && c <= 'Z');
        if (!is_letter && !(i && ((c >= '0' && c <= '9') || c == '_')))
            return false;
    }
    return id.len > 0;
}

static Status check_query(Call *call, const CloudwatchMetricDataQueries *queries, size_t at)
{
    const CloudwatchMetricDataQuery *query = &queries->items[at];
    Statistic statistic;
    if (!is_id(query->id))
        return fail(call, &cloudwatch_validation,
                    "The value " BYTES_FMT
                    " for parameter MetricDataQueries.member.%zu.Id is not matching the expected "
                    "pattern ^[a-z][a-zA-Z0-9_]*$.",
                    BYTES_ARG(query->id), at + 1);
    for (size_t i = 0; i < at; i++)
        if (bytes_equal(query->id, queries->items[i].id))
            return fail(call, &cloudwatch_validation,
                        "The values for parameter id in MetricDataQueries are not unique.");
    if (present(query->expression) == (query->metric_stat != NULL))
        return fail(call, &cloudwatch_validation,
                    "Exactly one of the parameters MetricDataQueries.member.%zu.MetricStat and "
                    "MetricDataQueries.member.%zu.Expression must be specified.",
                    at + 1, at + 1);
    if (!query->metric_stat)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Expressions are not implemented.");
    if (!statistic_parse(query->metric_stat->stat, &statistic))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "The statistic " BYTES_FMT " is not implemented.",
                    BYTES_ARG(query->metric_stat->stat));
    return aggregate_check_period(call, "MetricStat.Period", query->metric_stat->period);
}

static Status check(Call *call, const CloudwatchGetMetricDataInput *in)
{
    TRY(aggregate_check_span(call, in->start_time, in->end_time));
    if (!in->metric_data_queries.len || in->metric_data_queries.len > QUERIES_MAX)
        return fail(call, &cloudwatch_validation, "The collection MetricDataQueries must have a size from 1 to %d.",
                    QUERIES_MAX);
    for (size_t i = 0; i < in->metric_data_queries.len; i++)
        TRY(check_query(call, &in->metric_data_queries, i));
    return OK;
}

/* Where a page begins: in which result, at which of its points. */
typedef struct PageStart {
    int64_t query, point;
} PageStart;

static Status read_token(Call *call, Bytes token, PageStart *ret)
{
    *ret = (PageStart){0, 0};
    if (!present(token))
        return OK;
    Bytes query = bytes_cut(&token, ':');
    if (bytes_to_int64(query, &ret->query) && present(token) && bytes_to_int64(token, &ret->point) && ret->query >= 0 &&
        ret->point >= 0)
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
}

/* Recorded from AWS: without a unit in the query, the first one by name is told, with a message that says so. */
static void keep_one_unit(Call *call, Buckets *buckets, CloudwatchMetricDataResult *result)
{
    Bytes units[64];
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < buckets->len; i++) {
        size_t at = 0;
        while (at < count && bytes_compare(units[at], buckets->items[i].unit) < 0)
            at++;
        if (count == sizeof units / sizeof *units || (at < count && bytes_equal(units[at], buckets->items[i].unit)))
            continue;
        memmove(&units[at + 1], &units[at], (count++ - at) * sizeof *units);
        units[at] = buckets->items[i].unit;
    }
    if (count < 2)
        return;
    Buffer names = {0};
    for (size_t i = 0; i < count; i++)
        buffer_append_format(&names, "%s" BYTES_FMT, i ? ", " : "", BYTES_ARG(units[i]));
    result->messages.items = arena_new_of(call->arena, CloudwatchMessageData);
    result->messages.len = 1;
    result->messages.items[0] = (CloudwatchMessageData){
        TEXT("MultipleUnits"),
        arena_text(call->arena, "Multiple units returned: '[" BYTES_FMT "]'", BYTES_ARG(buffer_bytes(&names)))};
    buffer_done(&names);
    for (size_t i = 0; i < buckets->len; i++)
        if (bytes_equal(buckets->items[i].unit, units[0]))
            buckets->items[kept++] = buckets->items[i];
    buckets->len = kept;
}

static Status run_query(Call *call, const CloudwatchGetMetricDataInput *in, const CloudwatchMetricDataQuery *asked,
                        CloudwatchMetricDataResult *result)
{
    const CloudwatchMetricStat *stat = asked->metric_stat;
    bool is_ascending = bytes_equal(in->scan_by, CLOUDWATCH_SCAN_BY_TIMESTAMPASCENDING);
    Statistic statistic = {0};
    Buckets buckets;
    Metric metric = {.account = call->account,
                     .region = call->region,
                     .name_space = stat->metric->namespace,
                     .name = stat->metric->metric_name,
                     .dimensions = metric_dimensions_text(call->arena, &stat->metric->dimensions)};
    AggregateQuery query = {.metric = &metric,
                            .start_ms = aggregate_round_start(in->start_time, stat->period, call->now_ms),
                            .end_ms = in->end_time,
                            .period_s = stat->period,
                            .unit = stat->unit};
    TRY(expect_ok(call, aggregate(call->store, call->arena, &query, &buckets)));
    keep_one_unit(call, &buckets, result);
    if (!statistic_parse(stat->stat, &statistic))
        return fault(call, STORE_BROKEN);
    result->id = asked->id;
    result->label = present(asked->label) ? asked->label : stat->metric->metric_name;
    result->status_code = CLOUDWATCH_STATUS_CODE_COMPLETE;
    result->timestamps.items = arena_new_array(call->arena, int64_t, buckets.len);
    result->values.items = arena_new_array(call->arena, double, buckets.len);
    for (size_t i = 0; i < buckets.len; i++) {
        const Bucket *bucket = &buckets.items[is_ascending ? i : buckets.len - 1 - i];
        double value;
        if (!bucket_statistic(bucket, &statistic, &value))
            continue;
        result->timestamps.items[result->timestamps.len++] = bucket->start_ms;
        result->values.items[result->values.len++] = value;
    }
    return OK;
}

/* The points from `from` on, as far as there is room; true: not to the end. */
static bool cut(CloudwatchMetricDataResult *result, size_t from, size_t room)
{
    size_t left = from < result->values.len ? result->values.len - from : 0;
    bool is_part = left > room;
    result->values.items += left ? from : 0;
    result->timestamps.items += left ? from : 0;
    result->values.len = result->timestamps.len = is_part ? room : left;
    if (is_part)
        result->status_code = CLOUDWATCH_STATUS_CODE_PARTIALDATA;
    return is_part;
}

static Status get_metric_data(Call *call, const CloudwatchGetMetricDataInput *in, CloudwatchGetMetricDataOutput *out)
{
    size_t room = in->has_max_datapoints && in->max_datapoints > 0 && in->max_datapoints < POINTS_MAX
                      ? (size_t)in->max_datapoints
                      : POINTS_MAX;
    PageStart start;
    TRY(check(call, in));
    TRY(read_token(call, in->next_token, &start));

    out->messages.items = arena_new_of(call->arena, CloudwatchMessageData);
    out->metric_data_results.items =
        arena_new_array(call->arena, CloudwatchMetricDataResult, in->metric_data_queries.len);
    for (size_t i = (size_t)start.query; i < in->metric_data_queries.len; i++) {
        const CloudwatchMetricDataQuery *query = &in->metric_data_queries.items[i];
        CloudwatchMetricDataResult *result = &out->metric_data_results.items[out->metric_data_results.len];
        size_t from = i == (size_t)start.query ? (size_t)start.point : 0;
        if (query->has_return_data && !query->return_data)
            continue;
        TRY(run_query(call, in, query, result));
        bool is_part = cut(result, from, room);
        out->metric_data_results.len++;
        if (is_part) {
            out->next_token = arena_text(call->arena, "%zu:%zu", i, from + result->values.len);
            return OK;
        }
        room -= result->values.len;
    }
    return OK;
}
