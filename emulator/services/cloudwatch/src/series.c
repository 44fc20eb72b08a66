/* series.c */
#include "series.h"

typedef struct Reading {
    Arena *arena;
    const Window *window;
    Series *series;
    Statistic statistic;
} Reading;

static void make_room(Arena *arena, Series *series)
{
    size_t bytes = series->len * sizeof(double), wanted = series->capacity ? series->capacity * 2 : 16;
    if (series->len < series->capacity)
        return;
    series->times = arena_grown(arena, series->times, bytes, wanted * sizeof *series->times);
    series->values = arena_grown(arena, series->values, bytes, wanted * sizeof *series->values);
    if (series->counts)
        series->counts = arena_grown(arena, series->counts, bytes, wanted * sizeof *series->counts);
    series->capacity = wanted;
}

void series_add(Arena *arena, Series *series, int64_t time_ms, double value)
{
    make_room(arena, series);
    series->times[series->len] = time_ms;
    series->values[series->len++] = value;
}

static bool take(void *context, const Bucket *bucket)
{
    Reading *reading = context;
    double value;
    if (!bucket_statistic(bucket, &reading->statistic, &value))
        return true;
    if (reading->window->room && !(*reading->window->room)--)
        return *reading->window->room = 0, false;
    series_add(reading->arena, reading->series, bucket->start_ms, value);
    if (reading->series->counts)
        reading->series->counts[reading->series->len - 1] = bucket->count;
    return true;
}

static Bytes names_of(Arena *arena, const Units *units)
{
    Bytes names = units->items[0];
    for (size_t i = 1; i < units->len; i++)
        names = arena_text(arena, BYTES_FMT ", " BYTES_FMT, BYTES_ARG(names), BYTES_ARG(units->items[i]));
    return names;
}

int series_read(const Scope *scope, const CloudwatchMetricStat *stat, const Window *window, Series *ret)
{
    Reading reading = {.arena = scope->arena, .window = window, .series = ret};
    AggregateQuery query = {.start_ms = window->start_ms,
                            .end_ms = window->end_ms,
                            .origin_ms = window->origin_ms,
                            .period_s = stat->period,
                            .unit = stat->unit,
                            .take = take,
                            .context = &reading};
    Metric metric = {.account = scope->account,
                     .region = scope->region,
                     .name_space = stat->metric->namespace,
                     .name = stat->metric->metric_name,
                     .dimensions = metric_dimensions_text(scope->arena, &stat->metric->dimensions)};
    Units units;
    uint64_t rows = 0;
    if (!statistic_parse(stat->stat, &reading.statistic))
        return STORE_OK;
    if (statistic_needs_values(&reading.statistic))
        query.values = values_room(scope->arena);
    ret->period_s = stat->period;
    if (window->has_counts)
        ret->counts = arena_new_of(scope->arena, double);
    int code = metric_find(scope->store, &metric, &query.metric_id);
    if (code == STORE_OK)
        code = metric_units(scope->store, scope->arena, &query, &units);
    if (code != STORE_OK || !units.len)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    if (units.len > 1)
        ret->units = names_of(scope->arena, &units);
    query.unit = ret->unit = units.items[0];
    return aggregate(scope->store, scope->arena, &query, window->rows ? window->rows : &rows);
}
