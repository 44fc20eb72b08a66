/* describe_stream.c - DescribeStream: a stream and its shards, or those that follow one of them. DynamoDB Streams API
 * Reference, DescribeStream. */
#include "iterator.h"

OPERATION(DynamodbstreamsDescribeStream, describe_stream, READS);

#define LIMIT_MAX 100

static Status find_shards(Call *call, const DynamodbstreamsDescribeStreamInput *in, const TableStream *stream,
                          size_t limit, StreamShards *ret_shards)
{
    StreamShard start = {0};
    Bytes parent = in->shard_filter ? in->shard_filter->shard_id : (Bytes){0};
    if (present(in->exclusive_start_shard_id)) {
        int code = stream_shard_find(&call->scope, stream, in->exclusive_start_shard_id, &start);
        if (code == STORE_NOT_FOUND)
            return fail(call, &DYNAMODBSTREAMS_RESOURCE_NOT_FOUND,
                        "Requested resource not found: Shard does not exist");
        TRY(expect_ok(call, code));
    }
    return expect_ok(call, stream_shards_list(&call->scope, stream, parent, start.id, limit, ret_shards));
}

static DynamodbstreamsKeySchema describe_keys(Arena *arena, const TableStream *stream)
{
    DynamodbstreamsKeySchema keys = {arena_new_array(arena, DynamodbstreamsKeySchemaElement, 2), 1};
    keys.items[0] = (DynamodbstreamsKeySchemaElement){stream->hash_name, DYNAMODBSTREAMS_KEY_TYPE_HASH};
    if (present(stream->range_name))
        keys.items[keys.len++] = (DynamodbstreamsKeySchemaElement){stream->range_name, DYNAMODBSTREAMS_KEY_TYPE_RANGE};
    return keys;
}

/* aws: Developer Guide: "StartingSequenceNumber" of a shard is there from the beginning; a closed one has both. */
static DynamodbstreamsShard describe_shard(Arena *arena, const StreamShard *shard)
{
    DynamodbstreamsSequenceNumberRange *range = arena_new_of(arena, DynamodbstreamsSequenceNumberRange);
    range->starting_sequence_number = stream_sequence_number(arena, shard, 0);
    if (shard->closed_ms)
        range->ending_sequence_number = stream_sequence_number(arena, shard, shard->last);
    return (DynamodbstreamsShard){shard->name, range, shard->parent};
}

static Status describe_stream(Call *call, const DynamodbstreamsDescribeStreamInput *in,
                              DynamodbstreamsDescribeStreamOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : LIMIT_MAX;
    TableStream stream;
    StreamShards shards;
    TRY(limit_check(call, in->has_limit, in->limit, LIMIT_MAX));
    TRY(stream_of_arn(call, in->stream_arn, &stream));
    TRY(find_shards(call, in, &stream, limit + 1, &shards));

    DynamodbstreamsStreamDescription *d = arena_new_of(call->arena, DynamodbstreamsStreamDescription);
    *d = (DynamodbstreamsStreamDescription){
        .stream_arn = table_stream_arn(&call->scope, &stream),
        .stream_label = stream.label,
        .stream_status =
            stream.disabled_ms ? DYNAMODBSTREAMS_STREAM_STATUS_DISABLED : DYNAMODBSTREAMS_STREAM_STATUS_ENABLED,
        .stream_view_type = stream.view_type,
        .table_name = stream.table_name,
        .key_schema = describe_keys(call->arena, &stream),
        .shards = {arena_new_array(call->arena, DynamodbstreamsShard, limit), 0},
    };
    SET(d, creation_request_date_time, stream.created_ms);
    for (size_t i = 0; i < shards.count && i < limit; i++)
        d->shards.items[d->shards.len++] = describe_shard(call->arena, &shards.items[i]);
    if (shards.count > limit)
        d->last_evaluated_shard_id = shards.items[limit - 1].name;
    out->stream_description = d;
    return OK;
}
