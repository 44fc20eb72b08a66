/* maths_search.c - SEARCH('{Namespace,Dimension} terms', 'Statistic', period).
 *
 * aws: CloudWatch User Guide, Search expression syntax: a schema in braces names a namespace and exactly the dimensions
 * that a metric has; behind it terms that all must match, with AND, OR, NOT and parentheses; Namespace=, MetricName=
 * and Dimension= ask one property; in double quotes a text is matched as it is, else by its words. Up to 500 time
 * series, of metrics that had data in the last two weeks. */
#include "budget.h"
#include "maths.h"
#include "maths_node.h"
#include <stdlib.h>

#define QUERY_MAX  1024 /* aws: "The search expression query itself can be up to 1024 characters" */
#define FOUND_MAX  500
#define LOOKED_MAX 30000
#define ROW_STEPS  30
#define RECENT_MS  (INT64_C(14) * 24 * 3600 * 1000)
#define NAMES_MAX  31
#define DEPTH_MAX  32

typedef struct Schema {
    Bytes names[NAMES_MAX]; /* the namespace, then dimensions */
    size_t count;           /* 0: any metric */
} Schema;

typedef struct Searching {
    Maths *maths;
    Schema schema;
    Bytes terms;
    const CloudwatchMetric *metric; /* at hand */
    bool is_broken;
    int depth;
} Searching;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_spaces(Bytes *text)
{
    while (text->len && is_space(text->ptr[0]))
        *text = bytes_slice(*text, 1, text->len - 1);
}

/* Up to one of `ends`; in double quotes whatever is there. */
static Bytes word(Bytes *text, const char *ends, bool *ret_is_quoted)
{
    skip_spaces(text);
    size_t len = 0;
    *ret_is_quoted = text->len && text->ptr[0] == '"';
    if (*ret_is_quoted) {
        ptrdiff_t end = bytes_find(bytes_slice(*text, 1, text->len - 1), '"');
        len = end < 0 ? text->len - 1 : (size_t)end;
        Bytes quoted = bytes_slice(*text, 1, len);
        size_t used = end < 0 ? text->len : len + 2;
        *text = bytes_slice(*text, used, text->len - used);
        return quoted;
    }
    while (len < text->len && !strchr(ends, text->ptr[len]) && !is_space(text->ptr[len]))
        len++;
    Bytes plain = bytes_slice(*text, 0, len);
    *text = bytes_slice(*text, len, text->len - len);
    return plain;
}

static bool take(Bytes *text, char c)
{
    skip_spaces(text);
    if (!text->len || text->ptr[0] != c)
        return false;
    *text = bytes_slice(*text, 1, text->len - 1);
    return true;
}

static bool read_schema(Bytes *text, Schema *ret)
{
    bool is_quoted;
    if (!take(text, '{'))
        return true;
    do {
        if (ret->count == NAMES_MAX)
            return false;
        ret->names[ret->count] = word(text, ",}", &is_quoted);
        if (!ret->names[ret->count++].len)
            return false;
    } while (take(text, ','));
    return take(text, '}');
}

static bool fits_schema(const Schema *schema, const CloudwatchMetric *metric)
{
    if (!schema->count)
        return true;
    if (!bytes_equal(schema->names[0], metric->namespace) || metric->dimensions.len != schema->count - 1)
        return false;
    for (size_t i = 0; i < metric->dimensions.len; i++) {
        bool is_there = false;
        for (size_t j = 1; j < schema->count; j++)
            is_there |= bytes_equal(schema->names[j], metric->dimensions.items[i].name);
        if (!is_there)
            return false;
    }
    return true;
}

static bool is_word_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Words end where letters and digits do, and where a capital follows a small letter: CPUUtilization has "Utilization"
 * from "CPU" on. A part of the text that begins and ends with words. */
static bool begins_word(Bytes text, size_t at)
{
    if (!at || !is_word_character(text.ptr[at - 1]))
        return true;
    char before = text.ptr[at - 1], c = text.ptr[at];
    bool was_small = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9'),
         is_capital = c >= 'A' && c <= 'Z';
    bool next_is_small = at + 1 < text.len && text.ptr[at + 1] >= 'a' && text.ptr[at + 1] <= 'z';
    return is_capital && (was_small || next_is_small);
}

static bool has_words(const Searching *searching, Bytes text, Bytes wanted, bool is_quoted)
{
    budget_work(searching->maths->arena, text.len / 8 + 1);
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        bool ends_word = at + wanted.len == text.len || begins_word(text, at + wanted.len) ||
                         !is_word_character(text.ptr[at + wanted.len]);
        if ((is_quoted || (begins_word(text, at) && ends_word)) &&
            bytes_equal_ignoring_case(bytes_slice(text, at, wanted.len), wanted))
            return true;
    }
    return !wanted.len;
}

