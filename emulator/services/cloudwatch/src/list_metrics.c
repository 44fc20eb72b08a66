/* list_metrics.c - ListMetrics: up to 500 a page; a token is the id of the last one. CloudWatch API Reference,
 * ListMetrics. */
#include "metric.h"

OPERATION(CloudwatchListMetrics, list_metrics, READS);

#define PAGE_MAX      500
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

static Status list_metrics(Call *call, const CloudwatchListMetricsInput *in, CloudwatchListMetricsOutput *out)
{
    MetricFilter filter = {.name_space = in->namespace, .name = in->metric_name};
    Metric metric;
    int code;
    TRY(read_token(call, in->next_token, &filter.after_id));
    filter.active_since_ms = call->now_ms - (present(in->recently_active) ? RECENT_MS : LISTED_FOR_MS);

    out->metrics.items = arena_new_array(call->arena, CloudwatchMetric, PAGE_MAX);
    while ((code = metric_next(call, &filter, &metric)) == STORE_ROW) {
        CloudwatchDimensions dimensions = metric_dimensions_parse(call->arena, metric.dimensions);
        bool is_wanted = matches(&dimensions, &in->dimensions);
        if (is_wanted && out->metrics.len == PAGE_MAX) {
            out->next_token = arena_text(call->arena, "%lld", (long long)filter.after_id);
            return OK;
        }
        filter.after_id = metric.id;
        if (is_wanted)
            out->metrics.items[out->metrics.len++] = (CloudwatchMetric){metric.name_space, metric.name, dimensions};
    }
    return expect_ok(call, code == STORE_NOT_FOUND ? STORE_OK : code);
}
