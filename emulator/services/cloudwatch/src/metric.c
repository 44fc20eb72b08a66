/* metric.c */
#include "metric.h"
#include "buffer.h"
#include <stdlib.h>

#define NAME_END  '\x1f'
#define VALUE_END '\x1e'

static const Query upsert_metric = {"INSERT INTO cloudwatch_metric (account, region, namespace, name, dimensions, "
                                    "last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                                    " ON CONFLICT (account, region, namespace, name, dimensions) DO UPDATE SET last_ms "
                                    "= max(last_ms, excluded.last_ms) RETURNING id"};
static const Query insert_point = {
    "INSERT INTO cloudwatch_point (metric_id, time_ms, unit, resolution_s, count, sum, minimum, maximum, point_values)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
static const Query next_metric = {
    "SELECT id, namespace, name, dimensions, last_ms FROM cloudwatch_metric WHERE id > ?3 AND account = ?1 AND region "
    "= ?2"
    " AND (?4 IS NULL OR namespace = ?4) AND (?5 IS NULL OR name = ?5) AND last_ms >= ?6 ORDER BY id LIMIT 1"};

static int by_name(const void *a, const void *b)
{
    const CloudwatchDimension *one = a, *other = b;
    int order = bytes_compare(one->name, other->name);
    return order ? order : bytes_compare(one->value, other->value);
}

Bytes metric_dimensions_text(Arena *arena, const CloudwatchDimensions *dimensions)
{
    CloudwatchDimension *sorted = arena_new_array(arena, CloudwatchDimension, dimensions->len);
    Buffer text = {0};
    if (dimensions->len)
        memcpy(sorted, dimensions->items, dimensions->len * sizeof *sorted);
    qsort(sorted, dimensions->len, sizeof *sorted, by_name);
    for (size_t i = 0; i < dimensions->len; i++) {
        buffer_append(&text, sorted[i].name);
        buffer_append_char(&text, NAME_END);
        buffer_append(&text, sorted[i].value);
        buffer_append_char(&text, VALUE_END);
    }
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
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

int metric_touch(Store *store, const Metric *metric, int64_t *ret_id)
{
    Statement *upsert = store_begin(store, &upsert_metric);
    bind_text(upsert, 1, metric->account);
    bind_text(upsert, 2, metric->region);
    bind_text(upsert, 3, metric->name_space);
    bind_text(upsert, 4, metric->name);
    bind_text(upsert, 5, metric->dimensions);
    bind_int64(upsert, 6, metric->last_ms);
    int code = store_one(upsert);
    if (code != STORE_ROW)
        return STORE_BROKEN;
    *ret_id = column_int64(upsert, 0);
    store_end(upsert);
    return STORE_OK;
}

int metric_add_point(Store *store, int64_t id, const DataPoint *point)
{
    Statement *insert = store_begin(store, &insert_point);
    bind_int64(insert, 1, id);
    bind_int64(insert, 2, point->time_ms);
    bind_text(insert, 3, point->unit);
    bind_int64(insert, 4, point->resolution_s);
    bind_double(insert, 5, point->count);
    bind_double(insert, 6, point->sum);
    bind_double(insert, 7, point->minimum);
    bind_double(insert, 8, point->maximum);
    bind_bytes(insert, 9, point->values);
    return store_run(insert);
}

int metric_next(Call *call, const MetricFilter *filter, Metric *ret_metric)
{
    Statement *next = store_begin(call->store, &next_metric);
    bind_text(next, 1, call->account);
    bind_text(next, 2, call->region);
    bind_int64(next, 3, filter->after_id);
    bind_text(next, 4, filter->name_space);
    bind_text(next, 5, filter->name);
    bind_int64(next, 6, filter->active_since_ms);
    int code = store_one(next);
    if (code != STORE_ROW)
        return code;
    *ret_metric = (Metric){
        .id = column_int64(next, 0),
        .account = call->account,
        .region = call->region,
        .name_space = arena_copy(call->arena, column_bytes(next, 1)),
        .name = arena_copy(call->arena, column_bytes(next, 2)),
        .dimensions = arena_copy(call->arena, column_bytes(next, 3)),
        .last_ms = column_int64(next, 4),
    };
    store_end(next);
    return STORE_ROW;
}
