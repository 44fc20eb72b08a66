/* maths_functions.c - the functions of metric maths. aws: CloudWatch User Guide, Metric math syntax and functions. */
#include "budget.h"
#include "maths_node.h"
#include <math.h>
#include <stdlib.h>
#include <time.h>

#define ARGUMENTS_MAX 4

typedef struct Arguments {
    MathsValue values[ARGUMENTS_MAX];
    const MathsNode *nodes[ARGUMENTS_MAX];
    size_t count;
} Arguments;

static MathsValue array_like(Maths *maths, const MathsValue *value)
{
    MathsValue out = *value;
    out.items = arena_new_array(maths->arena, Series *, value->len);
    return out;
}

/* -- one point for each --------------------------------------------------------------------------------------- */

static double part_of_time(int64_t time_ms, char part)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm time = {0};
    (void)gmtime_r(&seconds, &time);
    switch (part) {
    case 'm':
        return time.tm_min;
    case 'h':
        return time.tm_hour;
    case 'd': /* aws: "1 for Monday, and 7 for Sunday" */
        return time.tm_wday ? time.tm_wday : 7;
    case 'D':
        return time.tm_mday;
    case 'M':
        return time.tm_mon + 1;
    case 'y':
        return time.tm_year + 1900;
    default:
        return (double)seconds;
    }
}

static double map_number(char what, double value)
{
    switch (what) {
    case 'a':
        return fabs(value);
    case 'c':
        return ceil(value);
    case 'f':
        return floor(value);
    case 'l':
        return log(value);
    default:
        return log10(value);
    }
}

static const struct {
    const char *name;
    char what;
    bool is_of_time;
} maps[] = {
    {"ABS", 'a', false},   {"CEIL", 'c', false},  {"FLOOR", 'f', false}, {"LOG", 'l', false},
    {"LOG10", 't', false}, {"MINUTE", 'm', true}, {"HOUR", 'h', true},   {"DAY", 'd', true},
    {"DATE", 'D', true},   {"MONTH", 'M', true},  {"YEAR", 'y', true},   {"EPOCH", 'e', true},
};

static MathsValue map(Maths *maths, const Arguments *in, size_t at)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR && maps[at].is_of_time)
        return maths_fail(maths, "%s needs a time series", maps[at].name);
    if (value->kind == VALUE_SCALAR)
        return maths_scalar(map_number(maps[at].what, value->scalar));
    MathsValue out = array_like(maths, value);
    for (size_t i = 0; i < value->len; i++) {
        const Series *series = value->items[i];
        out.items[i] = maths_new_series(maths, series);
        budget_work(maths->arena, series->len * 4 + 1);
        for (size_t j = 0; j < series->len; j++) {
            double mapped = maps[at].is_of_time ? part_of_time(series->times[j], maps[at].what)
                                                : map_number(maps[at].what, series->values[j]);
            if (isfinite(mapped))
                series_add(maths->arena, out.items[i], series->times[j], mapped);
        }
    }
    return out;
}

/* -- many points become one ----------------------------------------------------------------------------------- */

typedef struct Sum {
    double count, sum, squares, minimum, maximum;
} Sum;

static void take(Sum *sum, double value)
{
    sum->minimum = sum->count ? fmin(sum->minimum, value) : value;
    sum->maximum = sum->count ? fmax(sum->maximum, value) : value;
    double before = sum->count ? sum->sum / sum->count : 0;
    sum->count++;
    sum->sum += value;
    sum->squares += (value - before) * (value - sum->sum / sum->count);
}

static double give(const Sum *sum, char what)
{
    switch (what) {
    case 'a':
        return sum->sum / sum->count;
    case 'm':
        return sum->minimum;
    case 'M':
        return sum->maximum;
    case 's':
        return sum->sum;
    case 'n':
        return sum->count;
    default:
        return sqrt(sum->squares / sum->count);
    }
}

static const struct {
    const char *name;
    char what;
} folds[] = {{"AVG", 'a'}, {"MIN", 'm'}, {"MAX", 'M'}, {"SUM", 's'}, {"STDDEV", 'd'}, {"DATAPOINT_COUNT", 'n'}};

