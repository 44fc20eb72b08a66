/* metrics_insights.c - read by hand: a word after the other, nothing nests. */
#include "metrics_insights.h"
#include "budget.h"
#include "metric.h"
#include <math.h>
#include <stdlib.h>

#define NAMES_MAX   31 /* a namespace, then dimensions */
#define FILTERS_MAX 30
#define SERIES_MAX  500   /* aws: "a single query can return no more than 500 time series" */
#define LOOKED_MAX  10000 /* aws: "A single query can process no more than 10,000 metrics" */
#define ROW_STEPS   30
#define RECENT_MS   (INT64_C(14) * 24 * 3600 * 1000)

typedef enum Function { AVG, COUNT, MAX, MIN, SUM, FUNCTIONS } Function;
static const char *const function_names[FUNCTIONS] = {"AVG", "COUNT", "MAX", "MIN", "SUM"};

typedef struct Filter {
    Bytes name, value;
    bool is_not;
} Filter;

struct MetricsInsights {
    Function function;
    Bytes metric, name_space;
    bool has_schema;
    Bytes schema[NAMES_MAX], group[NAMES_MAX]; /* dimensions */
    size_t schema_count, group_count, filters_count;
    Filter filters[FILTERS_MAX];
    bool is_ordered, is_descending;
    Function order;
    size_t limit;
};

/* -- reading ----------------------------------------------------------------------------------------------------------
 */

typedef enum TokenKind { TOKEN_END, TOKEN_WORD, TOKEN_NAME, TOKEN_VALUE, TOKEN_SIGN } TokenKind;

typedef struct Reader {
    Bytes rest;
    TokenKind kind; /* of the token at hand */
    Bytes token;    /* of a name or value: without its quotes */
    const char *wrong;
} Reader;

static bool is_word_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void next(Reader *reader)
{
    Bytes *rest = &reader->rest;
    while (rest->len && (unsigned char)rest->ptr[0] <= ' ')
        *rest = bytes_slice(*rest, 1, rest->len - 1);
    char first = rest->len ? rest->ptr[0] : 0;
    size_t len = 1;
    reader->kind = !rest->len ? TOKEN_END : TOKEN_SIGN;
    if (first == '"' || first == '\'') {
        ptrdiff_t end = bytes_find(bytes_slice(*rest, 1, rest->len - 1), first);
        reader->kind = first == '"' ? TOKEN_NAME : TOKEN_VALUE;
        if (end < 0)
            reader->wrong = "a quotation mark without its end";
        len = end < 0 ? rest->len : (size_t)end + 2;
        reader->token = bytes_slice(*rest, 1, end < 0 ? rest->len - 1 : (size_t)end);
    } else if (is_word_character(first)) {
        while (len < rest->len && is_word_character(rest->ptr[len]))
            len++;
        reader->kind = TOKEN_WORD;
        reader->token = bytes_slice(*rest, 0, len);
    } else {
        len = rest->len < 2 || memcmp(rest->ptr, "!=", 2) ? rest->len > 0 : 2;
        reader->token = bytes_slice(*rest, 0, len);
    }
    *rest = bytes_slice(*rest, len, rest->len - len);
}

static bool takes(Reader *reader, const char *word)
{
    bool is_kind = reader->kind == TOKEN_WORD || reader->kind == TOKEN_SIGN;
    if (!is_kind || !bytes_equal_ignoring_case(reader->token, bytes_of(word)))
        return false;
    next(reader);
    return true;
}

static void expect(Reader *reader, const char *word)
{
    if (!takes(reader, word) && !reader->wrong)
        reader->wrong = word;
}

static Bytes name(Reader *reader)
{
    Bytes found = reader->token;
    if (reader->kind != TOKEN_WORD && reader->kind != TOKEN_NAME) {
        reader->wrong = reader->wrong ? reader->wrong : "a name";
        return TEXT("");
    }
    next(reader);
    return found;
}

