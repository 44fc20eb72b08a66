/* update_shard_count.c - UpdateShardCount: the hash keys in equal parts again. */
#include "daily.h"
#include "operations.h"
#include "reshard.h"

#define SHARDS_MAX 10000 /* aws: Kinesis API, UpdateShardCount: "Scale up to more than 10000 shards in a stream" */

OPERATION(KinesisUpdateShardCount, update_shard_count, WRITES);

static const Daily rescales = {
    .count = {"SELECT COUNT(*) FROM kinesis_rescale WHERE stream_id = ?1 AND at_ms > ?2"},
    .note = {"INSERT INTO kinesis_rescale (stream_id, at_ms) VALUES (?1, ?2)"},
    .forget = {"DELETE FROM kinesis_rescale WHERE stream_id = ?1 AND at_ms <= ?2"},
    .max = 10, /* aws: there: "more than ten times per rolling 24-hour period" */
    .words = "cannot be scaled more than 10 times per rolling 24-hour period.",
};

static Status check_step(Call *call, int32_t current, int32_t target)
{
    const char *what = NULL;
    if (target > 2 * current)
        what = "scale up over double";
    else if (2 * target < current)
        what = "scale down below half";
    if (what)
        return fail(
            call, &KINESIS_INVALID_ARGUMENT,
            "UpdateShardCount cannot %s your current open shard count. Current open shard count: %d Target shard count: %d",
            what, current, target);
    if (target > SHARDS_MAX && (target >= current || current <= SHARDS_MAX))
        return fail(call, &KINESIS_LIMIT_EXCEEDED,
                    "UpdateShardCount cannot scale a stream to more than %d shards. Target shard count: %d", SHARDS_MAX,
                    target);
    return OK;
}

static Status update_shard_count(Call *call, const KinesisUpdateShardCountInput *in, KinesisUpdateShardCountOutput *out)
{
    Stream *stream = NULL;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(stream_check_active(call, stream));
    TRY(stream_check_provisioned(call, stream));
    int32_t current = (int32_t)stream->open_count, target = in->target_shard_count;
    TRY(check_step(call, current, target));
    TRY(check_shard_limit(call, (KinesisStreamName){stream->account, stream->region, stream->name}, target - current));
    TRY(daily_check(call, stream, &rescales));

    Reshard reshard = {.kind = RESHARD_COUNT, .count = (uint32_t)target};
    TRY(expect_ok(call, daily_note(call, stream, &rescales)));
    TRY(expect_ok(call, reshard_begin(call->service, stream, &reshard, call->now_ms)));

    out->stream_name = arena_copy(call->arena, stream->name);
    out->stream_arn = stream_arn(call->arena, stream);
    SET(out, current_shard_count, current);
    SET(out, target_shard_count, target);
    return OK;
}
