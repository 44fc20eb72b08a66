/* subscribe_to_shard.c - SubscribeToShard: records as they come, for five minutes. */
#include "operations.h"
#include "position.h"
#include "subscription.h"

OPERATION(KinesisSubscribeToShard, subscribe_to_shard, READS);

static Status subscribe_to_shard(Call *call, const KinesisSubscribeToShardInput *in, KinesisSubscribeToShardOutput *out)
{
    Stream *stream = NULL;
    Shard *shard;
    Consumer consumer;
    uint64_t from;
    StartingPoint start = {
        .type = in->starting_position->type,
        .sequence_number = in->starting_position->sequence_number,
        .has_timestamp = in->starting_position->has_timestamp,
        .timestamp = in->starting_position->timestamp,
        .operation = "SubscribeToShard",
    };
    (void)out;
    TRY(consumer_find(call, (ConsumerRef){.arn = in->consumer_arn}, &stream, &consumer));
    TRY(stream_check_readable(call, stream));
    TRY(consumer_check_active(call, stream, &consumer));
    TRY(shard_find_in_stream(call, stream, in->shard_id, &shard));
    TRY(position_find(call, shard, &start, &from));
    TRY(check_dry_run(call, in->dry_run));
    return subscription_open(call, &consumer, shard, from);
}