static Function function(Reader *reader)
{
    for (int i = 0; i < FUNCTIONS; i++)
        if (takes(reader, function_names[i]))
            return (Function)i;
    reader->wrong = reader->wrong ? reader->wrong : "AVG, COUNT, MAX, MIN or SUM";
    return AVG;
}

static size_t names(Reader *reader, Bytes *ret)
{
    size_t count = 0;
    do {
        if (count == NAMES_MAX - 1)
            return reader->wrong = "fewer dimensions", count;
        ret[count++] = name(reader);
    } while (!reader->wrong && takes(reader, ","));
    return count;
}

static void read_from(Reader *reader, MetricsInsights *query)
{
    query->has_schema = reader->kind == TOKEN_WORD && takes(reader, "SCHEMA");
    if (!query->has_schema) {
        query->name_space = name(reader);
        return;
    }
    expect(reader, "(");
    query->name_space = name(reader);
    if (takes(reader, ","))
        query->schema_count = names(reader, query->schema);
    expect(reader, ")");
}

static void read_filters(Reader *reader, MetricsInsights *query)
{
    do {
        Filter *filter = &query->filters[query->filters_count];
        if (query->filters_count++ == FILTERS_MAX - 1) {
            reader->wrong = "fewer conditions";
            return;
        }
        filter->name = name(reader);
        filter->is_not = takes(reader, "!=");
        if (!filter->is_not)
            expect(reader, "=");
        if (reader->kind != TOKEN_VALUE)
            reader->wrong = reader->wrong ? reader->wrong : "a value in single quotes";
        filter->value = reader->token;
        next(reader);
    } while (!reader->wrong && takes(reader, "AND"));
}

static void read_order(Reader *reader, MetricsInsights *query)
{
    expect(reader, "BY");
    query->is_ordered = true;
    query->order = function(reader);
    expect(reader, "(");
    expect(reader, ")");
    query->is_descending = takes(reader, "DESC");
    if (!query->is_descending)
        (void)takes(reader, "ASC");
}

static void read_limit(Reader *reader, MetricsInsights *query)
{
    int64_t limit = 0;
    if (reader->kind != TOKEN_WORD || !bytes_to_int64(reader->token, &limit) || limit < 1 || limit > SERIES_MAX)
        reader->wrong = reader->wrong ? reader->wrong : "a limit from 1 to 500";
    query->limit = (size_t)limit;
    next(reader);
}

bool metrics_insights_is_query(Bytes expression)
{
    Reader reader = {.rest = expression};
    next(&reader);
    return reader.kind == TOKEN_WORD && bytes_equal_ignoring_case(reader.token, TEXT("SELECT")) &&
           (!reader.rest.len || reader.rest.ptr[0] != '(');
}

MetricsInsights *metrics_insights_parse(Arena *arena, Bytes text, const char **ret_wrong)
{
    MetricsInsights *query = arena_new_of(arena, MetricsInsights);
    Reader reader = {.rest = text};
    query->limit = SERIES_MAX;
    next(&reader);
    expect(&reader, "SELECT");
    query->function = function(&reader);
    expect(&reader, "(");
    query->metric = name(&reader);
    expect(&reader, ")");
    expect(&reader, "FROM");
    read_from(&reader, query);
    if (takes(&reader, "WHERE"))
        read_filters(&reader, query);
    if (takes(&reader, "GROUP")) {
        expect(&reader, "BY");
        query->group_count = names(&reader, query->group);
    }
    if (takes(&reader, "ORDER"))
        read_order(&reader, query);
    if (takes(&reader, "LIMIT"))
        read_limit(&reader, query);
    if (reader.kind != TOKEN_END && !reader.wrong)
        reader.wrong = "the end";
    *ret_wrong = reader.wrong;
    return reader.wrong ? NULL : query;
}

/* -- working out ------------------------------------------------------------------------------------------------------
 */

typedef struct Group {
    Bytes label;
    Series **items; /* of its metrics */
    Series **counts;
    size_t len, capacity;
    Series *whole;
    double key; /* it is ordered by */
} Group;

