/* metric_filters.c - PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter, TestMetricFilter.
 * CloudWatch Logs API Reference. */
#include "budget.h"
#include "buffer.h"
#include "filters.h"
#include "logs_operations.h"
#include "words.h"

OPERATION(LogsPutMetricFilter, put_metric_filter, WRITES);
OPERATION(LogsDescribeMetricFilters, describe_metric_filters, READS);
OPERATION(LogsDeleteMetricFilter, delete_metric_filter, WRITES);
OPERATION(LogsTestMetricFilter, test_metric_filter, READS);

#define PAGE_MAX       50 /* aws: DescribeMetricFilters, limit: "the default is up to 50 items" */
#define DIMENSIONS_MAX 3  /* aws: MetricTransformation: "as many as three dimensions" */
#define ROW_STEPS      50

static Status check_dimensions(Call *call, const LogsMetricTransformation *metric, const FilterPattern *pattern)
{
    if (metric->dimensions.len > DIMENSIONS_MAX)
        return fail(call, &LOGS_INVALID_PARAMETER, "Invalid metric transformation: at most %d dimensions are allowed.",
                    DIMENSIONS_MAX);
    if (metric->dimensions.len && metric->has_default_value)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
    for (size_t i = 0; i < metric->dimensions.len; i++)
        if (!filter_pattern_has_form(pattern, metric->dimensions.items[i].value))
            return fail(call, &LOGS_INVALID_PARAMETER,
                        "Invalid metric transformation: the dimension " BYTES_FMT " is no field of the filter pattern.",
                        BYTES_ARG(metric->dimensions.items[i].key));
    return OK;
}

static Status check_metric(Call *call, const LogsMetricTransformation *metric, const FilterPattern *pattern)
{
    Bytes value = metric->metric_value;
    double number;
    if (value.len && *value.ptr == '$' ? !filter_pattern_has_form(pattern, value) : !bytes_to_double(value, &number))
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "Invalid metric transformation: metricValue must be a number or a field of the filter pattern.");
    return check_dimensions(call, metric, pattern);
}

static Bytes dimensions_of(Arena *arena, const LogsMetricTransformation *metric)
{
    Buffer *text = arena_buffer(arena);
    for (size_t i = 0; i < metric->dimensions.len; i++) {
        buffer_append(text, metric->dimensions.items[i].key);
        buffer_append_char(text, '\x1f');
        buffer_append(text, metric->dimensions.items[i].value);
        buffer_append_char(text, '\x1f');
    }
    return buffer_bytes(text);
}

static bool is_there(const Scope *scope, const LogGroup *group, Bytes name)
{
    Statement *rows = metric_filters_after(scope, group->id, group->name, (Bytes){0});
    bool found = false;
    MetricFilter filter;
    while (!found && statement_step(rows) == STORE_ROW) {
        metric_filter_read(scope->arena, rows, &filter);
        found = bytes_equal(filter.name, name);
    }
    if (found)
        statement_end(rows);
    return found;
}

static Status put_metric_filter(Call *call, const LogsPutMetricFilterInput *in, LogsPutMetricFilterOutput *out)
{
    LogGroup group;
    const FilterPattern *pattern;
    const LogsMetricTransformation *metric = &in->metric_transformations.items[0];
    int64_t count = 0;
    (void)out;
    if (present(in->field_selection_criteria) || in->emit_system_field_dimensions.len)
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "fieldSelectionCriteria and emitSystemFieldDimensions are not implemented.");
    TRY(log_group_for(call, in->log_group_name, &group));
    TRY(filter_pattern_for(call, in->filter_pattern, &pattern));
    TRY(check_metric(call, metric, pattern));
    TRY(expect_ok(call, metric_filters_count(&call->scope, group.id, &count)));
    if (count >= METRIC_FILTERS_MAX && !is_there(&call->scope, &group, in->filter_name))
        return fail(call, &LOGS_LIMIT_EXCEEDED, "Resource limit exceeded.");

    MetricFilter filter = {.group_id = group.id,
                           .name = in->filter_name,
                           .pattern = in->filter_pattern,
                           .metric_name = metric->metric_name,
                           .metric_namespace = metric->metric_namespace,
                           .metric_value = metric->metric_value,
                           .unit = metric->unit,
                           .dimensions = dimensions_of(call->arena, metric),
                           .default_value = metric->default_value,
                           .has_default = metric->has_default_value,
                           .created_ms = call->now_ms};
    return expect_ok(call, metric_filter_write(&call->scope, &filter));
}

static Status delete_metric_filter(Call *call, const LogsDeleteMetricFilterInput *in, LogsDeleteMetricFilterOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    int code = metric_filter_remove(&call->scope, group.id, in->filter_name);
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified metric filter does not exist.");
    return expect_ok(call, code);
}

