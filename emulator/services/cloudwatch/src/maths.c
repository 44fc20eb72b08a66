/* maths.c - the queries of a request, each worked out once, when it is asked for: by the answer or by another. */
#include "maths.h"
#include "budget.h"
#include "metrics_insights.h"
#include <stdarg.h>
#include <stdio.h>

#define DEPTH_MAX 50 /* of expressions that use others */

MathsValue maths_fail(Maths *maths, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!present(maths->error)) {
        const CloudwatchMetricDataQuery *query = &maths->queries->items[maths->at];
        maths->error = maths->is_not_built ? arena_text(maths->arena, "%s", text)
                                           : arena_text(maths->arena, "Error in expression '" BYTES_FMT "': %s",
                                                        BYTES_ARG(query->id), text);
    }
    return maths_scalar(0);
}

MathsValue maths_scalar(double value)
{
    return (MathsValue){.kind = VALUE_SCALAR, .scalar = value};
}

MathsValue maths_series(Maths *maths, Series *series)
{
    Series **items = arena_new_of(maths->arena, Series *);
    *items = series;
    return (MathsValue){.kind = VALUE_SERIES, .items = items, .len = 1};
}

int32_t queries_period(const CloudwatchMetricDataQueries *queries)
{
    int32_t shortest = 0;
    for (size_t i = 0; i < queries->len; i++) {
        const CloudwatchMetricStat *stat = queries->items[i].metric_stat;
        if (stat && (!shortest || stat->period < shortest))
            shortest = stat->period;
    }
    return shortest ? shortest : 60;
}

/* An expression's own period comes first. */
static int32_t usual_period(const Maths *maths)
{
    const CloudwatchMetricDataQuery *own = &maths->queries->items[maths->at];
    return !own->metric_stat && own->has_period && own->period > 0 ? own->period : queries_period(maths->queries);
}

Series *maths_new_series(Maths *maths, const Series *like)
{
    Series *series = arena_new_of(maths->arena, Series);
    if (like) {
        series->label = like->label;
        series->period_s = like->period_s;
    } else {
        series->period_s = usual_period(maths);
    }
    return series;
}

static MathsValue read_metric(Maths *maths, size_t at)
{
    const CloudwatchMetricDataQuery *query = &maths->queries->items[at];
    Series *series = arena_new_of(maths->arena, Series);
    series->query = query;
    series->id = query->id;
    series->label = present(query->label) ? query->label : query->metric_stat->metric->metric_name;
    series->period_s = query->metric_stat->period;
    if (!maths->only_checks && !maths->code)
        maths->code = series_read(maths->scope, query->metric_stat, &maths->window, series);
    return maths_series(maths, series);
}

static MathsValue work_out(Maths *maths, size_t at)
{
    size_t before = maths->at;
    maths->at = at;
    if (++maths->depth > DEPTH_MAX)
        return maths_fail(maths, "expressions use each other more than %d deep", DEPTH_MAX);
    const MathsEntry *entry = &maths->entries[at];
    MathsValue value =
        entry->insights ? metrics_insights_evaluate(maths, entry->insights) : maths_evaluate(maths, entry->root);
    maths->depth--;
    maths->at = before;
    return value;
}

MathsValue maths_entry(Maths *maths, size_t at)
{
    MathsEntry *entry = &maths->entries[at];
    if (entry->state == ENTRY_BEING_MADE)
        return maths_fail(maths, "'" BYTES_FMT "' uses itself", BYTES_ARG(maths->queries->items[at].id));
    if (entry->state == ENTRY_FRESH) {
        entry->state = ENTRY_BEING_MADE;
        entry->value = maths->queries->items[at].metric_stat ? read_metric(maths, at) : work_out(maths, at);
        entry->state = ENTRY_DONE;
    }
    return entry->value;
}

static MathsValue find_name(Maths *maths, const MathsNode *node)
{
    for (size_t i = 0; i < maths->queries->len; i++)
        if (bytes_equal(maths->queries->items[i].id, node->text))
            return maths_entry(maths, i);
    return maths_fail(maths, "Unrecognized identifier '" BYTES_FMT "'", BYTES_ARG(node->text));
}

static MathsValue list_of(Maths *maths, const MathsNode *node)
{
    size_t capacity = 0;
    MathsValue out = {.kind = VALUE_ARRAY};
    MathsValue *values = arena_new_array(maths->arena, MathsValue, node->count);
    size_t count = 0;
    for (const MathsNode *item = node->first; item; item = item->next) {
        values[count] = maths_evaluate(maths, item);
        if (values[count].kind == VALUE_SCALAR)
            return maths_fail(maths, "An array's items must be time series");
        capacity += values[count++].len;
    }
    out.items = arena_new_array(maths->arena, Series *, capacity);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < values[i].len; j++)
            out.items[out.len++] = values[i].items[j];
    return out;
}

MathsValue maths_evaluate(Maths *maths, const MathsNode *node)
{
    budget_work(maths->arena, 4);
    budget_descend(maths->arena);
    if (present(maths->error))
        return maths_scalar(0);
    switch (node->kind) {
    case MATHS_NUMBER:
        return maths_scalar(node->number);
    case MATHS_TEXT:
        return maths_fail(maths, "A string is not expected here");
    case MATHS_NAME:
        return find_name(maths, node);
    case MATHS_CALL:
        return maths_call(maths, node);
    case MATHS_LIST:
        return list_of(maths, node);
    case MATHS_MINUS:
        return maths_combine(maths, OPERATOR_MULTIPLY, maths_scalar(-1), maths_evaluate(maths, node->first));
    case MATHS_OPERATOR:
        break;
    }
    MathsValue first = maths_evaluate(maths, node->first);
    return maths_combine(maths, node->operator_, first, maths_evaluate(maths, node->first->next));
}