typedef struct Working {
    Maths *maths;
    const MetricsInsights *query;
    Group *groups;
    size_t len;
} Working;

static const Bytes *value_of(const CloudwatchDimensions *dimensions, Bytes wanted)
{
    for (size_t i = 0; i < dimensions->len; i++)
        if (bytes_equal(dimensions->items[i].name, wanted))
            return &dimensions->items[i].value;
    return NULL;
}

static bool matches(const MetricsInsights *query, const CloudwatchDimensions *dimensions)
{
    if (query->has_schema && dimensions->len != query->schema_count)
        return false;
    for (size_t i = 0; i < query->schema_count; i++)
        if (!value_of(dimensions, query->schema[i]))
            return false;
    for (size_t i = 0; i < query->filters_count; i++) {
        const Bytes *value = value_of(dimensions, query->filters[i].name);
        if (!value || bytes_equal(*value, query->filters[i].value) == query->filters[i].is_not)
            return false;
    }
    for (size_t i = 0; i < query->group_count; i++)
        if (!value_of(dimensions, query->group[i]))
            return false;
    return true;
}

static Bytes label_of(const Working *working, const CloudwatchDimensions *dimensions)
{
    Bytes label = TEXT("");
    for (size_t i = 0; i < working->query->group_count; i++)
        label = arena_text(working->maths->arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(label), i ? " " : "",
                           BYTES_ARG(*value_of(dimensions, working->query->group[i])));
    return label;
}

/* NULL: there are too many. */
static Group *group_of(Working *working, Bytes label)
{
    for (size_t i = 0; i < working->len; i++)
        if (bytes_equal(working->groups[i].label, label))
            return &working->groups[i];
    if (working->len == SERIES_MAX)
        return NULL;
    working->groups[working->len] = (Group){.label = label};
    return &working->groups[working->len++];
}

static Series *read_series(Maths *maths, const CloudwatchMetric *metric, const char *stat)
{
    CloudwatchMetricStat asked = {.period = maths_new_series(maths, NULL)->period_s, .stat = bytes_of(stat)};
    CloudwatchMetric copy = *metric;
    Series *series = arena_new_of(maths->arena, Series);
    asked.metric = &copy;
    if (!maths->code)
        maths->code = series_read(maths->scope, &asked, &maths->window, series);
    return series;
}

static void add(Arena *arena, Group *group, Series *series, Series *counts)
{
    size_t wanted = group->capacity ? group->capacity * 2 : 4, bytes = group->len * sizeof(Series *);
    if (group->len == group->capacity) {
        group->items = arena_grown(arena, group->items, bytes, wanted * sizeof(Series *));
        group->counts = arena_grown(arena, group->counts, bytes, wanted * sizeof(Series *));
        group->capacity = wanted;
    }
    group->items[group->len] = series;
    group->counts[group->len++] = counts;
}

static void take_metric(Working *working, const CloudwatchMetric *metric)
{
    static const char *const stats[FUNCTIONS] = {"Sum", "SampleCount", "Maximum", "Minimum", "Sum"};
    Maths *maths = working->maths;
    Function function = working->query->function;
    budget_work(maths->arena, working->len / 4 + 1);
    Group *group = group_of(working, label_of(working, &metric->dimensions));
    if (!group)
        return;
    Series *series = read_series(maths, metric, stats[function]);
    add(maths->arena, group, series, function == AVG ? read_series(maths, metric, "SampleCount") : series);
}

/* Their dimensions. */
static Bytes *find_metrics(Working *working, size_t *ret_count)
{
    Maths *maths = working->maths;
    const MetricsInsights *query = working->query;
    Bytes *found = arena_new_array(maths->arena, Bytes, LOOKED_MAX);
    Statement *rows = metrics_after(maths->scope, 0);
    int code;
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(maths->arena, ROW_STEPS);
        if (!bytes_equal(column_bytes(rows, 1), query->name_space) ||
            !bytes_equal(column_bytes(rows, 2), query->metric) ||
            column_int64(rows, 4) < maths->scope->now_ms - RECENT_MS)
            continue;
        found[(*ret_count)++] = arena_copy(maths->arena, column_bytes(rows, 3));
        if (*ret_count == LOOKED_MAX) {
            statement_end(rows);
            return found;
        }
    }
    maths->code = code;
    return found;
}

