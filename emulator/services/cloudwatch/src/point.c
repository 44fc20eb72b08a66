/* point.c */
#include "point.h"
#include "row.h"
#include <math.h>
#include <stdlib.h>

#define HOUR_MS     INT64_C(3600000)
#define DAY_MS      (24 * HOUR_MS)
#define TIDIED_ONCE 4 /* rows that become coarser for each that is new: more than one, so none is left behind */

/* How long rows of a resolution are kept, and what they become then; 0: nothing. */
static const struct {
    int32_t resolution_s, next_s;
    int64_t kept_ms;
} ages[] = {{1, 60, 3 * HOUR_MS}, {60, 300, 15 * DAY_MS}, {300, 3600, 63 * DAY_MS}, {3600, 0, 455 * DAY_MS}};

static const Column place_columns[] = {
    COLUMN(DataPoint, unit),
    COLUMN(DataPoint, resolution_s),
    COLUMN(DataPoint, time_ms),
};
static const Row place = ROW(place_columns);
static const Column sum_columns[] = {
    COLUMN(DataPoint, count),
    COLUMN(DataPoint, sum),
    COLUMN(DataPoint, minimum),
    COLUMN(DataPoint, maximum),
};
static const Row sums = ROW(sum_columns);

static const Query find_point = {"SELECT count, sum, minimum, maximum, point_values FROM cloudwatch_data"
                                 " WHERE metric_id = ?1 AND unit = ?2 AND resolution_s = ?3 AND time_ms = ?4"};
