/* metrics.h - what the service measures of its streams, shards and consumers, minute by minute, for CloudWatch.
 *
 * aws: Developer Guide, "Monitor the Kinesis Data Streams service with Amazon CloudWatch". */
#pragma once
#include "shard.h"

typedef enum MetricId {
    METRIC_GET_RECORDS_BYTES,
    METRIC_GET_RECORDS_AGE,
    METRIC_GET_RECORDS_LATENCY,
    METRIC_GET_RECORDS_RECORDS,
    METRIC_GET_RECORDS_SUCCESS,
    METRIC_INCOMING_BYTES,
    METRIC_INCOMING_RECORDS,
    METRIC_PUT_RECORD_BYTES,
    METRIC_PUT_RECORD_LATENCY,
    METRIC_PUT_RECORD_SUCCESS,
    METRIC_PUT_RECORDS_BYTES,
    METRIC_PUT_RECORDS_LATENCY,
    METRIC_PUT_RECORDS_SUCCESS,
    METRIC_PUT_RECORDS_TOTAL,
    METRIC_PUT_RECORDS_SUCCESSFUL,
    METRIC_PUT_RECORDS_FAILED,
    METRIC_PUT_RECORDS_THROTTLED,
    METRIC_READ_EXCEEDED,
    METRIC_WRITE_EXCEEDED,
    METRIC_SUBSCRIBE_SUCCESS, /* these of a consumer */
    METRIC_EVENT_BYTES,
    METRIC_EVENT_BEHIND,
    METRIC_EVENT_RECORDS,
    METRIC_EVENT_SUCCESS,
    METRIC_SHARD_AGE, /* these of a shard only, where the stream has them enabled */
    METRIC_OUTGOING_BYTES,
    METRIC_OUTGOING_RECORDS,
    METRICS
} MetricId;

void metrics_open(Kinesis *kinesis); /* kinesis->meters */

void metric_of_stream(Kinesis *kinesis, Stream *stream, MetricId id, double value);
/* Counts where enhanced monitoring has it. */
void metric_of_shard(Kinesis *kinesis, Shard *shard, MetricId id, double value);
typedef struct MeterOfConsumer {
    MeterRef ref;
    char name[129]; /* of the consumer; a NUL follows */
} MeterOfConsumer;
void metric_of_consumer(Kinesis *kinesis, const Stream *stream, MeterOfConsumer *consumer, MetricId id, double value);