static bool is_property(Bytes value, const Searching *searching, Bytes wanted, bool is_quoted)
{
    return is_quoted ? bytes_equal_ignoring_case(value, wanted) : has_words(searching, value, wanted, false);
}

static bool matches_property(const Searching *searching, Bytes name, Bytes wanted, bool is_quoted)
{
    const CloudwatchMetric *metric = searching->metric;
    if (bytes_equal_ignoring_case(name, TEXT("MetricName")))
        return is_property(metric->metric_name, searching, wanted, is_quoted);
    if (bytes_equal_ignoring_case(name, TEXT("Namespace")))
        return is_property(metric->namespace, searching, wanted, is_quoted);
    for (size_t i = 0; i < metric->dimensions.len; i++)
        if (bytes_equal_ignoring_case(metric->dimensions.items[i].name, name) &&
            is_property(metric->dimensions.items[i].value, searching, wanted, is_quoted))
            return true;
    return false;
}

static bool matches_anything(const Searching *searching, Bytes wanted, bool is_quoted)
{
    const CloudwatchMetric *metric = searching->metric;
    if (has_words(searching, metric->metric_name, wanted, is_quoted) ||
        has_words(searching, metric->namespace, wanted, is_quoted))
        return true;
    for (size_t i = 0; i < metric->dimensions.len; i++)
        if (has_words(searching, metric->dimensions.items[i].name, wanted, is_quoted) ||
            has_words(searching, metric->dimensions.items[i].value, wanted, is_quoted))
            return true;
    return false;
}

static bool alternatives(Searching *searching, Bytes *text);

static bool takes_word(Bytes *text, const char *operator_)
{
    Bytes rest = *text;
    bool is_quoted;
    Bytes found = word(&rest, "()=", &is_quoted);
    if (is_quoted || !bytes_is(found, operator_))
        return false;
    *text = rest;
    return true;
}

static bool term(Searching *searching, Bytes *text)
{
    bool is_quoted, holds;
    if (++searching->depth > DEPTH_MAX)
        return searching->is_broken = true;
    if (takes_word(text, "NOT")) {
        holds = !term(searching, text);
    } else if (take(text, '(')) {
        holds = alternatives(searching, text);
        searching->is_broken |= !take(text, ')');
    } else {
        Bytes wanted = word(text, "()=", &is_quoted);
        searching->is_broken |= !wanted.len && !is_quoted;
        if (!take(text, '=')) {
            holds = matches_anything(searching, wanted, is_quoted);
        } else if (take(text, '(')) { /* InstanceId=(a OR b) is a choice of values */
            holds = false;
            do {
                Bytes value = word(text, "()", &is_quoted);
                searching->is_broken |= !value.len;
                holds |= matches_property(searching, wanted, value, is_quoted);
            } while (!searching->is_broken && takes_word(text, "OR"));
            searching->is_broken |= !take(text, ')');
        } else {
            Bytes value = word(text, "()", &is_quoted);
            holds = matches_property(searching, wanted, value, is_quoted);
        }
    }
    searching->depth--;
    return holds;
}

static bool more_terms(Bytes *text)
{
    skip_spaces(text);
    return text->len && text->ptr[0] != ')';
}

static bool all_terms(Searching *searching, Bytes *text)
{
    bool hold = term(searching, text);
    while (!searching->is_broken && more_terms(text)) {
        Bytes rest = *text;
        if (takes_word(&rest, "OR"))
            break;
        (void)takes_word(text, "AND");
        hold &= term(searching, text);
    }
    return hold;
}

static bool alternatives(Searching *searching, Bytes *text)
{
    bool hold = all_terms(searching, text);
    while (!searching->is_broken && takes_word(text, "OR"))
        hold |= all_terms(searching, text);
    return hold;
}

static bool matches(Searching *searching)
{
    Bytes text = searching->terms;
    if (!fits_schema(&searching->schema, searching->metric))
        return false;
    if (!more_terms(&text))
        return searching->schema.count > 0;
    bool holds = alternatives(searching, &text);
    searching->is_broken |= text.len > 0;
    return holds && !searching->is_broken;
}

