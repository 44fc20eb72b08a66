/* metric_stream.h - a metric stream: what it sends of which metrics, kept as the JSON of PutMetricStream's input. */
#pragma once
#include "aggregate.h"
#include "buffer.h"
#include "cloudwatch.h"
#include "cloudwatch_model.h"

typedef struct MetricStream {
    Bytes account, region, name, config;
    bool is_running;
    int64_t created_ms, updated_ms;
} MetricStream;

MUST_CHECK int metric_stream_find(const Scope *scope, Bytes name, MetricStream *ret);
MUST_CHECK int metric_stream_save(const Scope *scope, const MetricStream *stream);
MUST_CHECK int metric_stream_remove(const Scope *scope, Bytes name);
/* Those of the place behind a name, in the order of names; up to `most`. */
MUST_CHECK int metric_streams_after(const Scope *scope, Bytes name, size_t most, MetricStream **ret, size_t *ret_count);
const CloudwatchPutMetricStreamInput *metric_stream_config(Arena *arena, const MetricStream *stream);
Bytes metric_stream_arn(const Scope *scope, Bytes name);

/* metric_stream_sends.c: data that came in is noted, minute by minute, while some stream runs; when the minute is over
 * its sums are put into Firehose, and the note is gone with the same commit. So each is sent once, over kill -9 too. */
MUST_CHECK int metric_streams_note(const Scope *scope, int64_t metric_id, const DataPoint *point);
void metric_streams_open(Cloudwatch *cloudwatch);
void metric_streams_close(Cloudwatch *cloudwatch);
void metric_streams_changed(Cloudwatch *cloudwatch);

/* metric_stream_record.c: one minute of one metric, as a stream's format tells it. */
typedef struct StreamedDatum {
    Bytes name_space, name, dimensions, unit; /* dimensions: metric_dimensions_text */
    int64_t time_ms;
    const Bucket *bucket;
} StreamedDatum;
bool metric_stream_wants(const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum);
/* A line of JSON, or a message that its length stands before. */
void metric_stream_tell(const Scope *scope, const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum,
                        Buffer *out);
