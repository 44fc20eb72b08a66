/* list_metrics.c - ListMetrics: up to 500 a page; a token is the id of the last one. CloudWatch API Reference,
 * ListMetrics. */
#include "budget.h"
#include "metric.h"

OPERATION(CloudwatchListMetrics, list_metrics, READS);

#define PAGE_MAX      500
#define LOOKED_AT_MAX 30000                            /* in a call; then a page ends early, as AWS's may */
#define ROW_STEPS     20                               /* of work, to look at one */
#define RECENT_MS     (INT64_C(3) * 3600 * 1000)       /* RecentlyActive: PT3H */
#define LISTED_FOR_MS (INT64_C(14) * 24 * 3600 * 1000) /* aws: metrics without data for two weeks are not listed */

/* A filter without a value asks only for the dimension's name. */
static bool has_dimension(const CloudwatchDimensions *dimensions, const CloudwatchDimensionFilter *filter)
{
    for (size_t i = 0; i < dimensions->len; i++)
        if (bytes_equal(dimensions->items[i].name, filter->name) &&
            (!present(filter->value) || bytes_equal(dimensions->items[i].value, filter->value)))
            return true;
    return false;
}

static bool matches(const CloudwatchDimensions *dimensions, const CloudwatchDimensionFilters *filters)
{
    for (size_t i = 0; i < filters->len; i++)
        if (!has_dimension(dimensions, &filters->items[i]))
            return false;
    return true;
}

static Status read_token(Call *call, Bytes token, int64_t *ret_after)
{
    *ret_after = 0;
    if (present(token) && !bytes_to_int64(token, ret_after))
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "Invalid nextToken");
    return OK;
}

/* Of namespace, name and age: before the dimensions are read. */
static bool may_match(Statement *row, const CloudwatchListMetricsInput *in, int64_t active_since_ms)
{
    return (!present(in->namespace) || bytes_equal(in->namespace, column_bytes(row, 1))) &&
           (!present(in->metric_name) || bytes_equal(in->metric_name, column_bytes(row, 2))) &&
           column_int64(row, 4) >= active_since_ms;
}

static void add_if_wanted(Call *call, Statement *row, const CloudwatchListMetricsInput *in,
                          CloudwatchListMetricsOutput *out)
{
    Arena *arena = call->arena;
    CloudwatchDimensions dimensions = metric_dimensions_parse(arena, arena_copy(arena, column_bytes(row, 3)));
    if (!matches(&dimensions, &in->dimensions))
        return;
    out->metrics.items[out->metrics.len++] = (CloudwatchMetric){arena_copy(arena, column_bytes(row, 1)),
                                                                arena_copy(arena, column_bytes(row, 2)), dimensions};
}

static Status list_metrics(Call *call, const CloudwatchListMetricsInput *in, CloudwatchListMetricsOutput *out)
{
    int64_t after_id, since_ms = call->now_ms - (present(in->recently_active) ? RECENT_MS : LISTED_FOR_MS);
    int code, looked_at = 0;
    TRY(read_token(call, in->next_token, &after_id));

    out->metrics.items = arena_new_array(call->arena, CloudwatchMetric, PAGE_MAX);
    Statement *rows = metrics_after(&call->scope, after_id);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->metrics.len == PAGE_MAX || looked_at++ == LOOKED_AT_MAX) {
            out->next_token = arena_text(call->arena, "%lld", (long long)after_id);
            statement_end(rows);
            return OK;
        }
        budget_work(call->arena, ROW_STEPS);
        after_id = column_int64(rows, 0);
        if (may_match(rows, in, since_ms))
            add_if_wanted(call, rows, in, out);
    }
    return expect_ok(call, code);
}
