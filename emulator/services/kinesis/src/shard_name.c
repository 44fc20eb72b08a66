/* shard_name.c - shards as requests name them and as answers tell of them. */
#include "access.h"
#include "shard.h"

bool shard_index_parse(Bytes shard_id, uint32_t *ret_index)
{
    ptrdiff_t dash = bytes_find_last(shard_id, '-');
    uint64_t index;
    Bytes digits = bytes_slice(shard_id, (size_t)(dash + 1), shard_id.len - (size_t)(dash + 1));
    if (!bytes_to_uint64(digits, &index) || index > INT32_MAX)
        return false;
    *ret_index = (uint32_t)index;
    return true;
}

Bytes shard_name(Arena *arena, uint32_t index)
{
    return arena_text(arena, "shardId-%012u", index);
}

static Status not_found(Call *call, KinesisStreamName name, Bytes shard_id)
{
    return fail(call, &KINESIS_RESOURCE_NOT_FOUND,
                "Could not find shard " BYTES_FMT " in stream " BYTES_FMT " under account " BYTES_FMT ".",
                BYTES_ARG(shard_id), BYTES_ARG(name.name), BYTES_ARG(name.account));
}

/* aws: what can be no shard's name is told before the stream is looked for (mhart/kinesalite, splitShard and
 * mergeShards, found so against the service). */
Status shard_check_name(Call *call, StreamRef ref, Bytes shard_id)
{
    uint32_t index;
    KinesisStreamName name;
    if (shard_index_parse(shard_id, &index))
        return OK;
    TRY(stream_name_of(call, ref, &name));
    return not_found(call, name, shard_id);
}

Status shard_find(Call *call, const Stream *stream, Bytes shard_id, Shard **ret_shard)
{
    uint32_t index;
    if (!shard_index_parse(shard_id, &index))
        return not_found(call, stream_name(stream), shard_id);
    Shard *shard = shard_by_index(stream, index);
    if (!shard || shard_is_expired(shard, call->now_ms))
        return not_found(call, stream_name(stream), shard_name(call->arena, index));
    TRY(expect_ok(call, shard_prepare(call->service, shard)));
    *ret_shard = shard;
    return OK;
}

static Status does_not_exist(Call *call, KinesisStreamName name, uint32_t index)
{
    return fail(call, &KINESIS_RESOURCE_NOT_FOUND,
                "Shard shardId-%012u in stream " BYTES_FMT " under account " BYTES_FMT " does not exist", index,
                BYTES_ARG(name.name), BYTES_ARG(name.account));
}

Status shard_find_in_stream(Call *call, const Stream *stream, Bytes shard_id, Shard **ret_shard)
{
    uint32_t index;
    if (!shard_index_parse(shard_id, &index))
        return not_found(call, stream_name(stream), shard_id);
    Shard *shard = shard_by_index(stream, index);
    if (!shard || shard_is_expired(shard, call->now_ms))
        return does_not_exist(call, stream_name(stream), index);
    TRY(expect_ok(call, shard_prepare(call->service, shard)));
    *ret_shard = shard;
    return OK;
}

/* aws: the reading operations tell of a stream that isn't there as of a shard that isn't. */
Status shard_find_for_read(Call *call, StreamRef ref, Bytes shard_id, Shard **ret_shard)
{
    uint32_t index;
    KinesisStreamName name;
    Kinesis *kinesis = call->service;
    TRY(stream_name_of(call, ref, &name));
    TRY(expect_ok(call, streams_load(kinesis)));
    if (!shard_index_parse(shard_id, &index))
        return not_found(call, name, shard_id);
    const Stream *stream = streams_get(kinesis, name);
    TRY(access_check(call, name, stream, NULL));
    if (!stream)
        return does_not_exist(call, name, index);
    TRY(stream_check_readable(call, stream));
    return shard_find_in_stream(call, stream, shard_id, ret_shard);
}

static KinesisHashKeyRange *range_of(Arena *arena, const Shard *shard)
{
    KinesisHashKeyRange *range = arena_new_of(arena, KinesisHashKeyRange);
    range->starting_hash_key = hash_key_text(arena, shard->hash_start);
    range->ending_hash_key = hash_key_text(arena, shard->hash_end);
    return range;
}

void shard_describe(Arena *arena, const Shard *shard, KinesisShard *ret_shard)
{
    KinesisSequenceNumberRange *numbers = arena_new_of(arena, KinesisSequenceNumberRange);
    numbers->starting_sequence_number = sequence_text(arena, &shard->origin, 0, shard->origin.created_s);
    if (!shard_is_open(shard))
        numbers->ending_sequence_number = sequence_text(arena, &shard->origin, SEQUENCE_INDEX_MAX, shard->ended_s);
    *ret_shard = (KinesisShard){
        .shard_id = shard_name(arena, shard->index),
        .hash_key_range = range_of(arena, shard),
        .sequence_number_range = numbers,
    };
    if (shard->parent != NO_SHARD)
        ret_shard->parent_shard_id = shard_name(arena, (uint32_t)shard->parent);
    if (shard->adjacent_parent != NO_SHARD)
        ret_shard->adjacent_parent_shard_id = shard_name(arena, (uint32_t)shard->adjacent_parent);
}

static KinesisShardIdList parents_of(Arena *arena, const Shard *child)
{
    KinesisShardIdList parents = {arena_new_array(arena, Bytes, 2), 0};
    if (child->parent != NO_SHARD)
        parents.items[parents.len++] = shard_name(arena, (uint32_t)child->parent);
    if (child->adjacent_parent != NO_SHARD)
        parents.items[parents.len++] = shard_name(arena, (uint32_t)child->adjacent_parent);
    return parents;
}

KinesisChildShardList shard_children(Arena *arena, const Shard *shard, int64_t at_ms)
{
    const Stream *stream = shard->stream;
    KinesisChildShardList children = {arena_new_array(arena, KinesisChildShard, 2), 0};
    /* Those that were opened when it was closed; none opens before one of a lower index. */
    for (size_t i = shard_place(stream, shard->index); i < stream->shards_count && children.len < 2; i++) {
        const Shard *child = stream->shards[i];
        if (child->opened_ms > shard->closed_ms)
            break;
        if ((child->parent != shard->index && child->adjacent_parent != shard->index) || shard_is_expired(child, at_ms))
            continue;
        children.items[children.len++] = (KinesisChildShard){
            .shard_id = shard_name(arena, child->index),
            .parent_shards = parents_of(arena, child),
            .hash_key_range = range_of(arena, child),
        };
    }
    return children;
}
