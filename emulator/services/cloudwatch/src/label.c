/* label.c */
#include "label.h"
#include "words.h"
#include <math.h>

#define PARTS_MAX 64 /* ${…} in one label */

typedef struct Told {
    Call *call;
    const Series *series;
    Buffer *text;
} Told;

static bool is_before(const Series *series, size_t a, size_t b, bool wants_most)
{
    return wants_most ? series->values[a] > series->values[b] : series->values[a] < series->values[b];
}

/* Where the least or greatest value stands; the series has points. */
static size_t place_of(const Series *series, bool wants_most)
{
    size_t best = 0;
    for (size_t i = 1; i < series->len; i++)
        if (is_before(series, i, best, wants_most))
            best = i;
    return best;
}

static double sum_of(const Series *series)
{
    double sum = 0;
    for (size_t i = 0; i < series->len; i++)
        sum += series->values[i];
    return sum;
}

static void tell_time(const Told *told, size_t at)
{
    text_time(told->text, told->series->times[at]);
    told->text->len -= sizeof ".000+0000" - 1;
    buffer_append_char(told->text, 'Z');
}

static void tell_range(const Told *told, size_t from, size_t to, bool are_times)
{
    if (are_times) {
        tell_time(told, from);
        buffer_append_text(told->text, " - ");
        tell_time(told, to);
        return;
    }
    text_number(told->text, told->series->values[from]);
    buffer_append_text(told->text, " - ");
    text_number(told->text, told->series->values[to]);
}

static bool tell_statistic(const Told *told, Bytes name)
{
    const Series *series = told->series;
    size_t last = series->len - 1;
    if (bytes_is(name, "AVG"))
        text_number(told->text, sum_of(series) / (double)series->len);
    else if (bytes_is(name, "SUM"))
        text_number(told->text, sum_of(series));
    else if (bytes_is(name, "MIN"))
        text_number(told->text, series->values[place_of(series, false)]);
    else if (bytes_is(name, "MAX"))
        text_number(told->text, series->values[place_of(series, true)]);
    else if (bytes_is(name, "FIRST"))
        text_number(told->text, series->values[0]);
    else if (bytes_is(name, "LAST"))
        text_number(told->text, series->values[last]);
    else if (bytes_is(name, "FIRST_LAST_RANGE"))
        tell_range(told, 0, last, false);
    else if (bytes_is(name, "MIN_MAX_RANGE"))
        tell_range(told, place_of(series, false), place_of(series, true), false);
    else
        return false;
    return true;
}

static bool tell_moment(const Told *told, Bytes name)
{
    const Series *series = told->series;
    size_t last = series->len - 1;
    if (bytes_is(name, "MIN_TIME"))
        tell_time(told, place_of(series, false));
    else if (bytes_is(name, "MAX_TIME"))
        tell_time(told, place_of(series, true));
    else if (bytes_is(name, "FIRST_TIME"))
        tell_time(told, 0);
    else if (bytes_is(name, "LAST_TIME"))
        tell_time(told, last);
    else if (bytes_is(name, "FIRST_LAST_TIME_RANGE"))
        tell_range(told, 0, last, true);
    else if (bytes_is(name, "MIN_MAX_TIME_RANGE"))
        tell_range(told, place_of(series, false), place_of(series, true), true);
    else
        return false;
    return true;
}

static Bytes dimension_of(const CloudwatchMetric *metric, Bytes name)
{
    for (size_t i = 0; i < metric->dimensions.len; i++)
        if (bytes_equal(metric->dimensions.items[i].name, name))
            return metric->dimensions.items[i].value;
    return TEXT("");
}

