/* put_record.c - PutRecord: one record into the open shard whose hash range holds its key. */
#include "metrics.h"
#include "operations.h"
#include "put.h"
#include "rate_limits.h"
#include "stream_kms.h"
#include "trace.h"

OPERATION(KinesisPutRecord, put_record, WRITES);

static void count(Call *call, Shard *shard, size_t bytes, bool is_put)
{
    Kinesis *kinesis = call->service;
    metric_of_stream(kinesis, shard->stream, METRIC_WRITE_EXCEEDED, !is_put);
    metric_of_shard(kinesis, shard, METRIC_WRITE_EXCEEDED, !is_put);
    metric_of_stream(kinesis, shard->stream, METRIC_PUT_RECORD_SUCCESS, is_put);
    metric_of_stream(kinesis, shard->stream, METRIC_PUT_RECORD_LATENCY, meters_latency_ms(call));
    if (is_put)
        metric_of_stream(kinesis, shard->stream, METRIC_PUT_RECORD_BYTES, (double)bytes);
}

static Status put_record(Call *call, const KinesisPutRecordInput *in, KinesisPutRecordOutput *out)
{
    Stream *stream = NULL;
    Shard *shard;
    NewRecord record = {in->partition_key, in->explicit_hash_key, in->data, call->now_ms};

    bool may_lack_key = true;
    if (!present(in->partition_key))
        TRY(put_may_lack_key(call, STREAM_REF(in), &may_lack_key));
    if (!may_lack_key)
        return fail(
            call, &KINESIS_VALIDATION,
            "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null");
    TRY(stream_for_data(call, STREAM_REF(in), &stream));
    TRY(put_check_size(call, stream, &record));
    TRY(put_check_ordering(call, stream, in->sequence_number_for_ordering));
    TRY(stream_check_key(call, stream));
    TRY(put_find_shard(call, stream, &record, &shard));
    TRY(check_dry_run(call, in->dry_run));
    bool has_room = limits_take_write(call->service, shard, in->data.len + in->partition_key.len);
    count(call, shard, in->data.len + in->partition_key.len, has_room);
    if (!has_room)
        return fail(call, &KINESIS_PROVISIONED_THROUGHPUT_EXCEEDED, BYTES_FMT,
                    BYTES_ARG(limits_shard_message(call->arena, shard)));

    TRY(expect_ok(call, record_append(call->service, call->arena, shard, &record, &out->sequence_number)));
    trace_put(call, shard);

    out->shard_id = shard_name(call->arena, shard->index);
    out->encryption_type = put_encryption(stream);
    return OK;
}