static double fold_series(Maths *maths, const Series *series, char what)
{
    Sum sum = {0};
    budget_work(maths->arena, series->len + 1);
    for (size_t i = 0; i < series->len; i++)
        take(&sum, series->values[i]);
    return sum.count || what == 'n' || what == 's' ? give(&sum, what) : 0;
}

typedef struct Point {
    int64_t time_ms;
    double value;
} Point;

static int by_time(const void *a, const void *b)
{
    const Point *one = a, *other = b;
    return (one->time_ms > other->time_ms) - (one->time_ms < other->time_ms);
}

/* Of an array: for each time that any of its series has. */
static MathsValue fold_array(Maths *maths, const MathsValue *value, char what)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < value->len; i++)
        count += value->items[i]->len;
    budget_work(maths->arena, count * 16 + 1);
    Point *points = arena_new_array(maths->arena, Point, count);
    for (size_t i = 0; i < value->len; i++)
        for (size_t j = 0; j < value->items[i]->len; j++)
            points[at++] = (Point){value->items[i]->times[j], value->items[i]->values[j]};
    qsort(points, count, sizeof *points, by_time);
    Series *out = maths_new_series(maths, value->len ? value->items[0] : NULL);
    for (size_t i = 0, j; i < count; i = j) {
        Sum sum = {0};
        for (j = i; j < count && points[j].time_ms == points[i].time_ms; j++)
            take(&sum, points[j].value);
        series_add(maths->arena, out, points[i].time_ms, give(&sum, what));
    }
    arena_give_back(maths->arena, points);
    return maths_series(maths, out);
}

static MathsValue fold(Maths *maths, const Arguments *in, size_t at)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR)
        return maths_fail(maths, "%s needs a time series or an array of these", folds[at].name);
    if (value->kind == VALUE_ARRAY)
        return fold_array(maths, value, folds[at].what);
    return maths_scalar(fold_series(maths, value->items[0], folds[at].what));
}

/* -- from one point to the next -------------------------------------------------------------------------------- */

static Series *step(Maths *maths, const Series *series, Bytes name)
{
    Series *out = maths_new_series(maths, series);
    double sum = 0;
    bool is_rate = bytes_equal_ignoring_case(name, TEXT("RATE"));
    bool is_time = bytes_equal_ignoring_case(name, TEXT("DIFF_TIME"));
    bool is_sum = bytes_equal_ignoring_case(name, TEXT("RUNNING_SUM"));
    budget_work(maths->arena, series->len * 2 + 1);
    for (size_t i = is_sum ? 0 : 1; i < series->len; i++) {
        double value = series->values[i];
        if (is_sum) {
            value = sum += value;
        } else {
            double seconds = (double)(series->times[i] - series->times[i - 1]) / 1000,
                   more = value - series->values[i - 1];
            value = is_rate ? more / seconds : is_time ? seconds : more;
        }
        if (isfinite(value))
            series_add(maths->arena, out, series->times[i], value);
    }
    return out;
}

static MathsValue each_step(Maths *maths, const Arguments *in, const MathsNode *node)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR)
        return maths_fail(maths, BYTES_FMT " needs a time series or an array of these", BYTES_ARG(node->text));
    MathsValue out = array_like(maths, value);
    for (size_t i = 0; i < value->len; i++)
        out.items[i] = step(maths, value->items[i], node->text);
    return out;
}

/* -- FILL ------------------------------------------------------------------------------------------------------ */

static bool is_word(const MathsNode *node, const char *word)
{
    return node->kind == MATHS_NAME && bytes_equal_ignoring_case(node->text, bytes_of(word));
}

static double between(const Series *series, size_t next, int64_t time_ms)
{
    double share =
        (double)(time_ms - series->times[next - 1]) / (double)(series->times[next] - series->times[next - 1]);
    return series->values[next - 1] + share * (series->values[next] - series->values[next - 1]);
}

