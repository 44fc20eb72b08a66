#include "put.h"
#include "position.h"

Bytes put_encryption(const Stream *stream)
{
    return present(stream->key_id) ? KINESIS_ENCRYPTION_TYPE_KMS : (Bytes){0};
}

Status put_may_lack_key(Call *call, StreamRef ref, bool *ret)
{
    KinesisStreamName name;
    TRY(stream_name_of(call, ref, &name));
    TRY(expect_ok(call, streams_load(call->service)));
    const Stream *stream = streams_get(call->service, name);
    *ret = stream && stream->spreads_records;
    return OK;
}

Status put_check_size(Call *call, const Stream *stream, const NewRecord *record)
{
    size_t max = (size_t)stream->record_kib_max * 1024;
    if (record->data.len > max)
        return fail(
            call, &KINESIS_VALIDATION,
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]' at 'data' failed to satisfy constraint: Member must have length less than or equal to %zu",
            record->data.len, record->data.len, max);
    if (record->data.len + record->partition_key.len > max)
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Record size, the data and the partition key together, exceeds %d KiB limit",
                    stream->record_kib_max);
    return OK;
}

Status put_find_shard(Call *call, Stream *stream, const NewRecord *record, Shard **ret_shard)
{
    HashKey key;
    if (stream->spreads_records) {
        *ret_shard = stream->open[stream->spread_next++ % stream->open_count];
        return expect_ok(call, shard_prepare(call->service, *ret_shard));
    }
    if (!present(record->explicit_hash_key))
        key = hash_key_of(record->partition_key);
    else if (!hash_key_parse(record->explicit_hash_key, &key))
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: " HASH_KEY_RANGE_WORDS
                    ". Specified value was " BYTES_FMT,
                    BYTES_ARG(record->explicit_hash_key));
    *ret_shard = shard_of_hash(stream, key);
    return expect_ok(call, shard_prepare(call->service, *ret_shard));
}

/* Not above the greatest number its stream has given: of an own shard, not beyond its tip; a foreign one not younger
 * than the youngest shard, nor than now. */
static int is_given(Kinesis *kinesis, const Stream *stream, const SequenceNumber *number, int64_t at_ms, bool *ret)
{
    Shard *shard = shard_by_index(stream, number->shard_index);
    *ret = number->arrived_s <= stream_newest_second(stream, at_ms) && number->created_s <= stream->newest_created_s;
    if (!*ret || !shard || shard->origin.created_s != number->created_s)
        return STORE_OK;
    int code = shard_prepare(kinesis, shard);
    *ret = code == STORE_OK && number->index < shard->next;
    return code;
}

Status put_check_ordering(Call *call, const Stream *stream, Bytes sequence_number)
{
    SequenceNumber number;
    bool is_fine = false;
    if (!present(sequence_number))
        return OK;
    if (sequence_parse(sequence_number, &number))
        TRY(expect_ok(call, is_given(call->service, stream, &number, call->now_ms, &is_fine)));
    if (is_fine)
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "ExclusiveMinimumSequenceNumber " BYTES_FMT " used in PutRecord on stream " BYTES_FMT
                " under account " BYTES_FMT " is invalid.",
                BYTES_ARG(sequence_number), BYTES_ARG(stream->name), BYTES_ARG(stream->account));
}
