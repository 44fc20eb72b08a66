/* get_metric_data_maths.c - GetMetricData, where expressions must be worked out. */
#include "get_metric_data.h"
#include "label.h"

#define RESULTS_MAX 5000 /* of one request: expressions may give 500 time series each */

bool data_needs_maths(const CloudwatchGetMetricDataInput *in)
{
    for (size_t i = 0; i < in->metric_data_queries.len; i++) {
        const CloudwatchMetricDataQuery *query = &in->metric_data_queries.items[i];
        if (!query->metric_stat || (query->label.len && memmem(query->label.ptr, query->label.len, "${", 2)))
            return true;
    }
    return false;
}

typedef struct Results {
    Call *call;
    const CloudwatchGetMetricDataInput *in;
    CloudwatchGetMetricDataOutput *out;
    Maths maths;
    size_t count; /* seen so far, told or not */
    size_t from;  /* that the page begins with */
    int64_t from_ms;
    size_t room;
    bool is_descending;
} Results;

/* The points from from_ms on, as many as there is room for; false: not all. */
static bool tell_points(Results *results, const Series *series, CloudwatchMetricDataResult *ret)
{
    Arena *arena = results->call->arena;
    size_t first = 0, left;
    bool is_first = results->count == results->from && results->from_ms != NO_TIME;
#define POINT(n) (results->is_descending ? series->len - 1 - (n) : (n))
    while (is_first && first < series->len &&
           (results->is_descending ? series->times[POINT(first)] > results->from_ms
                                   : series->times[POINT(first)] < results->from_ms))
        first++;
    left = series->len - first;
    size_t told = left < results->room ? left : results->room;
    ret->timestamps.items = arena_new_array(arena, int64_t, told);
    ret->values.items = arena_new_array(arena, double, told);
    for (size_t i = 0; i < told; i++) {
        ret->timestamps.items[i] = series->times[POINT(first + i)];
        ret->values.items[i] = series->values[POINT(first + i)];
    }
    ret->timestamps.len = ret->values.len = told;
    results->room -= told;
    if (told < left)
        results->out->next_token =
            arena_text(arena, "%zu:%lld", results->count, (long long)series->times[POINT(first + told)]);
#undef POINT
    return told == left;
}

/* False: the page is full. */
static bool tell_series(Results *results, size_t at, const Series *series, const MathsValue *value)
{
    if (results->count < results->from)
        return results->count++, true;
    if (!results->room || results->out->metric_data_results.len == RESULTS_MAX) {
        results->out->next_token = arena_text(results->call->arena, "%zu", results->count);
        return false;
    }
    CloudwatchMetricDataResult *result =
        &results->out->metric_data_results.items[results->out->metric_data_results.len++];
    result->id = results->in->metric_data_queries.items[at].id;
    result->label = label_of_result(&results->maths, at, series, value);
    if (present(series->units))
        result->messages = data_units_message(results->call->arena, series->units);
    bool is_whole = tell_points(results, series, result);
    result->status_code = is_whole ? CLOUDWATCH_STATUS_CODE_COMPLETE : CLOUDWATCH_STATUS_CODE_PARTIALDATA;
    results->count++;
    return is_whole;
}

static Status work_out(Results *results)
{
    const CloudwatchMetricDataQueries *queries = &results->in->metric_data_queries;
    for (size_t i = 0; i < queries->len; i++) {
        if (!query_is_wanted(&queries->items[i]))
            continue;
        const MathsValue value = maths_entry(&results->maths, i);
        results->maths.at = i;
        if (value.kind == VALUE_SCALAR)
            (void)maths_fail(&results->maths, "The expression must return a time series or an array of these");
        TRY(maths_check(&results->maths));
    }
    return OK;
}

static void tell_all(Results *results)
{
    const CloudwatchMetricDataQueries *queries = &results->in->metric_data_queries;
    for (size_t i = 0; i < queries->len; i++) {
        if (!query_is_wanted(&queries->items[i]))
            continue;
        const MathsValue value = maths_entry(&results->maths, i);
        for (size_t j = 0; j < value.len; j++)
            if (!tell_series(results, i, value.items[j], &value))
                return;
    }
}

Status data_of_maths(Call *call, const CloudwatchGetMetricDataInput *in, CloudwatchGetMetricDataOutput *out)
{
    bool is_bounded = in->has_max_datapoints && in->max_datapoints > 0 && in->max_datapoints < DATA_POINTS_MAX;
    Results results = {.call = call, .in = in, .out = out};
    results.room = is_bounded ? (size_t)in->max_datapoints : DATA_POINTS_MAX;
    results.is_descending = !bytes_equal(in->scan_by, CLOUDWATCH_SCAN_BY_TIMESTAMPASCENDING);
    TRY(data_read_token(call, in->next_token, &results.from, &results.from_ms));
    TRY(maths_begin(call, &in->metric_data_queries, &results.maths));
    results.maths.window = (Window){
        .start_ms = aggregate_round_start(in->start_time, queries_period(&in->metric_data_queries), call->now_ms),
        .end_ms = in->end_time};
    TRY(work_out(&results));
    out->messages.items = arena_new_of(call->arena, CloudwatchMessageData);
    out->metric_data_results.items = arena_new_array(call->arena, CloudwatchMetricDataResult, RESULTS_MAX);
    tell_all(&results);
    return OK;
}
