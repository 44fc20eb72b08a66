/* metric_filter_take.c - data points out of events: those of a batch that are of one minute and have the same
 * dimensions become one. aws: User Guide, "Creating metrics from log events using filters". */
#include "cloudwatch.h"
#include "filters.h"
#include "map.h"

#define MINUTE_MS INT64_C(60000)

typedef struct Points {
    const Scope *scope;
    Arena *arena; /* of what is kept; the scope's is given back event by event */
    const MetricFilter *filter;
    const FilterPattern *pattern;
    Bytes names[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX], selectors[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX];
    int dimensions_count;
    Map *samples;     /* by minute and dimensions */
    bool is_constant; /* its value is no field */
    double constant;
    int64_t minute; /* of the last event; is_matched: a match was in it; sample: its, without dimensions */
    bool is_matched;
    CloudwatchSample *sample;
    Map *minutes; /* in which an event has matched */
} Points;

static void free_arena(void *arena)
{
    arena_free(arena);
}

static void read_dimensions(Points *points)
{
    Bytes rest = points->filter->dimensions;
    while (rest.len && points->dimensions_count < CLOUDWATCH_SAMPLE_DIMENSIONS_MAX) {
        points->names[points->dimensions_count] = bytes_cut(&rest, '\x1f');
        points->selectors[points->dimensions_count++] = bytes_cut(&rest, '\x1f');
    }
}

/* A constant, or what the event has. */
static bool value_of(const Points *points, FilterSubject *subject, double *ret)
{
    *ret = points->constant;
    return points->is_constant ||
           bytes_to_double(filter_pattern_value(points->pattern, subject, points->filter->metric_value), ret);
}

static CloudwatchSample *sample_of(Points *points, int64_t minute,
                                   const Bytes values[static CLOUDWATCH_SAMPLE_DIMENSIONS_MAX])
{
    Bytes key = arena_text(points->arena, "%lld", (long long)minute);
    for (int i = 0; i < points->dimensions_count; i++)
        key = arena_text(points->arena, BYTES_FMT "\x1f" BYTES_FMT, BYTES_ARG(key), BYTES_ARG(values[i]));
    CloudwatchSample *sample = map_get(points->samples, key);
    if (sample)
        return sample;
    const MetricFilter *filter = points->filter;
    sample = arena_new_of(points->arena, CloudwatchSample);
    *sample = (CloudwatchSample){.name_space = filter->metric_namespace,
                                 .name = filter->metric_name,
                                 .unit = present(filter->unit) ? filter->unit : TEXT("None"),
                                 .dimensions_count = points->dimensions_count,
                                 .time_ms = minute * MINUTE_MS};
    for (int i = 0; i < points->dimensions_count; i++) {
        sample->dimension_names[i] = points->names[i];
        sample->dimension_values[i] = arena_copy(points->arena, values[i]);
    }
    (void)map_put(points->samples, key, sample);
    return sample;
}

static void add(CloudwatchSample *sample, double value)
{
    sample->minimum = !sample->count || value < sample->minimum ? value : sample->minimum;
    sample->maximum = !sample->count || value > sample->maximum ? value : sample->maximum;
    sample->sum += value;
    sample->count++;
}

/* An event that lacks a dimension, or whose value is no number, gives no point. */
static void take_match(Points *points, FilterSubject *subject, int64_t minute)
{
    Bytes values[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX] = {{0}};
    double value;
    if (!value_of(points, subject, &value))
        return;
    if (!points->dimensions_count && points->sample) {
        add(points->sample, value);
        return;
    }
    for (int i = 0; i < points->dimensions_count; i++) {
        values[i] = bytes_utf8_prefix(filter_pattern_value(points->pattern, subject, points->selectors[i]), 1024);
        if (!values[i].len)
            return;
    }
    points->sample = sample_of(points, minute, values);
    add(points->sample, value);
}

/* The event's minute is looked at as its first 8 bytes. */
static Bytes minute_key(const int64_t *minute)
{
    return (Bytes){(const char *)minute, sizeof *minute};
}

