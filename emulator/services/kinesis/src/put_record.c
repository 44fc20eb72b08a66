/* put_record.c - PutRecord: one record into the open shard whose hash range holds its key. */
#include "operations.h"
#include "put.h"
#include "rate_limits.h"
#include "stream_kms.h"
#include "trace.h"

OPERATION(KinesisPutRecord, put_record, WRITES);

static Status put_record(Call *call, const KinesisPutRecordInput *in, KinesisPutRecordOutput *out)
{
    Stream *stream = NULL;
    Shard *shard;
    NewRecord record = {in->partition_key, in->explicit_hash_key, in->data};

    if (!present(in->partition_key))
        return fail(call, &KINESIS_VALIDATION,
                    "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: "
                    "Member must not be null");
    TRY(stream_for_data(call, STREAM_REF(in), &stream));
    TRY(put_check_size(call, stream, &record));
    TRY(put_check_ordering(call, stream, in->sequence_number_for_ordering));
    TRY(kms_check_put(call, stream));
    TRY(put_find_shard(call, stream, &record, &shard));
    TRY(check_dry_run(call, in->dry_run));
    if (!limits_take_write(call->service, shard, in->data.len + in->partition_key.len))
        return fail(call, &KINESIS_PROVISIONED_THROUGHPUT_EXCEEDED, BYTES_FMT,
                    BYTES_ARG(limits_shard_message(call->arena, shard)));

    TRY(expect_ok(call, record_append(call->service, call->arena, shard, &record, &out->sequence_number)));
    trace_put(call, shard);

    out->shard_id = shard_name(call->arena, shard->index);
    out->encryption_type = put_encryption(stream);
    return OK;
}
