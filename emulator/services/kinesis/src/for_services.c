/* for_services.c - what other services do with streams, in the turn that is on. */
#include "record.h"
#include "stream_kms.h"

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

int kinesis_shards(const Scope *scope, Bytes name, KinesisShardPlaces *ret_places)
{
    Kinesis *kinesis = scope->service;
    Stream *stream = NULL;
    int code = find_stream(scope, name, &stream);
    if (code != KINESIS_DONE)
        return code;
    KinesisShardPlace *places = arena_new_array(scope->arena, KinesisShardPlace, stream->shards_count + 1);
    for (size_t i = 0; i < stream->shards_count; i++) {
        Shard *shard = stream->shards[i];
        code = shard_prepare(kinesis, shard);
        if (code != STORE_OK)
            return code;
        places[i] = (KinesisShardPlace){
            shard->id, shard->index, shard->parent, shard->adjacent_parent, shard_is_open(shard), shard->next};
    }
    *ret_places = (KinesisShardPlaces){places, stream->shards_count};
    return KINESIS_DONE;
}

int kinesis_read(const Scope *scope, int64_t shard_id, uint64_t from, size_t bytes_max, KinesisReading *ret_reading)
{
    Kinesis *kinesis = scope->service;
    RecordPage page;
    const ErrorModel *error = NULL;
    Bytes message;
    int code = streams_load(kinesis);
    Shard *shard = code == STORE_OK ? shard_by_id(kinesis, shard_id) : NULL;
    if (!shard)
        return code == STORE_OK ? KINESIS_NO_SHARD : code;
    RecordQuery query = {.from = from, .limit = READ_RECORDS_MAX, .bytes_max = bytes_max};
    code = records_read(kinesis, scope->arena, shard, query, &page);
    if (code == STORE_OK && page.has_sealed)
        code = kms_read_error(kinesis, scope->arena, shard->stream, &error, &message);
    if (code != STORE_OK || error)
        return code == STORE_OK ? KINESIS_NO_KEY : code;
    *ret_reading = (KinesisReading){
        .records = page.records,
        .next = page.next,
        .is_at_tip = page.is_at_tip,
        .is_ended = page.is_at_tip && !shard_is_open(shard),
        .millis_behind = page.millis_behind,
    };
    return KINESIS_DONE;
}