static void take_event(Points *points, FilterSubject *subject, int64_t minute)
{
    bool is_new = minute != points->minute, matches = filter_pattern_matches(points->pattern, subject);
    if (is_new)
        points->sample = NULL;
    if (matches)
        take_match(points, subject, minute);
    if (is_new || (matches && !points->is_matched)) {
        points->is_matched = matches || map_get(points->minutes, minute_key(&minute)) == points->samples;
        (void)map_put(points->minutes, minute_key(&minute), points->is_matched ? points->samples : points->minutes);
    }
    points->minute = minute;
}

/* aws: "the value reported to the metric filter during a period when logs are ingested but no matching logs are found"
 */
static void add_defaults(Points *points)
{
    Bytes key, values[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX] = {{0}};
    void *found;
    int64_t minute;
    if (!points->filter->has_default)
        return;
    for (size_t at = 0; map_next(points->minutes, &at, &key, &found);) {
        memcpy(&minute, key.ptr, sizeof minute);
        if (found == points->minutes)
            add(sample_of(points, minute, values), points->filter->default_value);
    }
}

static int tell(Points *points, Cloudwatch *cloudwatch)
{
    Scope scope = scope_for(points->scope, cloudwatch);
    Bytes key;
    void *sample;
    int code = STORE_OK;
    for (size_t at = 0; code == STORE_OK && map_next(points->samples, &at, &key, &sample);)
        if (((CloudwatchSample *)sample)->count > 0)
            code = cloudwatch_record(&scope, sample);
    return code;
}

static bool begin(Points *points, const Scope *scope, const MetricFilter *filter)
{
    FilterPatternFault fault;
    Bytes detail;
    *points = (Points){.scope = scope, .filter = filter, .minute = -1};
    points->is_constant = *filter->metric_value.ptr != '$' && bytes_to_double(filter->metric_value, &points->constant);
    points->pattern = filter_pattern_read(scope->arena, filter->pattern, &fault, &detail);
    points->arena = arena_new();
    arena_defer(scope->arena, free_arena, points->arena);
    points->samples = map_new_in(points->arena);
    points->minutes = map_new_in(points->arena);
    read_dimensions(points);
    return points->pattern != NULL;
}

/* Its JSON and columns are read once for all filters. */
static void take_events(const Scope *scope, Points *points, size_t count, Batch batch)
{
    for (size_t i = 0; i < batch.count; i++) {
        ArenaMark mark = arena_mark(scope->arena);
        FilterSubject subject = filter_subject(scope->arena, batch.events[i].message);
        for (size_t k = 0; k < count; k++)
            take_event(&points[k], &subject, batch.events[i].timestamp / MINUTE_MS);
        arena_rewind(scope->arena, mark);
    }
}

static int read_filters(const Scope *scope, const LogGroup *group, MetricFilter *filters, size_t *ret_count)
{
    size_t count = 0;
    int code;
    Statement *rows = metric_filters_after(scope, group->id, group->name, (Bytes){0});
    while ((code = statement_step(rows)) == STORE_ROW && count < METRIC_FILTERS_MAX)
        metric_filter_read(scope->arena, rows, &filters[count++]);
    if (code == STORE_ROW)
        statement_end(rows);
    *ret_count = count;
    return code == STORE_ROW ? STORE_OK : code;
}

int metric_filters_take(const Scope *scope, const LogGroup *group, Batch batch)
{
    const Logs *logs = scope->service;
    Cloudwatch *cloudwatch = runtime_service(logs->runtime, &cloudwatch_service);
    MetricFilter filters[METRIC_FILTERS_MAX];
    Points points[METRIC_FILTERS_MAX];
    size_t filters_count = 0, count = 0;
    int code = read_filters(scope, group, filters, &filters_count);
    if (code != STORE_OK || !filters_count || !cloudwatch)
        return code;
    for (size_t i = 0; i < filters_count; i++)
        count += begin(&points[count], scope, &filters[i]);
    take_events(scope, points, count, batch);
    for (size_t i = 0; code == STORE_OK && i < count; i++) {
        add_defaults(&points[i]);
        code = tell(&points[i], cloudwatch);
    }
    return code;
}
