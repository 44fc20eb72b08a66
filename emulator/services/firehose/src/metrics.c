/* metrics.c */
#include "metrics.h"
#include "partitions.h"

static const MeterMetric infos[METRICS] = {
    [METRIC_INCOMING_BYTES] = {"IncomingBytes", "Bytes"},
    [METRIC_INCOMING_RECORDS] = {"IncomingRecords", "Count"},
    [METRIC_INCOMING_REQUESTS] = {"IncomingPutRequests", "Count"},
    [METRIC_LIMIT_BYTES] = {"BytesPerSecondLimit", "Bytes/Second"},
    [METRIC_LIMIT_RECORDS] = {"RecordsPerSecondLimit", "Count"},
    [METRIC_LIMIT_REQUESTS] = {"PutRequestsPerSecondLimit", "Count"},
    [METRIC_DESCRIBE_REQUESTS] = {"DescribeDeliveryStream.Requests", "Count"},
    [METRIC_DESCRIBE_LATENCY] = {"DescribeDeliveryStream.Latency", "Milliseconds"},
    [METRIC_UPDATE_REQUESTS] = {"UpdateDeliveryStream.Requests", "Count"},
    [METRIC_UPDATE_LATENCY] = {"UpdateDeliveryStream.Latency", "Milliseconds"},
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
    [METRIC_ENDPOINT_PROCESSED_BYTES] = {"DeliveryToHttpEndpoint.ProcessedBytes", "Bytes"},
    [METRIC_ENDPOINT_PROCESSED_RECORDS] = {"DeliveryToHttpEndpoint.ProcessedRecords", "Count"},
    [METRIC_S3_OBJECTS] = {"DeliveryToS3.ObjectCount", "Count"},
    [METRIC_PARTITIONS_EXCEEDED] = {"PartitionCountExceeded", "Count"},
    [METRIC_PARTITIONS_LIMIT] = {"ActivePartitionsLimit", "Count"},
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

typedef struct Measured {
    MetricId id;
    double value;
} Measured;

/* Of one stream, whose meter is looked up once. */
static void take_all(Firehose *firehose, const DeliveryStream *stream, const Measured *values, size_t count)
{
    Meters *meters = firehose->meters;
    MeterName name = {&of_stream, stream->account, stream->region, {stream->name}};
    if (!meters)
        return;
    Meter *meter = meter_find(meters, &name, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        meter_take(meters, meter, values[i].id, values[i].value);
}

void delivery_metric(Firehose *firehose, const DeliveryStream *stream, MetricId id, double value)
{
    take_all(firehose, stream, &(Measured){id, value}, 1);
}

void incoming_metrics(Call *call, const DeliveryStream *stream, size_t records, size_t bytes)
{
    const Measured values[] = {
        {METRIC_INCOMING_BYTES, (double)bytes},
        {METRIC_INCOMING_RECORDS, (double)records},
        {METRIC_INCOMING_REQUESTS, 1},
        /* aws: "Amazon Data Firehose Quota", of the large Regions. */
        {METRIC_LIMIT_BYTES, 5.0 * 1024 * 1024},
        {METRIC_LIMIT_RECORDS, 500000},
        {METRIC_LIMIT_REQUESTS, 2000},
    };
    take_all(call->service, stream, values, sizeof values / sizeof *values);
}

void request_metrics(Call *call, const DeliveryStream *stream, MetricId requests)
{
    delivery_metric(call->service, stream, requests, 1);
    delivery_metric(call->service, stream, requests + 1, meters_latency_ms(call));
}

static void take_partitions(Firehose *firehose, const Delivery *delivery)
{
    double count = (double)partitions_count(delivery->partitions);
    delivery_metric(firehose, &delivery->stream, METRIC_PARTITIONS, count);
    delivery_metric(firehose, &delivery->stream, METRIC_S3_OBJECTS, count);
    delivery_metric(firehose, &delivery->stream, METRIC_PARTITIONS_LIMIT, PARTITIONS_MAX);
    delivery_metric(firehose, &delivery->stream, METRIC_PARTITIONS_EXCEEDED, count >= PARTITIONS_MAX);
}

static void take_conversions(Firehose *firehose, const Delivery *delivery)
{
    const DeliveryStream *stream = &delivery->stream;
    if (delivery->passed_records) {
        delivery_metric(firehose, stream, METRIC_CONVERTED_BYTES, (double)delivery->passed_bytes);
        delivery_metric(firehose, stream, METRIC_CONVERTED_RECORDS, (double)delivery->passed_records);
    }
    if (delivery->unconverted_records) {
        delivery_metric(firehose, stream, METRIC_UNCONVERTED_BYTES, (double)delivery->unconverted_bytes);
        delivery_metric(firehose, stream, METRIC_UNCONVERTED_RECORDS, (double)delivery->unconverted_records);
    }
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
        take_partitions(firehose, delivery);
    if (delivery->conversion)
        take_conversions(firehose, delivery);
    if (delivery->sending) {
        delivery_metric(firehose, stream, METRIC_ENDPOINT_PROCESSED_BYTES, (double)delivery->passed_bytes);
        delivery_metric(firehose, stream, METRIC_ENDPOINT_PROCESSED_RECORDS, (double)delivery->passed_records);
    }
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