/* next: of the series, the first point behind time_ms. */
static bool filling(const Arguments *in, const Series *series, size_t next, int64_t time_ms, double *ret)
{
    if (is_word(in->nodes[1], "REPEAT"))
        return next && (*ret = series->values[next - 1], true);
    if (is_word(in->nodes[1], "LINEAR"))
        return next && next < series->len && (*ret = between(series, next, time_ms), true);
    const MathsValue *value = &in->values[1];
    if (value->kind == VALUE_SCALAR)
        return *ret = value->scalar, true;
    const Series *other = value->items[0];
    size_t low = 0, high = other->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (other->times[middle] < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < other->len && other->times[low] == time_ms && (*ret = other->values[low], true);
}

static Series *fill_series(Maths *maths, const Arguments *in, const Series *series)
{
    Series *out = maths_new_series(maths, series);
    int64_t period_ms = series->period_s * INT64_C(1000), origin_ms = maths->window.origin_ms;
    int64_t first_ms = maths->window.start_ms, rest_ms = (first_ms - origin_ms) % period_ms;
    size_t next = 0;
    double value;
    first_ms += rest_ms > 0 ? period_ms - rest_ms : -rest_ms;
    if (series->len && series->times[0] < first_ms)
        first_ms = series->times[0];
    for (int64_t time_ms = first_ms; time_ms < maths->window.end_ms; time_ms += period_ms) {
        budget_work(maths->arena, 8);
        if (next < series->len && series->times[next] <= time_ms)
            series_add(maths->arena, out, series->times[next], series->values[next]), next++;
        else if (filling(in, series, next, time_ms, &value))
            series_add(maths->arena, out, time_ms, value);
    }
    return out;
}

static MathsValue fill(Maths *maths, const Arguments *in)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR)
        return maths_fail(maths, "FILL needs a time series or an array of these");
    if (in->values[1].kind == VALUE_ARRAY)
        return maths_fail(maths, "FILL needs a number, a time series, REPEAT or LINEAR to fill with");
    MathsValue out = array_like(maths, value);
    for (size_t i = 0; i < value->len; i++)
        out.items[i] = fill_series(maths, in, value->items[i]);
    return out;
}

/* -- arrays ---------------------------------------------------------------------------------------------------- */

static MathsValue as_array(MathsValue value)
{
    value.kind = VALUE_ARRAY;
    return value;
}

static MathsValue first_or_last(Maths *maths, const Arguments *in, bool is_last)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR)
        return maths_fail(maths, "%s needs an array of time series", is_last ? "LAST" : "FIRST");
    if (!value->len)
        return maths_series(maths, maths_new_series(maths, NULL));
    return maths_series(maths, value->items[is_last ? value->len - 1 : 0]);
}

/* aws: SLICE: "SLICE((SEARCH(…), 0, 10)": from the first, the end outside; one index is one time series. */
static MathsValue slice(Maths *maths, const Arguments *in)
{
    MathsValue value = in->values[0];
    bool has_end = in->count == 3;
    if (value.kind == VALUE_SCALAR || in->values[1].kind != VALUE_SCALAR ||
        (has_end && in->values[2].kind != VALUE_SCALAR))
        return maths_fail(maths, "SLICE needs an array of time series and one or two numbers");
    double from = in->values[1].scalar, to = has_end ? in->values[2].scalar : from + 1;
    if (!(from >= 0) || !(to >= from))
        return maths_fail(maths, "SLICE needs a beginning from 0 and an end behind it");
    size_t first = from < (double)value.len ? (size_t)from : value.len;
    size_t end = to < (double)value.len ? (size_t)to : value.len;
    value.items += first;
    value.len = end - first;
    if (!has_end)
        return value.len ? maths_series(maths, value.items[0]) : maths_series(maths, maths_new_series(maths, NULL));
    return as_array(value);
}

typedef struct Ranked {
    double key;
    size_t place;
    Series *series;
    bool is_descending;
} Ranked;

static int by_key(const void *a, const void *b)
{
    const Ranked *one = a, *other = b;
    int order = (one->key > other->key) - (one->key < other->key);
    order = one->is_descending ? -order : order;
    return order ? order : (one->place > other->place) - (one->place < other->place);
}