/* Where the terms alone are wrong, no metric need be there to say so. */
static bool is_query(Searching *searching)
{
    static const CloudwatchMetric none = {{"", 0}, {"", 0}, {NULL, 0}};
    Bytes text = searching->terms;
    searching->metric = &none;
    if (more_terms(&text)) {
        (void)alternatives(searching, &text);
        searching->is_broken |= text.len > 0;
    }
    return !searching->is_broken;
}

static Series *series_of(Maths *maths, const CloudwatchMetric *metric, Bytes stat, int32_t period)
{
    CloudwatchMetric *kept = arena_new_of(maths->arena, CloudwatchMetric);
    CloudwatchMetricDataQuery *query = arena_new_of(maths->arena, CloudwatchMetricDataQuery);
    Series *series = arena_new_of(maths->arena, Series);
    Bytes label = metric->metric_name;
    for (size_t i = metric->dimensions.len; i-- > 0;)
        label = arena_text(maths->arena, BYTES_FMT " " BYTES_FMT, BYTES_ARG(metric->dimensions.items[i].value),
                           BYTES_ARG(label));
    *kept = *metric;
    query->metric_stat = arena_new_of(maths->arena, CloudwatchMetricStat);
    *query->metric_stat = (CloudwatchMetricStat){.metric = kept, .period = period, .has_period = true, .stat = stat};
    *series = (Series){.label = label, .period_s = period, .query = query};
    return series;
}

static int by_label(const void *a, const void *b)
{
    return bytes_compare((*(Series *const *)a)->label, (*(Series *const *)b)->label);
}

static void look_through(Searching *searching, MathsValue *out, Bytes stat, int32_t period)
{
    Maths *maths = searching->maths;
    int looked = 0, code;
    Statement *rows = metrics_after(maths->scope, 0);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->len == FOUND_MAX || looked++ == LOOKED_MAX) {
            statement_end(rows);
            return;
        }
        budget_work(maths->arena, ROW_STEPS);
        if (column_int64(rows, 4) < maths->scope->now_ms - RECENT_MS)
            continue;
        ArenaMark mark = arena_mark(maths->arena);
        CloudwatchMetric metric = {
            arena_copy(maths->arena, column_bytes(rows, 1)), arena_copy(maths->arena, column_bytes(rows, 2)),
            metric_dimensions_parse(maths->arena, arena_copy(maths->arena, column_bytes(rows, 3)))};
        searching->metric = &metric;
        if (matches(searching))
            out->items[out->len++] = series_of(maths, &metric, stat, period);
        else
            arena_rewind(maths->arena, mark);
    }
    maths->code = code;
}

static bool read_operands(Maths *maths, const MathsNode *node, Bytes *ret_stat, int32_t *ret_period)
{
    const MathsNode *stat = node->count > 1 ? node->first->next : NULL, *period = stat ? stat->next : NULL;
    const CloudwatchMetricDataQuery *own = &maths->queries->items[maths->at];
    Statistic parsed;
    *ret_period = own->has_period && own->period > 0 ? own->period : 300;
    if (!stat || node->count > 3 || node->first->kind != MATHS_TEXT || stat->kind != MATHS_TEXT ||
        (period && period->kind != MATHS_NUMBER) || node->first->text.len > QUERY_MAX)
        return false;
    *ret_stat = stat->text;
    if (period)
        *ret_period = period->number >= 1 && period->number <= 86400 ? (int32_t)period->number : 0;
    bool is_short = *ret_period == 1 || *ret_period == 5 || *ret_period == 10 || *ret_period == 30;
    return statistic_parse(stat->text, &parsed) && *ret_period > 0 && (is_short || *ret_period % 60 == 0);
}

MathsValue maths_search(Maths *maths, const MathsNode *node)
{
    MathsValue out = {.kind = VALUE_ARRAY, .items = arena_new_array(maths->arena, Series *, FOUND_MAX)};
    Searching searching = {.maths = maths};
    Bytes stat;
    int32_t period;
    if (!read_operands(maths, node, &stat, &period))
        return maths_fail(maths, "SEARCH needs a query of at most %d characters, a statistic, and maybe a period",
                          QUERY_MAX);
    if (!maths->call || maths->only_checks)
        return maths_fail(maths, "SEARCH is not supported in alarms");
    searching.terms = node->first->text;
    if (!read_schema(&searching.terms, &searching.schema) || !is_query(&searching))
        return maths_fail(maths, "The query of SEARCH is invalid");
    look_through(&searching, &out, stat, period);
    qsort(out.items, out.len, sizeof *out.items, by_label);
    for (size_t i = 0; i < out.len && !maths->code; i++)
        maths->code = series_read(maths->scope, out.items[i]->query->metric_stat, &maths->window, out.items[i]);
    return out;
}
