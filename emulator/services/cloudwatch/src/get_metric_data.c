/* get_metric_data.c - GetMetricData: several metrics in one call. CloudWatch API Reference, GetMetricData. */
#include "get_metric_data.h"
#include "label.h"

OPERATION(CloudwatchGetMetricData, get_metric_data, READS);

#define QUERIES_MAX 500
#define ROWS_MAX    60000 /* read for a call; what takes more goes on with the next page */
#define TIME_MAX_MS INT64_C(1000000000000000)

static Status check_query(Call *call, const CloudwatchMetricDataQueries *queries, size_t at)
{
    const CloudwatchMetricDataQuery *query = &queries->items[at];
    Statistic statistic;
    TRY(query_check_id(call, queries, at));
    if (!query->metric_stat)
        return OK;
    if (!statistic_parse(query->metric_stat->stat, &statistic))
        return fail(call, &cloudwatch_validation,
                    "The value " BYTES_FMT
                    " for parameter MetricDataQueries.member.%zu.MetricStat.Stat is not supported.",
                    BYTES_ARG(query->metric_stat->stat), at + 1);
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

/* What has been told, and how much more may be; where a page ends and the next begins. */
typedef struct Page {
    Call *call;
    const CloudwatchGetMetricDataInput *in;
    CloudwatchMetricDataResult *result; /* of the query at hand */
    Statistic statistic;
    size_t room; /* points that still may be told */
    uint64_t rows;
    Values *values;
    bool is_full;    /* the query at hand goes on with next_ms, on the next page */
    int64_t next_ms; /* a bucket's start */
    size_t capacity;
} Page;

Status data_read_token(Call *call, Bytes token, size_t *ret_at, int64_t *ret_ms)
{
    int64_t number = 0;
    *ret_ms = NO_TIME;
    *ret_at = 0;
    if (!present(token))
        return OK;
    Bytes query = bytes_cut(&token, ':');
    bool is_ours = bytes_to_int64(query, &number) && number >= 0 && number < INT32_MAX;
    if (is_ours && present(token))
        is_ours = bytes_to_int64(token, ret_ms) && *ret_ms > -TIME_MAX_MS && *ret_ms < TIME_MAX_MS;
    *ret_at = (size_t)number;
    return is_ours ? OK : fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
}

static Status read_token(Call *call, const CloudwatchGetMetricDataInput *in, size_t *ret_query, int64_t *ret_ms)
{
    TRY(data_read_token(call, in->next_token, ret_query, ret_ms));
    if (*ret_query < in->metric_data_queries.len)
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
}

/* Recorded from AWS: without a unit in the query, the first one by name is told, with a message that says so. */
CloudwatchMetricDataResultMessages data_units_message(Arena *arena, Bytes names)
{
    CloudwatchMetricDataResultMessages messages = {arena_new_of(arena, CloudwatchMessageData), 1};
    messages.items[0] = (CloudwatchMessageData){
        TEXT("MultipleUnits"), arena_text(arena, "Multiple units returned: '[" BYTES_FMT "]'", BYTES_ARG(names))};
    return messages;
}

static void tell_units(Arena *arena, const Units *units, CloudwatchMetricDataResult *result)
{
    Bytes names = units->items[0];
    for (size_t i = 1; i < units->len; i++)
        names = arena_text(arena, BYTES_FMT ", " BYTES_FMT, BYTES_ARG(names), BYTES_ARG(units->items[i]));
    result->messages = data_units_message(arena, names);
}

static void make_room(Page *page)
{
    CloudwatchMetricDataResult *result = page->result;
    size_t len = result->values.len, capacity = len ? len * 2 : 64;
    if (len < page->capacity)
        return;
    int64_t *timestamps = arena_new_array(page->call->arena, int64_t, capacity);
    double *values = arena_new_array(page->call->arena, double, capacity);
    if (len) {
        memcpy(timestamps, result->timestamps.items, len * sizeof *timestamps);
        memcpy(values, result->values.items, len * sizeof *values);
    }
    result->timestamps.items = timestamps;
    result->values.items = values;
    page->capacity = capacity;
}

static bool take(void *context, const Bucket *bucket)
{
    Page *page = context;
    CloudwatchMetricDataResult *result = page->result;
    double value;
    if (!page->room || page->rows > ROWS_MAX) {
        page->is_full = true;
        page->next_ms = bucket->start_ms;
        return false;
    }
    if (!bucket_statistic(bucket, &page->statistic, &value))
        return true;
    make_room(page);
    page->room--;
    result->timestamps.items[result->timestamps.len++] = bucket->start_ms;
    result->values.items[result->values.len++] = value;
    return true;
}

static int read_metric(Page *page, const CloudwatchMetricStat *stat, AggregateQuery *query)
{
    Call *call = page->call;
    Units units;
    Metric metric = {.account = call->account,
                     .region = call->region,
                     .name_space = stat->metric->namespace,
                     .name = stat->metric->metric_name,
                     .dimensions = metric_dimensions_text(call->arena, &stat->metric->dimensions)};
    int code = metric_find(call->store, &metric, &query->metric_id);
    if (code == STORE_OK)
        code = metric_units(call->store, call->arena, query, &units);
    if (code != STORE_OK || !units.len)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    if (units.len > 1)
        tell_units(call->arena, &units, page->result);
    query->unit = units.items[0];
    return aggregate(call->store, call->arena, query, &page->rows);
}

static Status run_query(Page *page, const CloudwatchMetricDataQuery *asked, int64_t from_ms)
{
    Call *call = page->call;
    const CloudwatchMetricStat *stat = asked->metric_stat;
    CloudwatchMetricDataResult *result = page->result;
    AggregateQuery query = {
        .start_ms = aggregate_round_start(page->in->start_time, stat->period, call->now_ms),
        .end_ms = page->in->end_time,
        .period_s = stat->period,
        .unit = stat->unit,
        .is_descending = !bytes_equal(page->in->scan_by, CLOUDWATCH_SCAN_BY_TIMESTAMPASCENDING),
        .take = take,
        .context = page,
    };
    int64_t period_ms = stat->period * INT64_C(1000);
    if (from_ms != NO_TIME && query.is_descending && from_ms + period_ms < query.end_ms)
        query.end_ms = from_ms + period_ms;
    if (from_ms != NO_TIME && !query.is_descending && from_ms > query.start_ms)
        query.start_ms = from_ms;
    if (!statistic_parse(stat->stat, &page->statistic))
        return fault(call, STORE_BROKEN);
    if (statistic_needs_values(&page->statistic)) {
        page->values = page->values ? page->values : values_room(call->arena);
        query.values = page->values;
    }
    result->id = asked->id;
    result->label = present(asked->label) ? asked->label
                                          : label_default(call->arena, &page->in->metric_data_queries,
                                                          (size_t)(asked - page->in->metric_data_queries.items));
    result->timestamps.items = arena_new_of(call->arena, int64_t);
    result->values.items = arena_new_of(call->arena, double);
    page->capacity = 0;
    page->is_full = false;
    TRY(expect_ok(call, read_metric(page, stat, &query)));
    result->status_code = page->is_full ? CLOUDWATCH_STATUS_CODE_PARTIALDATA : CLOUDWATCH_STATUS_CODE_COMPLETE;
    return OK;
}

static Status get_metric_data(Call *call, const CloudwatchGetMetricDataInput *in, CloudwatchGetMetricDataOutput *out)
{
    bool is_bounded = in->has_max_datapoints && in->max_datapoints > 0 && in->max_datapoints < DATA_POINTS_MAX;
    Page page = {.call = call, .in = in, .room = is_bounded ? (size_t)in->max_datapoints : DATA_POINTS_MAX};
    size_t first;
    int64_t from_ms;
    TRY(check(call, in));
    if (data_needs_maths(in))
        return data_of_maths(call, in, out);
    TRY(read_token(call, in, &first, &from_ms));

    out->messages.items = arena_new_of(call->arena, CloudwatchMessageData);
    out->metric_data_results.items =
        arena_new_array(call->arena, CloudwatchMetricDataResult, in->metric_data_queries.len);
    for (size_t i = first; i < in->metric_data_queries.len; i++) {
        const CloudwatchMetricDataQuery *query = &in->metric_data_queries.items[i];
        if (!query_is_wanted(query))
            continue;
        if (i > first && (!page.room || page.rows > ROWS_MAX)) {
            out->next_token = arena_text(call->arena, "%zu", i);
            return OK;
        }
        page.result = &out->metric_data_results.items[out->metric_data_results.len++];
        TRY(run_query(&page, query, i == first ? from_ms : NO_TIME));
        if (page.is_full) {
            out->next_token = arena_text(call->arena, "%zu:%lld", i, (long long)page.next_ms);
            return OK;
        }
    }
    return OK;
}