static const Query put_point = {
    "INSERT OR REPLACE INTO cloudwatch_data (metric_id, unit, resolution_s, time_ms, count, sum, minimum,"
    " maximum, point_values) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
static const Query find_old = {
    "SELECT count, sum, minimum, maximum, point_values, time_ms FROM cloudwatch_data"
    " WHERE metric_id = ?1 AND unit = ?2 AND resolution_s = ?3 AND time_ms < ?4 ORDER BY time_ms LIMIT ?5"};
static const Query remove_old = {
    "DELETE FROM cloudwatch_data WHERE metric_id = ?1 AND unit = ?2 AND resolution_s = ?3 AND time_ms = ?4"};

static int by_value(const void *a, const void *b)
{
    const ValueCount *one = a, *other = b;
    return (one->value > other->value) - (one->value < other->value);
}

static void add_up_equals(Values *values)
{
    size_t kept = 0;
    for (size_t i = 1; i < values->len; i++)
        if (values->items[i].value == values->items[kept].value)
            values->items[kept].count += values->items[i].count;
        else
            values->items[++kept] = values->items[i];
    values->len = values->len ? kept + 1 : 0;
}

void values_settle(Values *values, size_t most)
{
    if (values->len > 1)
        qsort(values->items, values->len, sizeof *values->items, by_value);
    add_up_equals(values);
    while (values->len > most) {
        size_t kept = 0;
        for (size_t i = 0; i < values->len; i += 2) {
            const ValueCount *last = &values->items[i + 1 < values->len ? i + 1 : i];
            double count = values->items[i].count + (last == &values->items[i] ? 0 : last->count);
            values->items[kept++] = (ValueCount){last->value, count};
        }
        values->len = kept;
    }
}

static bool is_known(const DataPoint *point)
{
    return point->values.len || point->minimum == point->maximum;
}

static void append_values(Values *out, const DataPoint *point)
{
    if (!point->values.len)
        out->items[out->len++] = (ValueCount){point->minimum, point->count};
    else
        memcpy(&out->items[out->len], point->values.items, point->values.len * sizeof *out->items);
    out->len += point->values.len;
}

static Values joined_values(Arena *arena, const DataPoint *one, const DataPoint *other)
{
    if (!is_known(one) || !is_known(other))
        return (Values){0};
    Values values = {arena_new_array(arena, ValueCount, one->values.len + other->values.len + 2), 0};
    append_values(&values, one);
    append_values(&values, other);
    values_settle(&values, VALUES_KEPT);
    return values.len > 1 ? values : (Values){0};
}

static void add(Arena *arena, DataPoint *to, const DataPoint *more)
{
    to->values = joined_values(arena, to, more);
    to->count += more->count;
    to->sum += more->sum;
    to->minimum = fmin(to->minimum, more->minimum);
    to->maximum = fmax(to->maximum, more->maximum);
}

static int bind_place(Statement *statement, int64_t metric_id, const DataPoint *point)
{
    bind_int64(statement, 1, metric_id);
    return row_bind(statement, 2, &place, point);
}

static void read_row(Arena *arena, Statement *row, DataPoint *ret)
{
    Bytes values = arena_copy(arena, column_bytes(row, 4));
    row_read(arena, row, &sums, ret);
    ret->values =
        (Values){arena_new_array(arena, ValueCount, values.len / sizeof(ValueCount)), values.len / sizeof(ValueCount)};
    if (values.len)
        memcpy(ret->values.items, values.ptr, ret->values.len * sizeof(ValueCount));
}

static int write_row(Store *store, int64_t metric_id, const DataPoint *point)
{
    Statement *put = statement_begin(store, &put_point);
    Bytes values = {(const char *)point->values.items, point->values.len * sizeof(ValueCount)};
    int next = row_bind(put, bind_place(put, metric_id, point), &sums, point);
    bind_bytes(put, next, point->values.len ? values : (Bytes){0});
    return statement_run(put);
}

/* STORE_ROW: there was a row, which it was added to. */
static int put(Store *store, Arena *arena, int64_t metric_id, const DataPoint *point)
{
    int64_t step_ms = point->resolution_s * INT64_C(1000);
    DataPoint whole = *point, there = {0};
    whole.time_ms = point->time_ms - (point->time_ms % step_ms + step_ms) % step_ms;
    Statement *find = statement_begin(store, &find_point);
    bind_place(find, metric_id, &whole);
    int found = statement_one(find);
    if (found < 0)
        return found;
    if (found == STORE_ROW) {
        read_row(arena, find, &there);
        statement_end(find);
        add(arena, &whole, &there);
    }
    values_settle(&whole.values, VALUES_KEPT);
    if (whole.values.len == 1)
        whole.values.len = 0; /* the minimum and the maximum say as much */
    int code = write_row(store, metric_id, &whole);
    return code == STORE_OK && found == STORE_ROW ? STORE_ROW : code;
}

static int remove_row(Store *store, int64_t metric_id, const DataPoint *point)
{
    Statement *remove = statement_begin(store, &remove_old);
    bind_place(remove, metric_id, point);
    return statement_run(remove);
}

static int make_coarser(Store *store, Arena *arena, int64_t metric_id, const DataPoint *point, int32_t next_s)
{
    DataPoint coarser = *point;
    int code = remove_row(store, metric_id, point);
    if (code != STORE_OK || !next_s)
        return code;
    coarser.resolution_s = next_s;
    code = put(store, arena, metric_id, &coarser);
    return code == STORE_ROW ? STORE_OK : code;
}

/* The oldest rows of one resolution, as far as they are too old for it. */
static int tidy(Store *store, Arena *arena, int64_t metric_id, const DataPoint *border, int32_t next_s)
{
    DataPoint old[TIDIED_ONCE];
    size_t count = 0;
    int code;
    Statement *find = statement_begin(store, &find_old);
    bind_place(find, metric_id, border);
    bind_int64(find, 5, TIDIED_ONCE);
    while ((code = statement_step(find)) == STORE_ROW) {
        old[count] = *border;
        old[count].time_ms = column_int64(find, 5);
        read_row(arena, find, &old[count++]);
    }
    for (size_t i = 0; i < count && code == STORE_OK; i++)
        code = make_coarser(store, arena, metric_id, &old[i], next_s);
    return code;
}

int point_add(Store *store, Arena *arena, int64_t now_ms, int64_t metric_id, const DataPoint *point)
{
    int code = put(store, arena, metric_id, point);
    if (code != STORE_OK)
        return code == STORE_ROW ? STORE_OK : code;
    for (size_t i = 0; i < sizeof ages / sizeof *ages && code == STORE_OK; i++) {
        DataPoint border = {
            .time_ms = now_ms - ages[i].kept_ms, .unit = point->unit, .resolution_s = ages[i].resolution_s};
        code = tidy(store, arena, metric_id, &border, ages[i].next_s);
    }
    return code;
}
