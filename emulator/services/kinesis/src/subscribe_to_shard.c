/* subscribe_to_shard.c - SubscribeToShard: records as they come, for five minutes. */
#include "operations.h"
#include "position.h"
#include "subscription.h"

OPERATION(KinesisSubscribeToShard, subscribe_to_shard, READS);

static Status find_shard(Call *call, const Stream *stream, Bytes shard_id, Shard **ret_shard)
{
    Bytes arn = stream_arn(call->arena, stream);
    return shard_find_for_read(call, (StreamRef){.arn = arn}, shard_id, ret_shard);
}

static Status check_active(Call *call, const Stream *stream, const Consumer *consumer)
{
    if (stream->status == STREAM_CREATING || stream->status == STREAM_DELETING)
        return stream_check_active(call, stream);
    if (consumer_is_active(consumer, call->now_ms))
        return OK;
    return fail(call, &KINESIS_RESOURCE_IN_USE, "Consumer " BYTES_FMT " is not ACTIVE, instead in state CREATING.",
                BYTES_ARG(consumer->name));
}

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
    TRY(check_active(call, stream, &consumer));
    TRY(find_shard(call, stream, in->shard_id, &shard));
    TRY(position_find(call, shard, &start, &from));
    TRY(check_dry_run(call, in->dry_run));
    return subscription_open(call, &consumer, shard, from);
}
