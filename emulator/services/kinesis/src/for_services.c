/* for_services.c - what other services do with streams, in the turn that is on. */
#include "record.h"

static int find_stream(const Scope *scope, Bytes name, Stream **ret_stream)
{
    Kinesis *kinesis = scope->service;
    int code = streams_load(kinesis);
    if (code != STORE_OK)
        return code;
    Stream *stream = streams_get(kinesis, (KinesisStreamName){scope->account, scope->region, name});
    if (!stream || stream->status == STREAM_CREATING || stream->status == STREAM_DELETING)
        return KINESIS_NO_STREAM;
    *ret_stream = stream;
    return KINESIS_DONE;
}

int kinesis_find(const Scope *scope, Bytes name)
{
    Stream *stream;
    return find_stream(scope, name, &stream);
}

int kinesis_append(const Scope *scope, Bytes name, Bytes partition_key, Bytes data)
{
    Kinesis *kinesis = scope->service;
    Stream *stream = NULL;
    Bytes number;
    NewRecord record = {.partition_key = partition_key, .data = data, .arrival_ms = now_ms(kinesis)};
    int code = find_stream(scope, name, &stream);
    if (code != KINESIS_DONE)
        return code;
    Shard *shard = shard_of_hash(stream, hash_key_of(partition_key));
    code = shard_prepare(kinesis, shard);
    return code == STORE_OK ? record_append(kinesis, scope->arena, shard, &record, &number) : code;
}
