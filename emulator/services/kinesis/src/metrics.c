#include "metrics.h"
#include "monitoring.h"
#include <stdio.h>

static const MeterMetric infos[METRICS] = {
    [METRIC_GET_RECORDS_BYTES] = {"GetRecords.Bytes", "Bytes"},
    [METRIC_GET_RECORDS_AGE] = {"GetRecords.IteratorAgeMilliseconds", "Milliseconds"},
    [METRIC_GET_RECORDS_LATENCY] = {"GetRecords.Latency", "Milliseconds"},
    [METRIC_GET_RECORDS_RECORDS] = {"GetRecords.Records", "Count"},
    [METRIC_GET_RECORDS_SUCCESS] = {"GetRecords.Success", "Count"},
    [METRIC_INCOMING_BYTES] = {"IncomingBytes", "Bytes"},
    [METRIC_INCOMING_RECORDS] = {"IncomingRecords", "Count"},
    [METRIC_PUT_RECORD_BYTES] = {"PutRecord.Bytes", "Bytes"},
    [METRIC_PUT_RECORD_LATENCY] = {"PutRecord.Latency", "Milliseconds"},
    [METRIC_PUT_RECORD_SUCCESS] = {"PutRecord.Success", "Count"},
    [METRIC_PUT_RECORDS_BYTES] = {"PutRecords.Bytes", "Bytes"},
    [METRIC_PUT_RECORDS_LATENCY] = {"PutRecords.Latency", "Milliseconds"},
    [METRIC_PUT_RECORDS_SUCCESS] = {"PutRecords.Success", "Count"},
    [METRIC_PUT_RECORDS_TOTAL] = {"PutRecords.TotalRecords", "Count"},
    [METRIC_PUT_RECORDS_SUCCESSFUL] = {"PutRecords.SuccessfulRecords", "Count"},
    [METRIC_PUT_RECORDS_FAILED] = {"PutRecords.FailedRecords", "Count"},
    [METRIC_PUT_RECORDS_THROTTLED] = {"PutRecords.ThrottledRecords", "Count"},
    [METRIC_READ_EXCEEDED] = {"ReadProvisionedThroughputExceeded", "Count"},
    [METRIC_WRITE_EXCEEDED] = {"WriteProvisionedThroughputExceeded", "Count"},
    [METRIC_SUBSCRIBE_SUCCESS] = {"SubscribeToShard.Success", "Count"},
    [METRIC_EVENT_BYTES] = {"SubscribeToShardEvent.Bytes", "Bytes"},
    [METRIC_EVENT_BEHIND] = {"SubscribeToShardEvent.MillisBehindLatest", "Milliseconds"},
    [METRIC_EVENT_RECORDS] = {"SubscribeToShardEvent.Records", "Count"},
    [METRIC_EVENT_SUCCESS] = {"SubscribeToShardEvent.Success", "Count"},
    [METRIC_SHARD_AGE] = {"IteratorAgeMilliseconds", "Milliseconds"},
    [METRIC_OUTGOING_BYTES] = {"OutgoingBytes", "Bytes"},
    [METRIC_OUTGOING_RECORDS] = {"OutgoingRecords", "Count"},
};

/* In shard_metrics: of the metric that a shard has under this name, too; else 0. */
static const unsigned shard_bits[METRICS] = {
    [METRIC_INCOMING_BYTES] = SHARD_METRIC_INCOMING_BYTES,
    [METRIC_INCOMING_RECORDS] = SHARD_METRIC_INCOMING_RECORDS,
    [METRIC_READ_EXCEEDED] = SHARD_METRIC_READ_EXCEEDED,
    [METRIC_WRITE_EXCEEDED] = SHARD_METRIC_WRITE_EXCEEDED,
    [METRIC_SHARD_AGE] = SHARD_METRIC_AGE,
    [METRIC_OUTGOING_BYTES] = SHARD_METRIC_OUTGOING_BYTES,
    [METRIC_OUTGOING_RECORDS] = SHARD_METRIC_OUTGOING_RECORDS,
};

static const MeterKind of_stream = {{"StreamName"}, infos, METRICS};
static const MeterKind of_shard = {{"StreamName", "ShardId"}, infos, METRICS};
static const MeterKind of_consumer = {{"StreamName", "ConsumerName"}, infos, METRICS};

static Meter *find(Kinesis *kinesis, MeterRef *ref, const MeterKind *kind, const Stream *stream, Bytes other)
{
    MeterName name = {kind, stream->account, stream->region, {stream->name, other}};
    return meter_find(kinesis->meters, &name, ref, NULL);
}

void metric_of_stream(Kinesis *kinesis, Stream *stream, MetricId id, double value)
{
    if (!kinesis->meters)
        return;
    Meter *meter = meter_kept(kinesis->meters, &stream->meter);
    if (!meter)
        meter = find(kinesis, &stream->meter, &of_stream, stream, TEXT(""));
    meter_take(kinesis->meters, meter, id, value);
}

void metric_of_shard(Kinesis *kinesis, Shard *shard, MetricId id, double value)
{
    char name[32];
    if (!(shard->stream->shard_metrics & shard_bits[id]) || !kinesis->meters)
        return;
    Meter *meter = meter_kept(kinesis->meters, &shard->meter);
    if (!meter) {
        snprintf(name, sizeof name, "shardId-%012u", shard->index);
        meter = find(kinesis, &shard->meter, &of_shard, shard->stream, bytes_of(name));
    }
    meter_take(kinesis->meters, meter, id, value);
}

void metric_of_consumer(Kinesis *kinesis, const Stream *stream, MeterOfConsumer *consumer, MetricId id, double value)
{
    if (!kinesis->meters)
        return;
    Meter *meter = meter_kept(kinesis->meters, &consumer->ref);
    if (!meter)
        meter = find(kinesis, &consumer->ref, &of_consumer, stream, bytes_of(consumer->name));
    meter_take(kinesis->meters, meter, id, value);
}

void metrics_open(Kinesis *kinesis)
{
    kinesis->meters = meters_open(kinesis->runtime, "AWS/Kinesis");
}