static void read_expression(Maths *maths, size_t at)
{
    MathsParser parser = {.arena = maths->arena};
    Bytes text = maths->queries->items[at].expression;
    maths->at = at;
    maths_parser_run(&parser, (Bytes){arena_cstr(maths->arena, text), text.len});
    maths->entries[at].root = parser.root;
    if (parser.is_too_deep)
        maths_fail(maths, "it is nested too deeply");
    else if (!parser.root && parser.error_at.len)
        maths_fail(maths, "Unexpected '" BYTES_FMT "'", BYTES_ARG(parser.error_at));
    else if (!parser.root)
        maths_fail(maths, "Unexpected end of the expression");
}

static void read_insights(Maths *maths, size_t at)
{
    const char *wrong;
    maths->at = at;
    maths->entries[at].insights = metrics_insights_parse(maths->arena, maths->queries->items[at].expression, &wrong);
    if (!maths->entries[at].insights)
        maths_fail(maths, "A query of Metrics Insights should have %s here", wrong);
}

static void begin(Maths *maths)
{
    maths->entries = arena_new_array(maths->arena, MathsEntry, maths->queries->len);
    for (size_t i = 0; i < maths->queries->len && !present(maths->error); i++) {
        const CloudwatchMetricDataQuery *query = &maths->queries->items[i];
        maths->at = i;
        if (!query->metric_stat && metrics_insights_is_query(query->expression))
            read_insights(maths, i);
        else if (!query->metric_stat)
            read_expression(maths, i);
    }
}

Status maths_check(const Maths *maths)
{
    Call *call = maths->call;
    if (maths->code)
        return expect_ok(call, maths->code);
    if (!present(maths->error))
        return OK;
    return fail(call, maths->is_not_built ? &COMMON_NOT_IMPLEMENTED : &cloudwatch_validation, BYTES_FMT,
                BYTES_ARG(maths->error));
}

Status maths_begin(Call *call, const CloudwatchMetricDataQueries *queries, Maths *ret)
{
    *ret = (Maths){.call = call, .arena = call->arena, .scope = &call->scope, .queries = queries};
    begin(ret);
    return maths_check(ret);
}

bool query_is_wanted(const CloudwatchMetricDataQuery *query)
{
    return !query->has_return_data || query->return_data;
}

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

Status query_check_id(Call *call, const CloudwatchMetricDataQueries *queries, size_t at)
{
    const CloudwatchMetricDataQuery *query = &queries->items[at];
    if (!is_id(query->id))
        return fail(
            call, &cloudwatch_validation,
            "The value " BYTES_FMT
            " for parameter MetricDataQueries.member.%zu.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.",
            BYTES_ARG(query->id), at + 1);
    for (size_t i = 0; i < at; i++)
        if (bytes_equal(query->id, queries->items[i].id))
            return fail(call, &cloudwatch_validation,
                        "The values for parameter id in MetricDataQueries are not unique.");
    if (present(query->expression) == (query->metric_stat != NULL))
        return fail(
            call, &cloudwatch_validation,
            "Exactly one of the parameters MetricDataQueries.member.%zu.MetricStat and MetricDataQueries.member.%zu.Expression must be specified.",
            at + 1, at + 1);
    return OK;
}

static Status check_stat(Call *call, const CloudwatchMetricDataQuery *query)
{
    Statistic statistic;
    if (!query->metric_stat)
        return OK;
    if (!statistic_parse(query->metric_stat->stat, &statistic))
        return fail(call, &cloudwatch_validation, "The value " BYTES_FMT " for parameter Stat is not supported.",
                    BYTES_ARG(query->metric_stat->stat));
    return OK;
}

/* aws: PutMetricAlarm, Metrics: "you must specify exactly one to return data" and up to 20 (expressions 10). */
Status maths_check_alarm(Call *call, const CloudwatchMetricDataQueries *queries)
{
    size_t wanted = 0, count = 0;
    Maths maths;
    for (size_t i = 0; i < queries->len; i++) {
        TRY(query_check_id(call, queries, i));
        TRY(check_stat(call, &queries->items[i]));
        wanted = query_is_wanted(&queries->items[i]) ? i : wanted;
        count += query_is_wanted(&queries->items[i]);
    }
    if (count != 1)
        return fail(call, &cloudwatch_validation, "Exactly one element of the metrics list should return data.");
    TRY(maths_begin(call, queries, &maths));
    maths.only_checks = true;
    MathsValue value = maths_entry(&maths, wanted);
    TRY(maths_check(&maths));
    if (value.kind != VALUE_SERIES)
        return fail(call, &cloudwatch_validation, "The expression of an alarm must return a single time series");
    return OK;
}

int maths_alarm_series(const Scope *scope, const CloudwatchMetricDataQueries *queries, const Window *window,
                       Series *ret)
{
    Maths maths = {.arena = scope->arena, .scope = scope, .queries = queries, .window = *window};
    begin(&maths);
    for (size_t i = 0; i < queries->len && !present(maths.error); i++) {
        if (!query_is_wanted(&queries->items[i]))
            continue;
        MathsValue value = maths_entry(&maths, i);
        if (value.kind == VALUE_SERIES)
            *ret = *value.items[0];
    }
    return maths.code;
}
