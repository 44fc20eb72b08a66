#include "aggregate.h"
#include "buffer.h"
#include <math.h>
#include <stdlib.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define DAY_MS    INT64_C(86400000)

static const Query find_metric = {
    "SELECT id FROM cloudwatch_metric WHERE account = ?1 AND region = ?2 AND namespace = ?3"
    " AND name = ?4 AND dimensions = ?5"};
static const Query list_points = {
    "SELECT time_ms, unit, count, sum, minimum, maximum, point_values FROM cloudwatch_point"
    " WHERE metric_id = ?1 AND time_ms >= ?2 AND time_ms < ?3 AND (?4 IS NULL OR unit = ?4) ORDER BY time_ms, unit"};

/* While it is added up. */
typedef struct Growing {
    Bucket bucket;
    Buffer values;
    bool lacks_values;
} Growing;

static int find(Store *store, const Metric *metric, int64_t *ret_id)
{
    Statement *find = store_begin(store, &find_metric);
    bind_text(find, 1, metric->account);
    bind_text(find, 2, metric->region);
    bind_text(find, 3, metric->name_space);
    bind_text(find, 4, metric->name);
    bind_text(find, 5, metric->dimensions);
    int code = store_one(find);
    if (code != STORE_ROW)
        return code;
    *ret_id = column_int64(find, 0);
    store_end(find);
    return STORE_OK;
}

static void add_values(Growing *growing, Statement *row)
{
    struct ValueCount one = {column_double(row, 4), column_double(row, 2)};
    Bytes values = column_is_null(row, 6) ? (Bytes){0} : column_bytes(row, 6);
    if (present(values) && values.len)
        buffer_append(&growing->values, values);
    else if (column_double(row, 4) == column_double(row, 5))
        buffer_append(&growing->values, (Bytes){(const char *)&one, sizeof one});
    else
        growing->lacks_values = true;
}

static void add_point(Growing *growing, Statement *row)
{
    Bucket *bucket = &growing->bucket;
    bool is_first = bucket->count == 0;
    bucket->minimum = is_first ? column_double(row, 4) : fmin(bucket->minimum, column_double(row, 4));
    bucket->maximum = is_first ? column_double(row, 5) : fmax(bucket->maximum, column_double(row, 5));
    bucket->count += column_double(row, 2);
    bucket->sum += column_double(row, 3);
    add_values(growing, row);
}

static int by_value(const void *a, const void *b)
{
    const struct ValueCount *one = a, *other = b;
    return (one->value > other->value) - (one->value < other->value);
}

/* The bucket of this time and unit: among the last ones, or a new one at the end. */
static Growing *bucket_for(Buffer *buckets, Arena *arena, int64_t start_ms, Bytes unit)
{
    size_t count = buckets->len / sizeof(Growing);
    Growing *all = (Growing *)(void *)buckets->ptr;
    for (size_t i = count; i-- > 0 && all[i].bucket.start_ms == start_ms;)
        if (bytes_equal(all[i].bucket.unit, unit))
            return &all[i];
    Growing fresh = {.bucket = {.start_ms = start_ms, .unit = arena_copy(arena, unit)}};
    buffer_append(buckets, (Bytes){(const char *)&fresh, sizeof fresh});
    return &((Growing *)(void *)buckets->ptr)[count];
}

static int by_time_and_unit(const void *a, const void *b)
{
    const Bucket *one = a, *other = b;
    if (one->start_ms != other->start_ms)
        return one->start_ms < other->start_ms ? -1 : 1;
    return bytes_compare(one->unit, other->unit);
}

static Buckets finish(Arena *arena, Buffer *growing)
{
    size_t count = growing->len / sizeof(Growing);
    Growing *all = (Growing *)(void *)growing->ptr;
    Buckets buckets = {arena_new_array(arena, Bucket, count + 1), count};
    for (size_t i = 0; i < count; i++) {
        Bucket *bucket = &buckets.items[i];
        *bucket = all[i].bucket;
        if (!all[i].lacks_values) {
            bucket->values_count = all[i].values.len / sizeof *bucket->values;
            bucket->values = arena_new_array(arena, struct ValueCount, bucket->values_count + 1);
            if (bucket->values_count)
                memcpy(bucket->values, all[i].values.ptr, all[i].values.len);
            qsort(bucket->values, bucket->values_count, sizeof *bucket->values, by_value);
        }
        buffer_done(&all[i].values);
    }
    qsort(buckets.items, count, sizeof *buckets.items, by_time_and_unit);
    buffer_done(growing);
    return buckets;
}

