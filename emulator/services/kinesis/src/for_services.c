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

int kinesis_append(const Scope *scope, Bytes name, Bytes partition_key, Bytes data)
{
    Kinesis *kinesis = scope->service;
    Stream *stream = NULL;
    Bytes number;
    NewRecord record = {.partition_key = partition_key, .data = data};
    int code = find_stream(scope, name, &stream);
    if (code != KINESIS_DONE)
        return code;
    Shard *shard = shard_of_hash(stream, hash_key_of(partition_key));
    code = shard_prepare(kinesis, shard);
    return code == STORE_OK ? record_append(kinesis, scope->arena, shard, &record, &number) : code;
}

int kinesis_read(const Scope *scope, KinesisReader *reader, int limit, KinesisRecordList *ret_records, bool *ret_at_end)
{
    Kinesis *kinesis = scope->service;
    Stream *stream = NULL;
    uint32_t index;
    RecordPage page;
    int code = find_stream(scope, reader->stream, &stream);
    if (code != KINESIS_DONE)
        return code;
    Shard *shard = shard_index_parse(reader->shard_id, &index) ? shard_by_index(stream, index) : NULL;
    if (!shard || shard_is_expired(shard, scope->now_ms))
        return KINESIS_NO_SHARD;
    RecordQuery query = {reader->from, limit > 0 ? (size_t)limit : 0, READ_BYTES_MAX};
    code = records_read(kinesis, scope->arena, shard, query, &page);
    if (code != STORE_OK)
        return code;
    reader->from = page.next;
    *ret_records = page.records;
    *ret_at_end = page.is_at_tip && !shard_is_open(shard);
    return KINESIS_DONE;
}
