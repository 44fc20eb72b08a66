/* get_shard_iterator.c - GetShardIterator. */
#include "iterator.h"
#include "operations.h"
#include "position.h"
#include "rate_limits.h"

OPERATION(KinesisGetShardIterator, get_shard_iterator, READS);

static Status get_shard_iterator(Call *call, const KinesisGetShardIteratorInput *in, KinesisGetShardIteratorOutput *out)
{
    Shard *shard;
    uint64_t from;
    StartingPoint start = {
        .type = in->shard_iterator_type,
        .sequence_number = in->starting_sequence_number,
        .has_timestamp = in->has_timestamp,
        .timestamp = in->timestamp,
        .operation = "GetShardIterator",
    };
    TRY(shard_find_for_read(call, STREAM_REF(in), in->shard_id, &shard));
    TRY(position_find(call, shard, &start, &from));
    TRY(check_dry_run(call, in->dry_run));
    TRY(limits_take_iterator(call, shard));

    out->shard_iterator = iterator_make(call, shard, from);
    return OK;
}