static int64_t bucket_start(const AggregateQuery *query, int64_t time_ms)
{
    int64_t period_ms = query->period_s * SECOND_MS, since_ms = time_ms - query->origin_ms;
    return query->origin_ms + since_ms / period_ms * period_ms - (since_ms % period_ms < 0 ? period_ms : 0);
}

int aggregate(Store *store, Arena *arena, const AggregateQuery *query, Buckets *ret)
{
    Buffer growing = {0};
    int64_t id;
    *ret = (Buckets){0};
    int code = find(store, query->metric, &id);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    Statement *list = store_begin(store, &list_points);
    bind_int64(list, 1, id);
    bind_int64(list, 2, query->start_ms);
    bind_int64(list, 3, query->end_ms);
    bind_text(list, 4, query->unit);
    while ((code = store_step(list)) == STORE_ROW)
        add_point(bucket_for(&growing, arena, bucket_start(query, column_int64(list, 0)), column_bytes(list, 1)), list);
    *ret = finish(arena, &growing);
    return code;
}

bool statistic_parse(Bytes text, Statistic *ret)
{
    static const char *const names[] = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"};
    char number[16];
    char *end;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_is(text, names[i])) {
            *ret = (Statistic){.kind = (StatisticKind)i};
            return true;
        }
    if (text.len < 2 || text.len > sizeof number || text.ptr[0] != 'p' || text.ptr[1] < '0' || text.ptr[1] > '9')
        return false;
    memcpy(number, text.ptr + 1, text.len - 1);
    number[text.len - 1] = '\0';
    *ret = (Statistic){STATISTIC_PERCENTILE, strtod(number, &end)};
    return !*end && ret->percentile <= 100;
}

/* The smallest value that so many percent of the samples do not exceed. */
static double percentile(const Bucket *bucket, double percent)
{
    double wanted = bucket->count * percent / 100, seen = 0;
    for (size_t i = 0; i < bucket->values_count; i++) {
        seen += bucket->values[i].count;
        if (seen >= wanted)
            return bucket->values[i].value;
    }
    return bucket->maximum;
}

bool bucket_statistic(const Bucket *bucket, const Statistic *statistic, double *ret)
{
    switch (statistic->kind) {
    case STATISTIC_SAMPLE_COUNT:
        *ret = bucket->count;
        return true;
    case STATISTIC_AVERAGE:
        *ret = bucket->count > 0 ? bucket->sum / bucket->count : 0;
        return true;
    case STATISTIC_SUM:
        *ret = bucket->sum;
        return true;
    case STATISTIC_MINIMUM:
        *ret = bucket->minimum;
        return true;
    case STATISTIC_MAXIMUM:
        *ret = bucket->maximum;
        return true;
    case STATISTIC_PERCENTILE:
        break;
    }
    *ret = percentile(bucket, statistic->percentile);
    return bucket->values != NULL;
}

int64_t aggregate_round_start(int64_t start_ms, int32_t period_s, int64_t now_ms)
{
    int64_t age_ms = now_ms - start_ms, step_ms = MINUTE_MS;
    if (age_ms > 63 * DAY_MS)
        step_ms = 60 * MINUTE_MS;
    else if (age_ms > 15 * DAY_MS)
        step_ms = 5 * MINUTE_MS;
    else if (period_s < 60)
        step_ms = period_s * SECOND_MS;
    return start_ms / step_ms * step_ms;
}

Status aggregate_check_period(Call *call, const char *member, int32_t period_s)
{
    bool is_short = period_s == 1 || period_s == 5 || period_s == 10 || period_s == 30;
    if (is_short || (period_s > 0 && period_s % 60 == 0))
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "The parameter %s must be 1, 5, 10, 30 or a multiple of 60.",
                member);
}

Status aggregate_check_span(Call *call, int64_t start_ms, int64_t end_ms)
{
    if (start_ms < end_ms)
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                "The parameter StartTime must be less than the parameter EndTime.");
}