/* aws: SORT(TS[], FUNCTION, SORT_ORDER, LIMIT): FUNCTION is MIN, MAX, AVG or SUM. */
static MathsValue sort(Maths *maths, const Arguments *in)
{
    static const struct {
        const char *word;
        char what;
    } keys[] = {{"MIN", 'm'}, {"MAX", 'M'}, {"AVG", 'a'}, {"SUM", 's'}};
    MathsValue value = in->values[0];
    bool is_descending = is_word(in->nodes[2], "DESC");
    char what = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        what = is_word(in->nodes[1], keys[i].word) ? keys[i].what : what;
    bool has_limit = in->count == 4;
    if (value.kind == VALUE_SCALAR || !what || (!is_descending && !is_word(in->nodes[2], "ASC")) ||
        (has_limit && (in->values[3].kind != VALUE_SCALAR || !(in->values[3].scalar >= 1))))
        return maths_fail(maths,
                          "SORT needs an array of time series, MIN, MAX, AVG or SUM, ASC or DESC, and maybe a limit");
    Ranked *ranked = arena_new_array(maths->arena, Ranked, value.len);
    MathsValue out = as_array(array_like(maths, &value));
    for (size_t i = 0; i < value.len; i++)
        ranked[i] = (Ranked){fold_series(maths, value.items[i], what), i, value.items[i], is_descending};
    qsort(ranked, value.len, sizeof *ranked, by_key);
    for (size_t i = 0; i < value.len; i++)
        out.items[i] = ranked[i].series;
    if (has_limit && in->values[3].scalar < (double)out.len)
        out.len = (size_t)in->values[3].scalar;
    return out;
}

static MathsValue remove_empty(Maths *maths, const Arguments *in)
{
    const MathsValue *value = &in->values[0];
    if (value->kind == VALUE_SCALAR)
        return maths_fail(maths, "REMOVE_EMPTY needs an array of time series");
    MathsValue out = as_array(array_like(maths, value));
    out.len = 0;
    for (size_t i = 0; i < value->len; i++)
        if (value->items[i]->len)
            out.items[out.len++] = value->items[i];
    return out;
}

static MathsValue time_series(Maths *maths, const Arguments *in)
{
    Series *none = maths_new_series(maths, NULL);
    Arguments filled = {.values = {maths_series(maths, none), in->values[0]}, .nodes = {in->nodes[0], in->nodes[0]}};
    if (in->values[0].kind != VALUE_SCALAR)
        return maths_fail(maths, "TIME_SERIES needs a scalar");
    return maths_series(maths, fill_series(maths, &filled, none));
}

static bool contains(Bytes text, Bytes part)
{
    return !part.len || (text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len));
}

/* aws: METRICS: "returns all CloudWatch metrics in the request"; with a string, "metric IDs that contain the string".
 */
static MathsValue metrics(Maths *maths, const MathsNode *node)
{
    MathsValue out = {.kind = VALUE_ARRAY, .items = arena_new_array(maths->arena, Series *, maths->queries->len)};
    if (node->count > 1 || (node->first && node->first->kind != MATHS_TEXT))
        return maths_fail(maths, "METRICS needs nothing, or one string");
    for (size_t i = 0; i < maths->queries->len; i++) {
        const CloudwatchMetricDataQuery *query = &maths->queries->items[i];
        if (!query->metric_stat || (node->first && !contains(query->id, node->first->text)))
            continue;
        MathsValue value = maths_entry(maths, i);
        out.items[out.len++] = value.items[0];
    }
    return out;
}

/* -- all of them ------------------------------------------------------------------------------------------------ */

