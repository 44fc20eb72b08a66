/* account_settings.c - DescribeLimits, DescribeAccountSettings, UpdateAccountSettings. */
#include "account.h"
#include "operations.h"
#include "stream.h"

OPERATION(KinesisDescribeLimits, describe_limits, READS);
OPERATION(KinesisDescribeAccountSettings, describe_account_settings, READS);
OPERATION(KinesisUpdateAccountSettings, update_account_settings, WRITES);

#define COMMITMENT_MS (24 * MS_PER_HOUR)

static const Query get_commitment = {"SELECT started_ms, ended_ms, is_ending FROM kinesis_account"
                                     " WHERE account = ?1 AND region = ?2"};
static const Query put_commitment = {
    "INSERT INTO kinesis_account (account, region, started_ms, ended_ms, is_ending) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (account, region) DO UPDATE SET started_ms = excluded.started_ms, ended_ms = excluded.ended_ms,"
    " is_ending = excluded.is_ending"};

typedef struct Commitment {
    int64_t started_ms, ended_ms; /* ended_ms 0: it is on */
    bool is_ending;               /* when the least time has passed */
} Commitment;

static Status read(Call *call, Commitment *ret)
{
    *ret = (Commitment){0};
    Statement *get = statement_begin(call->store, &get_commitment);
    bind_text(get, 1, call->account);
    bind_text(get, 2, call->region);
    int code = statement_one(get);
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret = (Commitment){column_int64(get, 0), column_int64(get, 1), column_int64(get, 2)};
    statement_end(get);
    if (ret->is_ending && call->now_ms >= ret->started_ms + COMMITMENT_MS)
        *ret = (Commitment){ret->started_ms, ret->started_ms + COMMITMENT_MS, false};
    return OK;
}

static int write(Call *call, const Commitment *commitment)
{
    Statement *put = statement_begin(call->store, &put_commitment);
    bind_text(put, 1, call->account);
    bind_text(put, 2, call->region);
    bind_int64(put, 3, commitment->started_ms);
    bind_int64(put, 4, commitment->ended_ms);
    bind_int64(put, 5, commitment->is_ending);
    return statement_run(put);
}

static bool is_on(const Commitment *commitment)
{
    return commitment->started_ms && !commitment->ended_ms;
}

static KinesisMinimumThroughputBillingCommitmentOutput *describe(Arena *arena, const Commitment *commitment)
{
    KinesisMinimumThroughputBillingCommitmentOutput *d =
        arena_new_of(arena, KinesisMinimumThroughputBillingCommitmentOutput);
    d->status = !is_on(commitment)      ? TEXT("DISABLED")
                : commitment->is_ending ? TEXT("ENABLED_UNTIL_EARLIEST_ALLOWED_END")
                                        : TEXT("ENABLED");
    if (commitment->started_ms)
        SET(d, started_at, commitment->started_ms);
    if (commitment->ended_ms)
        SET(d, ended_at, commitment->ended_ms);
    if (is_on(commitment))
        SET(d, earliest_allowed_end_at, commitment->started_ms + COMMITMENT_MS);
    return d;
}

Status account_is_committed(Call *call, bool *ret)
{
    Commitment commitment;
    TRY(read(call, &commitment));
    *ret = is_on(&commitment);
    return OK;
}

static Status describe_account_settings(Call *call, const KinesisDescribeAccountSettingsInput *in,
                                        KinesisDescribeAccountSettingsOutput *out)
{
    Commitment commitment;
    (void)in;
    TRY(read(call, &commitment));
    out->minimum_throughput_billing_commitment = describe(call->arena, &commitment);
    return OK;
}

static Status update_account_settings(Call *call, const KinesisUpdateAccountSettingsInput *in,
                                      KinesisUpdateAccountSettingsOutput *out)
{
    bool enable = bytes_is(in->minimum_throughput_billing_commitment->status, "ENABLED");
    Commitment commitment;
    TRY(read(call, &commitment));
    if (enable && !is_on(&commitment))
        commitment = (Commitment){.started_ms = call->now_ms};
    else if (enable)
        commitment.is_ending = false;
    else if (is_on(&commitment) && call->now_ms < commitment.started_ms + COMMITMENT_MS)
        commitment.is_ending = true;
    else if (is_on(&commitment))
        commitment.ended_ms = call->now_ms;
    TRY(expect_ok(call, write(call, &commitment)));
    out->minimum_throughput_billing_commitment = describe(call->arena, &commitment);
    return OK;
}

static Status describe_limits(Call *call, const KinesisDescribeLimitsInput *in, KinesisDescribeLimitsOutput *out)
{
    Kinesis *kinesis = call->service;
    (void)in;
    TRY(expect_ok(call, streams_load(kinesis)));
    StreamsCount count = streams_count(kinesis, call->account, call->region);
    SET(out, shard_limit, SHARDS_PER_ACCOUNT_MAX);
    SET(out, open_shard_count, (int32_t)count.provisioned_shards);
    SET(out, on_demand_stream_count, (int32_t)count.on_demand_streams);
    SET(out, on_demand_stream_count_limit, ON_DEMAND_STREAMS_MAX);
    return OK;
}
