/* split_merge.c - SplitShard and MergeShards. */
#include "operations.h"
#include "reshard.h"

OPERATION(KinesisSplitShard, split_shard, WRITES);
OPERATION(KinesisMergeShards, merge_shards, WRITES);

static Status check_open(Call *call, const Shard *shard)
{
    if (shard_is_open(shard))
        return OK;
    return fail(call, &KINESIS_RESOURCE_IN_USE,
                "Shard shardId-%012u in stream " BYTES_FMT " under account " BYTES_FMT
                " has already been merged or split, and thus is not eligible for merging or splitting.",
                shard->index, BYTES_ARG(shard->stream->name), BYTES_ARG(shard->stream->account));
}

static Status read_boundary(Call *call, const Shard *shard, Bytes text, HashKey *ret)
{
    HashKey key;
    bool is_number = hash_key_parse(text, &key);
    /* aws: as the message says it: a lower half of one hash key is refused. */
    if (is_number && key > shard->hash_start + 1 && key < shard->hash_end) {
        *ret = key;
        return OK;
    }
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "NewStartingHashKey " BYTES_FMT " used in SplitShard() on shard shardId-%012u in stream " BYTES_FMT
                " under account " BYTES_FMT " is not both greater than one plus the shard's StartingHashKey " BYTES_FMT
                " and less than the shard's EndingHashKey " BYTES_FMT ".",
                BYTES_ARG(text), shard->index, BYTES_ARG(shard->stream->name), BYTES_ARG(shard->stream->account),
                BYTES_ARG(hash_key_text(call->arena, shard->hash_start)),
                BYTES_ARG(hash_key_text(call->arena, shard->hash_end)));
}

static Status split_shard(Call *call, const KinesisSplitShardInput *in, KinesisSplitShardOutput *out)
{
    Stream *stream = NULL;
    Shard *shard;
    HashKey at = 0;
    (void)out;
    TRY(shard_check_name(call, STREAM_REF(in), in->shard_to_split));
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(shard_find(call, stream, in->shard_to_split, &shard));
    TRY(stream_check_active(call, stream));
    TRY(stream_check_provisioned(call, stream));
    TRY(check_open(call, shard));
    TRY(read_boundary(call, shard, in->new_starting_hash_key, &at));
    TRY(check_shard_limit(call, (KinesisStreamName){stream->account, stream->region, stream->name}, 1));

    Reshard reshard = {.kind = RESHARD_SPLIT, .shard = shard->index, .at = at};
    return expect_ok(call, reshard_begin(call->service, stream, &reshard, call->now_ms));
}

static bool are_adjacent(const Shard *lower, const Shard *upper)
{
    return lower->hash_end != HASH_KEY_MAX && lower->hash_end + 1 == upper->hash_start;
}

static Status merge_shards(Call *call, const KinesisMergeShardsInput *in, KinesisMergeShardsOutput *out)
{
    Stream *stream = NULL;
    Shard *first, *second;
    (void)out;
    TRY(shard_check_name(call, STREAM_REF(in), in->shard_to_merge));
    TRY(shard_check_name(call, STREAM_REF(in), in->adjacent_shard_to_merge));
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(shard_find(call, stream, in->shard_to_merge, &first));
    TRY(shard_find(call, stream, in->adjacent_shard_to_merge, &second));
    TRY(stream_check_active(call, stream));
    TRY(stream_check_provisioned(call, stream));
    TRY(check_open(call, first));
    TRY(check_open(call, second));
    if (!are_adjacent(first, second) && !are_adjacent(second, first))
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Shards shardId-%012u and shardId-%012u in stream " BYTES_FMT " under account " BYTES_FMT
                    " are not an adjacent pair of shards eligible for merging",
                    first->index, second->index, BYTES_ARG(stream->name), BYTES_ARG(stream->account));

    Reshard reshard = {.kind = RESHARD_MERGE, .shard = first->index, .adjacent = second->index};
    return expect_ok(call, reshard_begin(call->service, stream, &reshard, call->now_ms));
}
