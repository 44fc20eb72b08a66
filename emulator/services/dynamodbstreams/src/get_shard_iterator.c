/* get_shard_iterator.c - GetShardIterator. DynamoDB Streams API Reference, GetShardIterator. */
#include "iterator.h"

OPERATION(DynamodbstreamsGetShardIterator, get_shard_iterator, READS);

static Status place_of_number(Call *call, const DynamodbstreamsGetShardIteratorInput *in, const StreamShard *shard,
                              int64_t *ret_from)
{
    int64_t position;
    if (!present(in->sequence_number))
        return fail(call, &DYNAMODBSTREAMS_VALIDATION,
                    "SequenceNumber must be specified for ShardIteratorType " BYTES_FMT,
                    BYTES_ARG(in->shard_iterator_type));
    if (!stream_position_of(shard, in->sequence_number, &position) || position > shard->last)
        return fail(call, &DYNAMODBSTREAMS_VALIDATION, "Invalid SequenceNumber");
    bool is_after = bytes_equal(in->shard_iterator_type, DYNAMODBSTREAMS_SHARD_ITERATOR_TYPE_AFTER_SEQUENCE_NUMBER);
    *ret_from = position + (is_after || !position); /* 0 is where a shard begins: before its first */
    return OK;
}

/* aws: API Reference, Timestamp: "If the timestamp is in the future, the request returns a ValidationException"; one
 * before the oldest record is TRIM_HORIZON */
static Status place_of_time(Call *call, const DynamodbstreamsGetShardIteratorInput *in, const StreamShard *shard,
                            int64_t *ret_from)
{
    if (!in->has_timestamp)
        return fail(call, &DYNAMODBSTREAMS_VALIDATION,
                    "Timestamp must be specified for ShardIteratorType AT_TIMESTAMP");
    if (in->timestamp > call->now_ms)
        return fail(call, &DYNAMODBSTREAMS_VALIDATION, "Timestamp must not be in the future");
    *ret_from = STREAM_FROM_HORIZON;
    if (in->timestamp <= call->now_ms - STREAM_RETENTION_MS)
        return OK;
    return expect_ok(call, stream_position_at(&call->scope, shard, in->timestamp, ret_from));
}

static Status place_of(Call *call, const DynamodbstreamsGetShardIteratorInput *in, const TableStream *stream,
                       const StreamShard *shard, int64_t *ret_from)
{
    Bytes type = in->shard_iterator_type;
    StreamPage page;
    *ret_from = STREAM_FROM_HORIZON;
    if (bytes_equal(type, DYNAMODBSTREAMS_SHARD_ITERATOR_TYPE_TRIM_HORIZON))
        return OK;
    *ret_from = shard->last + 1;
    if (bytes_equal(type, DYNAMODBSTREAMS_SHARD_ITERATOR_TYPE_LATEST))
        return OK;
    if (bytes_equal(type, DYNAMODBSTREAMS_SHARD_ITERATOR_TYPE_AT_TIMESTAMP))
        return place_of_time(call, in, shard, ret_from);
    TRY(place_of_number(call, in, shard, ret_from));
    TRY(expect_ok(call, stream_read(&call->scope, stream, shard, *ret_from, 1, &page)));
    if (page.is_trimmed)
        return fail(call, &DYNAMODBSTREAMS_TRIMMED_DATA_ACCESS, "The data you are trying to access has been trimmed");
    return OK;
}

static Status get_shard_iterator(Call *call, const DynamodbstreamsGetShardIteratorInput *in,
                                 DynamodbstreamsGetShardIteratorOutput *out)
{
    TableStream stream;
    StreamShard shard;
    int64_t from;
    TRY(stream_of_arn(call, in->stream_arn, &stream));
    int code = stream_shard_find(&call->scope, &stream, in->shard_id, &shard);
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODBSTREAMS_RESOURCE_NOT_FOUND, "Requested resource not found: Shard does not exist");
    TRY(expect_ok(call, code));
    TRY(place_of(call, in, &stream, &shard, &from));

    out->shard_iterator = stream_iterator_make(call, &stream, &shard, from);
    return OK;
}
