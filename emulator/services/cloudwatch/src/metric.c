/* metric.c */
#include "metric.h"
#include "row.h"
#include <stdlib.h>

#define NAME_END  '\x1f'
#define VALUE_END '\x1e'

#define KEPT_MS        (INT64_C(455) * 24 * 3600 * 1000) /* aws: 15 months after their last data */
#define FORGOTTEN_ONCE 2                                 /* metrics looked at for each that is new */

static const Column columns[] = {
    COLUMN(Metric, account), COLUMN(Metric, region),     COLUMN_AS("namespace", Metric, name_space),
    COLUMN(Metric, name),    COLUMN(Metric, dimensions), COLUMN(Metric, last_ms),
};
static const Row metric_name = {columns, 5}, new_metric = ROW(columns);

static const Query find_metric = {"SELECT id, last_ms FROM cloudwatch_metric WHERE account = ?1 AND region = ?2"
                                  " AND namespace = ?3 AND name = ?4 AND dimensions = ?5"};
static const Query insert_metric = {
    "INSERT INTO cloudwatch_metric (account, region, namespace, name, dimensions, last_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query touch_metric = {"UPDATE cloudwatch_metric SET last_ms = ?2 WHERE id = ?1"};
static const Query next_metrics = {"SELECT id, namespace, name, dimensions, last_ms FROM cloudwatch_metric"
                                   " WHERE id > ?3 AND +account = ?1 AND +region = ?2 ORDER BY id"};
static const Query some_metrics = {"SELECT id, last_ms FROM cloudwatch_metric WHERE id > ?1 ORDER BY id LIMIT ?2"};
static const Query remove_points = {"DELETE FROM cloudwatch_data WHERE metric_id = ?1"};
static const Query remove_metric = {"DELETE FROM cloudwatch_metric WHERE id = ?1"};

static int by_name(const void *a, const void *b)
{
    const CloudwatchDimension *one = a, *other = b;
    int order = bytes_compare(one->name, other->name);
    return order ? order : bytes_compare(one->value, other->value);
}

static char *append(char *out, Bytes text, char end)
{
    if (text.len)
        memcpy(out, text.ptr, text.len);
    out[text.len] = end;
    return out + text.len + 1;
}

Bytes metric_dimensions_text(Arena *arena, const CloudwatchDimensions *dimensions)
{
    CloudwatchDimension *sorted = arena_new_array(arena, CloudwatchDimension, dimensions->len);
    size_t len = 0;
    if (dimensions->len)
        memcpy(sorted, dimensions->items, dimensions->len * sizeof *sorted);
    qsort(sorted, dimensions->len, sizeof *sorted, by_name);
    for (size_t i = 0; i < dimensions->len; i++)
        len += sorted[i].name.len + sorted[i].value.len + 2;
    char *text = arena_take_raw(arena, len + 1), *out = text;
    for (size_t i = 0; i < dimensions->len; i++) {
        out = append(out, sorted[i].name, NAME_END);
        out = append(out, sorted[i].value, VALUE_END);
    }
    return (Bytes){text, len};
}

CloudwatchDimensions metric_dimensions_parse(Arena *arena, Bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == VALUE_END;
    CloudwatchDimensions dimensions = {arena_new_array(arena, CloudwatchDimension, count), count};
    for (size_t i = 0; i < count; i++) {
        Bytes value = bytes_cut(&text, VALUE_END);
        dimensions.items[i].name = bytes_cut(&value, NAME_END);
        dimensions.items[i].value = value;
    }
    return dimensions;
}

static int find(Store *store, const Metric *metric, int64_t *ret_id, int64_t *ret_last_ms)
{
    Statement *find = statement_begin(store, &find_metric);
    row_bind(find, 1, &metric_name, metric);
    int code = statement_one(find);
    if (code != STORE_ROW)
        return code;
    *ret_id = column_int64(find, 0);
    *ret_last_ms = column_int64(find, 1);
    statement_end(find);
    return STORE_OK;
}

int metric_find(Store *store, const Metric *metric, int64_t *ret_id)
{
    int64_t last_ms;
    return find(store, metric, ret_id, &last_ms);
}

/* Looks at a few of the metrics that are there, others each time: so in the end at each. */
static int forget_old(Store *store, int64_t new_id, int64_t now_ms)
{
    int64_t old[FORGOTTEN_ONCE];
    int count = 0, code;
    Statement *some = statement_begin(store, &some_metrics);
    bind_int64(some, 1, (int64_t)((uint64_t)new_id * UINT64_C(11400714819323198485) % (uint64_t)new_id));
    bind_int64(some, 2, FORGOTTEN_ONCE);
    while ((code = statement_step(some)) == STORE_ROW)
        if (column_int64(some, 1) < now_ms - KEPT_MS)
            old[count++] = column_int64(some, 0);
    for (int i = 0; i < count && code == STORE_OK; i++) {
        code = query_run_with(store, &remove_points, old[i]);
        code = code == STORE_OK ? query_run_with(store, &remove_metric, old[i]) : code;
    }
    return code;
}

static int make(Store *store, const Metric *metric, int64_t now_ms, int64_t *ret_id)
{
    Statement *insert = statement_begin(store, &insert_metric);
    row_bind(insert, 1, &new_metric, metric);
    int code = statement_run(insert);
    *ret_id = store_last_rowid(store);
    return code == STORE_OK ? forget_old(store, *ret_id, now_ms) : code;
}

int metric_touch(Store *store, const Metric *metric, int64_t now_ms, int64_t *ret_id)
{
    int64_t last_ms;
    int code = find(store, metric, ret_id, &last_ms);
    if (code == STORE_NOT_FOUND)
        return make(store, metric, now_ms, ret_id);
    if (code != STORE_OK || last_ms >= metric->last_ms)
        return code;
    Statement *touch = statement_begin(store, &touch_metric);
    bind_int64(touch, 1, *ret_id);
    bind_int64(touch, 2, metric->last_ms);
    return statement_run(touch);
}

Statement *metrics_after(const Scope *scope, int64_t after_id)
{
    Statement *next = statement_begin(scope->store, &next_metrics);
    bind_text(next, 1, scope->account);
    bind_text(next, 2, scope->region);
    bind_int64(next, 3, after_id);
    return next;
}