typedef struct Sum {
    int64_t time_ms;
    double value, count;
} Sum;

static int by_time(const void *a, const void *b)
{
    const Sum *one = a, *other = b;
    return (one->time_ms > other->time_ms) - (one->time_ms < other->time_ms);
}

static void merge(Function function, Sum *into, const Sum *more)
{
    into->count += more->count;
    if (function == MAX)
        into->value = fmax(into->value, more->value);
    else if (function == MIN)
        into->value = fmin(into->value, more->value);
    else
        into->value += more->value;
}

static void add_up(Maths *maths, const MetricsInsights *query, Group *group)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < group->len; i++)
        count += group->items[i]->len;
    Sum *sums = arena_new_array(maths->arena, Sum, count + 1);
    budget_work(maths->arena, count * 16 + 1);
    for (size_t i = 0; i < group->len; i++)
        for (size_t j = 0; j < group->items[i]->len; j++)
            sums[at++] = (Sum){group->items[i]->times[j], group->items[i]->values[j], group->counts[i]->values[j]};
    qsort(sums, count, sizeof *sums, by_time);
    group->whole = maths_new_series(maths, NULL);
    group->whole->label = group->label;
    for (size_t i = 0, j; i < count; i = j) {
        Sum sum = sums[i];
        for (j = i + 1; j < count && sums[j].time_ms == sum.time_ms; j++)
            merge(query->function, &sum, &sums[j]);
        series_add(maths->arena, group->whole, sum.time_ms, query->function == AVG ? sum.value / sum.count : sum.value);
    }
    arena_give_back(maths->arena, sums);
}

/* aws: ORDER BY: by the function over the whole time range. */
static double order_key(const MetricsInsights *query, const Series *series)
{
    double sum = 0, most = -INFINITY, least = INFINITY;
    for (size_t i = 0; i < series->len; i++) {
        sum += series->values[i];
        most = fmax(most, series->values[i]);
        least = fmin(least, series->values[i]);
    }
    double keys[FUNCTIONS] = {series->len ? sum / (double)series->len : 0, (double)series->len, most, least, sum};
    return query->is_descending ? -keys[query->order] : keys[query->order];
}

static int by_key(const void *a, const void *b)
{
    const Group *one = a, *other = b;
    int order = (one->key > other->key) - (one->key < other->key);
    return order ? order : bytes_compare(one->label, other->label);
}

MathsValue metrics_insights_evaluate(Maths *maths, const MetricsInsights *query)
{
    Working working = {.maths = maths, .query = query, .groups = arena_new_array(maths->arena, Group, SERIES_MAX)};
    MathsValue out = {.kind = query->group_count ? VALUE_ARRAY : VALUE_SERIES};
    size_t count = 0;
    const Bytes *found = maths->only_checks ? NULL : find_metrics(&working, &count);
    for (size_t i = 0; i < count && !maths->code; i++) {
        CloudwatchMetric metric = {query->name_space, query->metric, metric_dimensions_parse(maths->arena, found[i])};
        if (matches(query, &metric.dimensions))
            take_metric(&working, &metric);
    }
    if (!working.len && !query->group_count)
        (void)group_of(&working, TEXT(""));
    for (size_t i = 0; i < working.len; i++) {
        add_up(maths, query, &working.groups[i]);
        working.groups[i].key = query->is_ordered ? order_key(query, working.groups[i].whole) : 0;
    }
    qsort(working.groups, working.len, sizeof *working.groups, by_key);
    out.items = arena_new_array(maths->arena, Series *, working.len + 1);
    for (size_t i = 0; i < working.len && i < query->limit; i++)
        out.items[out.len++] = working.groups[i].whole;
    return out;
}
