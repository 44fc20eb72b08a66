/* operations.h - every operation of the service, and what several of them share. */
#pragma once
#include "kinesis_model.h"
#include "kinesis_operations.h"
#include "state.h"

/* aws: DryRun: "Checks if your request will succeed": all checks are made, then this instead of the work. */
MUST_CHECK Status check_dry_run(Call *call, bool dry_run);
/* Open shards the account's region may still have. */
MUST_CHECK Status check_shard_limit(Call *call, KinesisStreamName name, int64_t additional);
/* Only on-demand streams spread records by themselves. */
MUST_CHECK Status check_distribution(Call *call, bool is_on_demand, Bytes strategy);
/* One more on-demand stream. */
MUST_CHECK Status check_on_demand_limit(Call *call, KinesisStreamName name);
