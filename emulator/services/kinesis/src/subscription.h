/* subscription.h - who is subscribed to which shard, and the pushing.
 *
 * Whatever may concern a subscriber only wakes it: puts it on the list of those that are looked at after the turn's
 * commit. There everything is decided by what is in the store then, so a turn that is undone leaves nothing behind.
 * A subscriber that has not taken what was pushed stays on the list, and each round of the loop looks again. */
#pragma once
#include "consumer.h"
#include "shard.h"

/* Begins where the call's answer is; its first event leaves after the commit. `from`: the first index it gets. */
MUST_CHECK Status subscription_open(Call *call, const Consumer *consumer, const Shard *shard, uint64_t from);

/* Something was appended to the shard, or it was closed. Costs nothing where nobody is subscribed. */
void subscriptions_wake(void *kinesis, const void *grew); /* watches KINESIS_SHARD_GREW */
/* The stream goes, or changes: its subscribers look at it with the next push. */
void subscriptions_wake_stream(Kinesis *kinesis, const Stream *stream);
/* The consumer goes: its subscriptions end. */
void subscriptions_end_consumer(Kinesis *kinesis, const Stream *stream);
/* A turn was undone, and with it may be what a subscription was opened for. */
void subscriptions_check_all(Kinesis *kinesis);
void subscriptions_push(Kinesis *kinesis); /* after each commit */
void subscriptions_close(Kinesis *kinesis);
