/* account.h - what Kinesis keeps of an account in a region: the commitment to a least throughput.
 * aws: Kinesis API, MinimumThroughputBillingCommitmentOutput. */
#pragma once
#include "state.h"

/* Warm throughput may be asked for. */
MUST_CHECK Status account_is_committed(Call *call, bool *ret);
