/* metrics.h - what CloudWatch is told of delivery streams, in AWS/Firehose, minute by minute of the emulator's clock.
 * aws: Developer Guide, "Monitor Amazon Data Firehose using CloudWatch metrics". */
#pragma once
#include "deliveries.h"

typedef enum MetricId {
    METRIC_INCOMING_BYTES,
    METRIC_INCOMING_RECORDS,
    METRIC_INCOMING_REQUESTS,
    METRIC_LIMIT_BYTES,
    METRIC_LIMIT_RECORDS,
    METRIC_LIMIT_REQUESTS,
    METRIC_DESCRIBE_REQUESTS,
    METRIC_DESCRIBE_LATENCY,
    METRIC_UPDATE_REQUESTS,
    METRIC_UPDATE_LATENCY,
    METRIC_PUT_BYTES,
    METRIC_PUT_REQUESTS,
    METRIC_PUT_LATENCY,
    METRIC_BATCH_BYTES,
    METRIC_BATCH_RECORDS,
    METRIC_BATCH_REQUESTS,
    METRIC_BATCH_LATENCY,
    METRIC_S3_BYTES,
    METRIC_S3_RECORDS,
    METRIC_S3_SUCCESS,
    METRIC_S3_FRESHNESS,
    METRIC_ENDPOINT_BYTES,
    METRIC_ENDPOINT_RECORDS,
    METRIC_ENDPOINT_SUCCESS,
    METRIC_ENDPOINT_FRESHNESS,
    METRIC_ENDPOINT_PROCESSED_BYTES,
    METRIC_ENDPOINT_PROCESSED_RECORDS,
    METRIC_S3_OBJECTS,
    METRIC_PARTITIONS,
    METRIC_PARTITIONS_EXCEEDED,
    METRIC_PARTITIONS_LIMIT,
    METRIC_QUERY_DURATION,
    METRIC_CONVERTED_BYTES,
    METRIC_CONVERTED_RECORDS,
    METRIC_UNCONVERTED_BYTES,
    METRIC_UNCONVERTED_RECORDS,
    METRIC_COPY_BYTES,
    METRIC_COPY_RECORDS,
    METRIC_COPY_SUCCESS,
    METRIC_COPY_FRESHNESS,
    METRIC_SOURCE_BYTES,
    METRIC_SOURCE_RECORDS,
    METRIC_SOURCE_BEHIND,
    METRICS
} MetricId;

/* Counted when the turn is committed. */
void delivery_metric(Firehose *firehose, const DeliveryStream *stream, MetricId id, double value);
void delivery_metrics_of(Firehose *firehose, const Delivery *delivery, int64_t now_ms);
/* Of an operation on the stream: how often, and how long it took; latency is the metric behind requests. */
void request_metrics(Call *call, const DeliveryStream *stream, MetricId requests);
/* Of a put: what came, and what AWS would take in a second. */
void incoming_metrics(Call *call, const DeliveryStream *stream, size_t records, size_t bytes);
void delivery_metrics_open(Firehose *firehose); /* firehose->meters */
