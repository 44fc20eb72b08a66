/* metric_stream.c */
#include "metric_stream.h"
#include "alarm.h"
#include "row.h"

static const Column columns[] = {
    COLUMN(MetricStream, account),    COLUMN(MetricStream, region),     COLUMN(MetricStream, name),
    COLUMN(MetricStream, config),     COLUMN(MetricStream, is_running), COLUMN(MetricStream, created_ms),
    COLUMN(MetricStream, updated_ms),
};
static const Row stream_row = ROW(columns);

#define COLUMNS "account, region, name, config, is_running, created_ms, updated_ms"
static const Query find = {"SELECT " COLUMNS
                           " FROM cloudwatch_stream WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query after = {"SELECT " COLUMNS " FROM cloudwatch_stream WHERE account = ?1 AND region = ?2 AND name > ?3"
                            " ORDER BY name LIMIT ?4"};
static const Query save = {"INSERT OR REPLACE INTO cloudwatch_stream (" COLUMNS
                           ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query remove_one = {"DELETE FROM cloudwatch_stream WHERE account = ?1 AND region = ?2 AND name = ?3"};

static Statement *begin(const Scope *scope, const Query *query, Bytes name)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_text(statement, 1, scope->account);
    bind_text(statement, 2, scope->region);
    bind_text(statement, 3, name);
    return statement;
}

int metric_stream_find(const Scope *scope, Bytes name, MetricStream *ret)
{
    return row_one(scope->arena, begin(scope, &find, name), &stream_row, ret);
}

int metric_stream_save(const Scope *scope, const MetricStream *stream)
{
    Statement *row = statement_begin(scope->store, &save);
    row_bind(row, 1, &stream_row, stream);
    return statement_run(row);
}

int metric_stream_remove(const Scope *scope, Bytes name)
{
    return statement_run(begin(scope, &remove_one, name));
}

int metric_streams_after(const Scope *scope, Bytes name, size_t most, MetricStream **ret, size_t *ret_count)
{
    MetricStream *streams = arena_new_array(scope->arena, MetricStream, most);
    Statement *row = begin(scope, &after, name);
    size_t count = 0;
    int code;
    bind_int64(row, 4, (int64_t)most);
    while ((code = statement_step(row)) == STORE_ROW)
        row_read(scope->arena, row, &stream_row, &streams[count++]);
    *ret = streams;
    *ret_count = count;
    return code;
}

const CloudwatchPutMetricStreamInput *metric_stream_config(Arena *arena, const MetricStream *stream)
{
    CloudwatchPutMetricStreamInput *config = arena_new_of(arena, CloudwatchPutMetricStreamInput);
    kept_read(arena, stream->config, &CLOUDWATCH_SHAPE_PUT_METRIC_STREAM_INPUT, config);
    return config;
}

Bytes metric_stream_arn(const Scope *scope, Bytes name)
{
    return arn_text(scope->arena, "cloudwatch", scope->region, scope->account,
                    arena_text(scope->arena, "metric-stream/" BYTES_FMT, BYTES_ARG(name)));
}