/* PROP('MetricName'), PROP('Dim.StreamName') … */
static bool tell_property(const Told *told, Bytes call)
{
    const CloudwatchMetricStat *stat = told->series->query ? told->series->query->metric_stat : NULL;
    if (!bytes_starts_with(call, TEXT("PROP('")) || call.len < 8 ||
        bytes_find_last(call, ')') != (ptrdiff_t)call.len - 1)
        return false;
    Bytes name = bytes_slice(call, 6, call.len - 8), value = TEXT("");
    if (bytes_is(name, "AccountId") || bytes_is(name, "AccountLabel"))
        value = told->call->account;
    else if (bytes_is(name, "Region"))
        value = told->call->region;
    else if (bytes_is(name, "Period"))
        value = arena_text(told->call->arena, "%d", (int)told->series->period_s);
    else if (stat && bytes_is(name, "MetricName"))
        value = stat->metric->metric_name;
    else if (stat && bytes_is(name, "Namespace"))
        value = stat->metric->namespace;
    else if (stat && bytes_is(name, "Stat"))
        value = stat->stat;
    else if (stat && bytes_starts_with(name, TEXT("Dim.")))
        value = dimension_of(stat->metric, bytes_slice(name, 4, name.len - 4));
    buffer_append(told->text, value);
    return true;
}

/* aws: of a time series without data a dynamic value is empty ("--" in the console). */
static void tell(const Told *told, Bytes name)
{
    const Series *series = told->series;
    if (bytes_is(name, "LABEL"))
        buffer_append(told->text, series->query ? series->query->metric_stat->metric->metric_name : series->label);
    else if (bytes_is(name, "DATAPOINT_COUNT"))
        buffer_append_uint64(told->text, series->len);
    else if (tell_property(told, name))
        return;
    else if (!series->len)
        buffer_append_text(told->text, "--");
    else if (!tell_statistic(told, name) && !tell_moment(told, name))
        buffer_append_format(told->text, "${" BYTES_FMT "}", BYTES_ARG(name));
}

Bytes label_told(Call *call, Bytes label, const Series *series)
{
    Told told = {.call = call, .series = series};
    int parts = 0;
    if (label.len < 3 || !memmem(label.ptr, label.len, "${", 2))
        return label;
    told.text = text_new(call->arena);
    while (label.len) {
        ptrdiff_t end = bytes_find(label, '}');
        if (label.len > 2 && !memcmp(label.ptr, "${", 2) && end > 2 && parts++ < PARTS_MAX) {
            tell(&told, bytes_slice(label, 2, (size_t)end - 2));
            label = bytes_slice(label, (size_t)end + 1, label.len - (size_t)end - 1);
        } else {
            buffer_append_char(told.text, label.ptr[0]);
            label = bytes_slice(label, 1, label.len - 1);
        }
    }
    return buffer_bytes(told.text);
}

/* Recorded from AWS, test_label_generation: where the request's metrics differ in their statistic, or in their period,
 * the label says which; their name always. */
Bytes label_default(Arena *arena, const CloudwatchMetricDataQueries *queries, size_t at)
{
    const CloudwatchMetricStat *own = queries->items[at].metric_stat;
    bool differs_in_stat = false, differs_in_period = false;
    Bytes label = own->metric->metric_name;
    for (size_t i = 0; i < queries->len; i++) {
        const CloudwatchMetricDataQuery *query = &queries->items[i];
        const CloudwatchMetricStat *other = query->metric_stat;
        bool is_of_name = other && !present(query->label) && (!query->has_return_data || query->return_data) &&
                          bytes_equal(other->metric->metric_name, own->metric->metric_name);
        differs_in_stat |= is_of_name && !bytes_equal(other->stat, own->stat);
        differs_in_period |= is_of_name && other->period != own->period;
    }
    if (differs_in_stat)
        label = arena_text(arena, BYTES_FMT " " BYTES_FMT, BYTES_ARG(label), BYTES_ARG(own->stat));
    return differs_in_period ? arena_text(arena, BYTES_FMT " %d", BYTES_ARG(label), (int)own->period) : label;
}

Bytes label_of_result(const Maths *maths, size_t at, const Series *series, const MathsValue *value)
{
    const CloudwatchMetricDataQuery *query = &maths->queries->items[at];
    if (!present(query->label))
        return query->metric_stat            ? label_default(maths->arena, maths->queries, at)
               : value->kind == VALUE_SERIES ? query->id
                                             : series->label;
    Bytes label = label_told(maths->call, query->label, series);
    bool names_each = value->kind != VALUE_ARRAY || !bytes_equal(label, query->label);
    return names_each ? label
                      : arena_text(maths->arena, BYTES_FMT " " BYTES_FMT, BYTES_ARG(label), BYTES_ARG(series->label));
}
