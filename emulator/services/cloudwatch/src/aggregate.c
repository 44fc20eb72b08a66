/* aggregate.c - rows are read in the order of time, whatever their resolution, and a bucket is told when it is whole:
 * so one bucket is all that is held. */
#include "aggregate.h"
#include "budget.h"
#include <math.h>
#include <stdlib.h>

#define SECOND_MS     INT64_C(1000)
#define MINUTE_MS     INT64_C(60000)
#define DAY_MS        INT64_C(86400000)
#define VALUES_MAX    4096 /* of a bucket; beyond it they are settled */
#define VALUES_OF_ROW 8    /* values cost as much as a row without any */
#define ROW_STEPS     20   /* of work, to read one */

#define ROWS_OF(resolution)                                                                                            \
    "SELECT time_ms, count, sum, minimum, maximum, point_values FROM cloudwatch_data WHERE metric_id = ?1"             \
    " AND unit = ?2 AND resolution_s = " #resolution " AND time_ms >= ?3 AND time_ms < ?4"
#define ROWS ROWS_OF(1) " UNION ALL " ROWS_OF(60) " UNION ALL " ROWS_OF(300) " UNION ALL " ROWS_OF(3600)
static const Query list_ascending = {ROWS " ORDER BY time_ms"};
static const Query list_descending = {ROWS " ORDER BY time_ms DESC"};
static const Query next_unit = {"SELECT min(unit) FROM cloudwatch_data WHERE metric_id = ?1 AND unit > ?2"};
static const Query has_rows = {"SELECT EXISTS (" ROWS_OF(1) ") OR EXISTS (" ROWS_OF(60) ") OR EXISTS (" ROWS_OF(
    300) ") OR EXISTS (" ROWS_OF(3600) ")"};

Values *values_room(Arena *arena)
{
    Values *values = arena_new_of(arena, Values);
    values->items = arena_new_array(arena, ValueCount, VALUES_MAX + VALUES_KEPT + 1);
    return values;
}

/* While it is added up. */
typedef struct Growing {
    Arena *arena;
    const AggregateQuery *query;
    Bucket bucket;
    bool is_empty, lacks_values;
    uint64_t *rows;
} Growing;

static void add_values(Growing *growing, Statement *row)
{
    Values *values = growing->query->values;
    Bytes told = column_is_null(row, 5) ? (Bytes){0} : column_bytes(row, 5);
    size_t count = told.len / sizeof(ValueCount);
    if (!values || growing->lacks_values)
        return;
    if (count && count <= VALUES_KEPT)
        memcpy(&values->items[values->len], told.ptr, count * sizeof(ValueCount));
    else if (column_double(row, 3) == column_double(row, 4))
        values->items[values->len] = (ValueCount){column_double(row, 3), column_double(row, 1)}, count = 1;
    else
        growing->lacks_values = true;
    values->len += growing->lacks_values ? 0 : count;
    budget_work(growing->arena, count);
    *growing->rows += count / VALUES_OF_ROW;
    if (values->len > VALUES_MAX)
        values_settle(values, VALUES_MAX / 2);
}

static void add_row(Growing *growing, Statement *row)
{
    Bucket *bucket = &growing->bucket;
    double least = column_double(row, 3), most = column_double(row, 4);
    bucket->minimum = growing->is_empty ? least : fmin(bucket->minimum, least);
    bucket->maximum = growing->is_empty ? most : fmax(bucket->maximum, most);
    bucket->count += column_double(row, 1);
    bucket->sum += column_double(row, 2);
    growing->is_empty = false;
    add_values(growing, row);
}

static void begin_bucket(Growing *growing, int64_t start_ms)
{
    growing->bucket = (Bucket){.start_ms = start_ms};
    growing->is_empty = true;
    growing->lacks_values = false;
    if (growing->query->values)
        growing->query->values->len = 0;
}

static bool tell_bucket(Growing *growing)
{
    Values *values = growing->query->values;
    if (growing->is_empty)
        return true;
    if (values && !growing->lacks_values) {
        values_settle(values, VALUES_MAX);
        growing->bucket.values = *values;
    }
    return growing->query->take(growing->query->context, &growing->bucket);
}

static int64_t bucket_start(const AggregateQuery *query, int64_t time_ms)
{
    int64_t period_ms = query->period_s * SECOND_MS, since_ms = time_ms - query->origin_ms;
    return query->origin_ms + since_ms / period_ms * period_ms - (since_ms % period_ms < 0 ? period_ms : 0);
}

static Statement *begin_rows(Store *store, const Query *sql, const AggregateQuery *query)
{
    Statement *rows = statement_begin(store, sql);
    bind_int64(rows, 1, query->metric_id);
    bind_text(rows, 2, query->unit);
    bind_int64(rows, 3, query->start_ms);
    bind_int64(rows, 4, query->end_ms);
    return rows;
}

int aggregate(Store *store, Arena *arena, const AggregateQuery *query, uint64_t *rows)
{
    Growing growing = {.arena = arena, .query = query, .is_empty = true, .rows = rows};
    Statement *list = begin_rows(store, query->is_descending ? &list_descending : &list_ascending, query);
    bool goes_on = true;
    int code;
    while (goes_on && (code = statement_step(list)) == STORE_ROW) {
        int64_t start_ms = bucket_start(query, column_int64(list, 0));
        budget_work(arena, ROW_STEPS);
        ++*rows;
        if (growing.is_empty || start_ms != growing.bucket.start_ms) {
            goes_on = tell_bucket(&growing);
            begin_bucket(&growing, start_ms);
        }
        if (goes_on)
            add_row(&growing, list);
    }
    if (!goes_on)
        return statement_end(list), STORE_OK;
    (void)(code == STORE_OK && tell_bucket(&growing));
    return code;
}

int metric_units(Store *store, Arena *arena, const AggregateQuery *query, Units *ret)
{
    AggregateQuery one = *query;
    int code = STORE_OK;
    ret->len = 0;
    if (present(query->unit))
        return ret->items[ret->len++] = query->unit, STORE_OK;
    for (one.unit = TEXT(""); ret->len < UNITS_MAX;) {
        Statement *next = statement_begin(store, &next_unit);
        bind_int64(next, 1, query->metric_id);
        bind_text(next, 2, one.unit);
        if ((code = statement_one(next)) != STORE_ROW)
            break;
        bool is_last = column_is_null(next, 0);
        one.unit = is_last ? one.unit : arena_copy(arena, column_bytes(next, 0));
        statement_end(next);
        Statement *has = is_last ? NULL : begin_rows(store, &has_rows, &one);
        if (is_last || (code = statement_one(has)) != STORE_ROW)
            break;
        if (column_int64(has, 0))
            ret->items[ret->len++] = one.unit;
        statement_end(has);
    }
    return code == STORE_ROW ? STORE_OK : code;
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