static MathsValue simple(Maths *maths, const Arguments *in, const MathsNode *node)
{
    const MathsValue *value = &in->values[0];
    if (bytes_equal_ignoring_case(node->text, TEXT("METRIC_COUNT")))
        return value->kind == VALUE_SCALAR ? maths_fail(maths, "METRIC_COUNT needs an array of time series")
                                           : maths_scalar((double)value->len);
    if (bytes_equal_ignoring_case(node->text, TEXT("PERIOD")))
        return value->kind == VALUE_SERIES ? maths_scalar(value->items[0]->period_s)
                                           : maths_fail(maths, "PERIOD needs a time series");
    if (bytes_equal_ignoring_case(node->text, TEXT("IF")))
        return maths_if(maths, in->values[0], in->values[1], in->values[2], in->count == 3);
    if (bytes_equal_ignoring_case(node->text, TEXT("FILL")))
        return fill(maths, in);
    if (bytes_equal_ignoring_case(node->text, TEXT("SLICE")))
        return slice(maths, in);
    if (bytes_equal_ignoring_case(node->text, TEXT("SORT")))
        return sort(maths, in);
    if (bytes_equal_ignoring_case(node->text, TEXT("REMOVE_EMPTY")))
        return remove_empty(maths, in);
    if (bytes_equal_ignoring_case(node->text, TEXT("TIME_SERIES")))
        return time_series(maths, in);
    if (bytes_equal_ignoring_case(node->text, TEXT("FIRST")) || bytes_equal_ignoring_case(node->text, TEXT("LAST")))
        return first_or_last(maths, in, bytes_equal_ignoring_case(node->text, TEXT("LAST")));
    return each_step(maths, in, node);
}

static const struct {
    const char *name;
    size_t least, most;
} functions[] = {
    {"METRIC_COUNT", 1, 1}, {"PERIOD", 1, 1},       {"IF", 2, 3},          {"FILL", 2, 2},        {"SLICE", 2, 3},
    {"SORT", 3, 4},         {"REMOVE_EMPTY", 1, 1}, {"TIME_SERIES", 1, 1}, {"FIRST", 1, 1},       {"LAST", 1, 1},
    {"RATE", 1, 1},         {"DIFF", 1, 1},         {"DIFF_TIME", 1, 1},   {"RUNNING_SUM", 1, 1},
};

/* Words that are no ids: of FILL and SORT. */
static bool is_option(const MathsNode *node)
{
    static const char *const words[] = {"REPEAT", "LINEAR", "MIN", "MAX", "AVG", "SUM", "ASC", "DESC"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(node, words[i]))
            return true;
    return false;
}

static bool read_arguments(Maths *maths, const MathsNode *node, size_t least, size_t most, Arguments *ret)
{
    if (node->count < least || node->count > most)
        return maths_fail(maths, BYTES_FMT " does not take %zu operands", BYTES_ARG(node->text), node->count), false;
    for (const MathsNode *operand = node->first; operand; operand = operand->next) {
        size_t at = ret->count++;
        ret->nodes[at] = operand;
        ret->values[at] = at && is_option(operand) ? maths_scalar(0) : maths_evaluate(maths, operand);
    }
    return !present(maths->error);
}

static bool is_named(const MathsNode *node, const char *name)
{
    return bytes_equal_ignoring_case(node->text, bytes_of(name));
}

static MathsValue not_built(Maths *maths, const MathsNode *node)
{
    maths->is_not_built = true;
    return maths_fail(maths, "The function " BYTES_FMT " is not implemented.", BYTES_ARG(node->text));
}

MathsValue maths_call(Maths *maths, const MathsNode *node)
{
    static const char *const others[] = {"ANOMALY_DETECTION_BAND", "INSIGHT_RULE_METRIC", "DB_PERF_INSIGHTS",
                                         "SERVICE_QUOTA", "LAMBDA"};
    Arguments in = {.count = 0};
    if (is_named(node, "METRICS"))
        return metrics(maths, node);
    if (is_named(node, "SEARCH"))
        return maths_search(maths, node);
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (is_named(node, maps[i].name))
            return read_arguments(maths, node, 1, 1, &in) ? map(maths, &in, i) : maths_scalar(0);
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
        if (is_named(node, folds[i].name))
            return read_arguments(maths, node, 1, 1, &in) ? fold(maths, &in, i) : maths_scalar(0);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (is_named(node, functions[i].name))
            return read_arguments(maths, node, functions[i].least, functions[i].most, &in) ? simple(maths, &in, node)
                                                                                           : maths_scalar(0);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_named(node, others[i]))
            return not_built(maths, node);
    return maths_fail(maths, "Unsupported function '" BYTES_FMT "'", BYTES_ARG(node->text));
}
