/* metrics.c */
#include "metrics.h"
#include "partitions.h"

static const MeterMetric infos[METRICS] = {
    [METRIC_INCOMING_BYTES] = {"IncomingBytes", "Bytes"},
    [METRIC_INCOMING_RECORDS] = {"IncomingRecords", "Count"},
    [METRIC_PUT_BYTES] = {"PutRecord.Bytes", "Bytes"},
    [METRIC_PUT_REQUESTS] = {"PutRecord.Requests", "Count"},
    [METRIC_PUT_LATENCY] = {"PutRecord.Latency", "Milliseconds"},
    [METRIC_BATCH_BYTES] = {"PutRecordBatch.Bytes", "Bytes"},
    [METRIC_BATCH_RECORDS] = {"PutRecordBatch.Records", "Count"},
    [METRIC_BATCH_REQUESTS] = {"PutRecordBatch.Requests", "Count"},
    [METRIC_BATCH_LATENCY] = {"PutRecordBatch.Latency", "Milliseconds"},
    [METRIC_S3_BYTES] = {"DeliveryToS3.Bytes", "Bytes"},
    [METRIC_S3_RECORDS] = {"DeliveryToS3.Records", "Count"},
    [METRIC_S3_SUCCESS] = {"DeliveryToS3.Success", "Count"},
    [METRIC_S3_FRESHNESS] = {"DeliveryToS3.DataFreshness", "Seconds"},
    [METRIC_ENDPOINT_BYTES] = {"DeliveryToHttpEndpoint.Bytes", "Bytes"},
    [METRIC_ENDPOINT_RECORDS] = {"DeliveryToHttpEndpoint.Records", "Count"},
    [METRIC_ENDPOINT_SUCCESS] = {"DeliveryToHttpEndpoint.Success", "Count"},
    [METRIC_ENDPOINT_FRESHNESS] = {"DeliveryToHttpEndpoint.DataFreshness", "Seconds"},
    [METRIC_PARTITIONS] = {"PartitionCount", "Count"},
    [METRIC_QUERY_DURATION] = {"JQProcessing.Duration", "Milliseconds"},
    [METRIC_CONVERTED_BYTES] = {"SucceedConversion.Bytes", "Bytes"},
    [METRIC_CONVERTED_RECORDS] = {"SucceedConversion.Records", "Count"},
    [METRIC_UNCONVERTED_BYTES] = {"FailedConversion.Bytes", "Bytes"},
    [METRIC_UNCONVERTED_RECORDS] = {"FailedConversion.Records", "Count"},
    [METRIC_COPY_BYTES] = {"BackupToS3.Bytes", "Bytes"},
    [METRIC_COPY_RECORDS] = {"BackupToS3.Records", "Count"},
    [METRIC_COPY_SUCCESS] = {"BackupToS3.Success", "Count"},
    [METRIC_COPY_FRESHNESS] = {"BackupToS3.DataFreshness", "Seconds"},
    [METRIC_SOURCE_BYTES] = {"DataReadFromKinesisStream.Bytes", "Bytes"},
    [METRIC_SOURCE_RECORDS] = {"DataReadFromKinesisStream.Records", "Count"},
    [METRIC_SOURCE_BEHIND] = {"KinesisMillisBehindLatest", "Milliseconds"},
};

static const MeterKind of_stream = {{"DeliveryStreamName"}, infos, METRICS};

void delivery_metric(Firehose *firehose, const DeliveryStream *stream, MetricId id, double value)
{
    Meters *meters = firehose->meters;
    MeterName name = {&of_stream, stream->account, stream->region, {stream->name}};
    if (meters)
        meter_take(meters, meter_find(meters, &name, NULL, NULL), id, value);
}

void delivery_metrics_of(Firehose *firehose, const Delivery *delivery, int64_t now_ms)
{
    const DeliveryStream *stream = &delivery->stream;
    double age_s = (double)(now_ms - stream->since_ms) / (double)MS_PER_S;
    MetricId first = delivery->sending ? METRIC_ENDPOINT_BYTES : METRIC_S3_BYTES;
    delivery_metric(firehose, stream, first, (double)delivery->passed_bytes);
    delivery_metric(firehose, stream, first + 1, (double)delivery->passed_records);
    delivery_metric(firehose, stream, first + 2, delivery->gives_up ? 0 : 1);
    delivery_metric(firehose, stream, first + 3, age_s);
    if (delivery->partitions)
        delivery_metric(firehose, stream, METRIC_PARTITIONS, (double)partitions_count(delivery->partitions));
    if (!delivery->copy)
        return;
    delivery_metric(firehose, stream, METRIC_COPY_BYTES, (double)delivery->bytes);
    delivery_metric(firehose, stream, METRIC_COPY_RECORDS, (double)delivery->records);
    delivery_metric(firehose, stream, METRIC_COPY_SUCCESS, 1);
    delivery_metric(firehose, stream, METRIC_COPY_FRESHNESS, age_s);
}

void delivery_metrics_open(Firehose *firehose)
{
    firehose->meters = meters_open(firehose->runtime, "AWS/Firehose");
}
