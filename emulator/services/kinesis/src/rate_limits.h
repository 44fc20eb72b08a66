/* rate_limits.h - AWS's limits of rate, where they are asked for: by the setting, or for single streams by the admin
 * API.
 *
 * aws: Developer Guide, "Quotas and limits": a shard takes 1,000 records and 1 MiB a second, and gives 5 calls and
 * 2 MiB a second; each consumer with enhanced fan-out has 2 MiB a second of each shard for itself. Operations beside
 * the data have limits of calls a second for the account, or for a stream. */
#pragma once
#include "shard.h"

/* False: the shard has no room for it in this second, and nothing is counted. */
MUST_CHECK bool limits_take_write(Kinesis *kinesis, Shard *shard, size_t bytes);
/* ProvisionedThroughputExceededException. */
MUST_CHECK Status limits_check_read(Call *call, Shard *shard);
void limits_take_read(Kinesis *kinesis, Shard *shard, size_t bytes);
MUST_CHECK Status limits_take_iterator(Call *call, Shard *shard);
/* "Rate exceeded for shard …": what the error of a record or a call says. */
Bytes limits_shard_message(Arena *arena, const Shard *shard);
/* When a subscriber may be sent more; not above at_ms: now. */
int64_t limits_push_ms(Kinesis *kinesis, const Shard *shard, Rate *rate, int64_t at_ms);
void limits_take_push(Kinesis *kinesis, const Shard *shard, Rate *rate, size_t bytes, int64_t at_ms);

/* Before each call: LimitExceededException where its operation was called too often. Service.admit. */
MUST_CHECK Status limits_admit(Call *call, const void *in);
/* Before the copy of the shards is dropped, and when it has been read again: what a turn that is undone has taken is
 * given back, and nothing else. */
void limits_keep_rates(Kinesis *kinesis);
void limits_give_rates_back(Kinesis *kinesis);
void limits_open(Kinesis *kinesis);
void limits_close(Kinesis *kinesis);
extern const RateLimitsOf kinesis_rate_limits;
