/* throttle.h - AWS's limits of throughput, where they are asked for: what a table and its indexes may read and write.
 *
 * A read or write asks each tree that it costs: its throughput (provisioned, with 300 seconds' burst; on demand, double
 * the peak before), its maximum on demand, and the key range that one hash key is. Where all have room it is taken out
 * of all, else of none: an index without room holds writes to its table back. What a turn took that is undone is given
 * back. Switched off, which is the default, nothing is here but a NULL. */
#pragma once
#include "capacity.h"
#include "limited.h"

typedef struct Throttles Throttles;

/* Its error, message and reasons are set on the call. Inline, since most callers have no limits. */
MUST_CHECK Status throttle_write_now(Call *call, const Change *change);
MUST_CHECK Status throttle_read_now(Call *call, const ReadCost *cost);
/* Of a transaction's condition check: the item's own units, and no index's. */
MUST_CHECK Status throttle_check_now(Call *call, const Change *change);

static inline bool throttle_is_on(const Call *call)
{
    return ((const Dynamodb *)call->service)->throttles;
}

/* Before the write, when nothing else refuses it. */
MUST_CHECK static inline Status throttle_write(Call *call, const Change *change)
{
    return throttle_is_on(call) ? throttle_write_now(call, change) : OK;
}

MUST_CHECK static inline Status throttle_read(Call *call, const ReadCost *cost)
{
    return throttle_is_on(call) ? throttle_read_now(call, cost) : OK;
}

/* Of a batch some were refused: the others' answer stands, without the error of those. aws: API Reference,
 * BatchGetItem: "If none of the items can be processed due to insufficient provisioned throughput on all of the tables
 * in the request, then BatchGetItem returns a ProvisionedThroughputExceededException": that of the last, which is on
 * the call. */
MUST_CHECK Status throttle_end_batch(Call *call, bool is_none_done);

/* The table, or one of its indexes, is provisioned otherwise from now on: what had come until now came as before. */
void throttle_follow(Call *call, const Table *table);

/* Do limits hold for this table? */
bool throttle_is_enforced(Call *call, const Table *table);
/* … and for whatever is of no one table. */
bool throttle_is_enforced_for_all(const Call *call);

/* An operation on a table, of the account and region: no more than so many a second. */
bool throttle_takes_operation(const Call *call, int64_t most);

bool throttle_is_error(const ErrorModel *error);
/* "ProvisionedThroughputExceeded" or "ThrottlingError": the code of a cancelled transaction's or batch's part. */
Bytes throttle_code(const ErrorModel *error);
/* False: status is OK. The part's error becomes its reason to cancel, and is taken off the call. */
bool throttle_refuses_part(Call *call, Status status, DynamodbCancellationReason *reason);
/* A condition that doesn't hold costs its write; nothing is refused for it. */
void throttle_failed_condition(Call *call, const Table *table, double units);

/* All or none of a call's parts: what was taken since the mark is given back. */
size_t throttle_mark(const Call *call);
void throttle_give_back(const Call *call, size_t mark);
/* The turn's: it is committed, or undone. */
void throttle_settle(Dynamodb *dynamodb);
void throttle_undo(Dynamodb *dynamodb);

void throttle_open(Dynamodb *dynamodb);
void throttle_close(Dynamodb *dynamodb);
extern const RateLimitsOf dynamodb_rate_limits;