static void tell_dimensions(Arena *arena, Bytes text, LogsMetricTransformation *metric)
{
    if (!text.len)
        return;
    metric->dimensions.items = arena_take_array(arena, DIMENSIONS_MAX, sizeof *metric->dimensions.items);
    while (text.len && metric->dimensions.len < DIMENSIONS_MAX) {
        metric->dimensions.items[metric->dimensions.len].key = bytes_cut(&text, '\x1f');
        metric->dimensions.items[metric->dimensions.len++].value = bytes_cut(&text, '\x1f');
    }
}

static void tell_filter(Call *call, const MetricFilter *filter, LogsMetricFilter *ret)
{
    LogsMetricTransformation *metric = arena_new_of(call->arena, LogsMetricTransformation);
    metric->metric_name = filter->metric_name;
    metric->metric_namespace = filter->metric_namespace;
    metric->metric_value = filter->metric_value;
    metric->unit = filter->unit;
    if (filter->has_default)
        SET(metric, default_value, filter->default_value);
    tell_dimensions(call->arena, filter->dimensions, metric);
    ret->filter_name = filter->name;
    ret->filter_pattern = filter->pattern;
    ret->log_group_name = filter->group;
    ret->metric_transformations.items = metric;
    ret->metric_transformations.len = 1;
    SET(ret, creation_time, filter->created_ms);
    SET(ret, apply_on_transformed_logs, false);
}

/* aws: filterNamePrefix: "CloudWatch Logs uses the value that you set here only if you also include the logGroupName"
 */
static bool is_wanted(const LogsDescribeMetricFiltersInput *in, const MetricFilter *filter)
{
    if (present(in->log_group_name) && present(in->filter_name_prefix) &&
        !bytes_starts_with(filter->name, in->filter_name_prefix))
        return false;
    return !present(in->metric_name) || (bytes_equal(filter->metric_name, in->metric_name) &&
                                         bytes_equal(filter->metric_namespace, in->metric_namespace));
}

/* A token is the last one told: its group and its name, neither of which has a colon. */
static Status describe_metric_filters(Call *call, const LogsDescribeMetricFiltersInput *in,
                                      LogsDescribeMetricFiltersOutput *out)
{
    LogGroup group = {0};
    MetricFilter filter;
    int code;
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_MAX;
    Bytes after_name = in->next_token, after_group = present(after_name) ? bytes_cut(&after_name, ':') : (Bytes){0};
    if (present(in->next_token) && !present(after_name))
        return fail_token(call);
    if (present(in->metric_name) != present(in->metric_namespace))
        return fail(call, &LOGS_INVALID_PARAMETER, "Both metricName and metricNamespace must be specified together.");
    if (present(in->log_group_name))
        TRY(log_group_for(call, in->log_group_name, &group));
    out->metric_filters.items = arena_take_array(call->arena, limit + 1, sizeof *out->metric_filters.items);
    Statement *rows = metric_filters_after(&call->scope, group.id, group.id ? group.name : after_group, after_name);
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, ROW_STEPS);
        metric_filter_read(call->arena, rows, &filter);
        if (!is_wanted(in, &filter))
            continue;
        if (out->metric_filters.len == limit) {
            const LogsMetricFilter *last = &out->metric_filters.items[limit - 1];
            out->next_token = arena_text(call->arena, BYTES_FMT ":" BYTES_FMT, BYTES_ARG(last->log_group_name),
                                         BYTES_ARG(last->filter_name));
            statement_end(rows);
            return OK;
        }
        tell_filter(call, &filter, &out->metric_filters.items[out->metric_filters.len++]);
    }
    return expect_ok(call, code);
}

static void tell_match(Call *call, const FilterPattern *pattern, FilterSubject *subject,
                       LogsMetricFilterMatchRecord *ret)
{
    FilterFields fields = filter_pattern_fields(pattern, subject);
    ret->event_message = subject->message;
    ret->extracted_values.items = arena_take_array(call->arena, fields.len + 1, sizeof *ret->extracted_values.items);
    ret->extracted_values.len = fields.len;
    for (size_t i = 0; i < fields.len; i++) {
        ret->extracted_values.items[i].key = fields.items[i].name;
        ret->extracted_values.items[i].value = fields.items[i].value;
    }
}

static Status test_metric_filter(Call *call, const LogsTestMetricFilterInput *in, LogsTestMetricFilterOutput *out)
{
    const FilterPattern *pattern;
    TRY(filter_pattern_for(call, in->filter_pattern, &pattern));
    out->matches.items = arena_take_array(call->arena, in->log_event_messages.len + 1, sizeof *out->matches.items);
    for (size_t i = 0; i < in->log_event_messages.len; i++) {
        FilterSubject subject = filter_subject(call->arena, in->log_event_messages.items[i]);
        if (!filter_pattern_matches(pattern, &subject))
            continue;
        LogsMetricFilterMatchRecord *match = &out->matches.items[out->matches.len++];
        SET(match, event_number, (int64_t)i + 1);
        tell_match(call, pattern, &subject, match);
    }
    return OK;
}
