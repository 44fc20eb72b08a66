/* widget_lines.c - a widget's metrics and expressions become the lines that are drawn. */
#include "label.h"
#include "widget.h"

#define LINES_MAX 500 /* aws: Service quotas: 500 metrics in one graph: a search may find as many */

/* The colours that CloudWatch gives one after the other. */
static const char *const palette[] = {
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
    "#aec7e8", "#ffbb78", "#98df8a", "#ff9896", "#c5b0d5", "#c49c94", "#f7b6d2", "#c7c7c7", "#dbdb8d", "#9edae5",
};

/* Which parts of their metrics' names the rows differ in: these are what their labels say. */
typedef struct Differing {
    bool in_names, in_statistics, in_dimensions;
} Differing;

static Differing differing(const CloudwatchMetricDataQueries *queries)
{
    const CloudwatchMetricStat *first = NULL;
    Differing ret = {false, false, false};
    for (size_t i = 0; i < queries->len; i++) {
        const CloudwatchMetricStat *stat = queries->items[i].metric_stat;
        if (!stat)
            continue;
        first = first ? first : stat;
        const CloudwatchDimensions *one = &first->metric->dimensions, *other = &stat->metric->dimensions;
        ret.in_names |= !bytes_equal(stat->metric->metric_name, first->metric->metric_name);
        ret.in_statistics |= !bytes_equal(stat->stat, first->stat);
        ret.in_dimensions |= one->len != other->len;
        for (size_t j = 0; j < one->len && j < other->len; j++)
            ret.in_dimensions |= !bytes_equal(one->items[j].value, other->items[j].value);
    }
    return ret;
}

static Bytes metric_label(Arena *arena, const CloudwatchMetricStat *stat, Differing differing)
{
    Bytes label = TEXT("");
    const CloudwatchDimensions *dimensions = &stat->metric->dimensions;
    for (size_t i = 0; differing.in_dimensions && i < dimensions->len; i++)
        label = arena_text(arena, BYTES_FMT BYTES_FMT " ", BYTES_ARG(label), BYTES_ARG(dimensions->items[i].value));
    if (differing.in_names || !label.len)
        label = arena_text(arena, BYTES_FMT BYTES_FMT " ", BYTES_ARG(label), BYTES_ARG(stat->metric->metric_name));
    if (differing.in_statistics)
        label = arena_text(arena, BYTES_FMT BYTES_FMT " ", BYTES_ARG(label), BYTES_ARG(stat->stat));
    return bytes_slice(label, 0, label.len - 1);
}

typedef struct Making {
    Maths maths;
    const Widget *widget;
    Differing differing;
    WidgetLines *lines;
} Making;

static Bytes label_of(const Making *making, size_t at, const Series *series, const MathsValue *value)
{
    const CloudwatchMetricDataQuery *query = &making->widget->queries.items[at];
    if (query->metric_stat && !present(query->label))
        return metric_label(making->maths.arena, query->metric_stat, making->differing);
    if (query->metric_stat || present(query->label) || value->kind == VALUE_ARRAY)
        return label_of_result(&making->maths, at, series, value);
    return bytes_starts_with(query->id, TEXT("q_of_row_")) ? query->expression : query->id;
}

static void add_lines(Making *making, size_t at, const MathsValue *value)
{
    const WidgetRow *row = &making->widget->rows[at];
    for (size_t i = 0; i < value->len && making->lines->len < LINES_MAX; i++) {
        size_t number = making->lines->len++;
        WidgetLine *line = &making->lines->items[number];
        *line = (WidgetLine){.series = value->items[i],
                             .label = label_of(making, at, value->items[i], value),
                             .colour = row->colour,
                             .is_right = row->is_right};
        if (!row->has_colour)
            (void)colour_parse(bytes_of(palette[number % (sizeof palette / sizeof *palette)]), &line->colour);
    }
}

/* A metric of a region of its own is read there; what expressions make of it is what was read. */
static void work_out(Making *making, size_t at)
{
    Maths *maths = &making->maths;
    const Scope *usual = maths->scope;
    Scope other = *usual;
    other.region = making->widget->rows[at].region;
    if (present(other.region) && making->widget->queries.items[at].metric_stat)
        maths->scope = &other;
    (void)maths_entry(maths, at);
    maths->scope = usual;
}

Status widget_lines(Call *call, const Widget *widget, WidgetLines *ret)
{
    const CloudwatchMetricDataQueries *queries = &widget->queries;
    Making making = {.widget = widget, .differing = differing(queries), .lines = ret};
    Scope scope = call->scope;
    for (size_t i = 0; i < queries->len; i++)
        TRY(query_check_id(call, queries, i));
    TRY(maths_begin(call, queries, &making.maths));
    if (present(widget->region))
        scope.region = widget->region;
    making.maths.scope = &scope;
    making.maths.window =
        (Window){.start_ms = aggregate_round_start(widget->start_ms, queries_period(queries), call->now_ms),
                 .end_ms = widget->end_ms};
    *ret = (WidgetLines){arena_new_array(call->arena, WidgetLine, LINES_MAX), 0};
    for (size_t i = 0; i < queries->len; i++)
        if (queries->items[i].metric_stat)
            work_out(&making, i);
    for (size_t i = 0; i < queries->len; i++) {
        MathsValue value = maths_entry(&making.maths, i);
        TRY(maths_check(&making.maths));
        making.maths.at = i;
        if (value.kind == VALUE_SCALAR && !widget->rows[i].is_hidden)
            (void)maths_fail(&making.maths, "The expression must return a time series or an array of these");
        TRY(maths_check(&making.maths));
        if (!widget->rows[i].is_hidden)
            add_lines(&making, i, &value);
    }
    return OK;
}
