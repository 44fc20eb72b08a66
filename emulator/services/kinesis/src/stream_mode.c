/* stream_mode.c - UpdateStreamMode, UpdateStreamWarmThroughput, UpdateMaxRecordSize. */
#include "account.h"
#include "daily.h"
#include "operations.h"
#include "reshard.h"

OPERATION(KinesisUpdateStreamMode, update_stream_mode, WRITES);
OPERATION(KinesisUpdateStreamWarmThroughput, update_stream_warm_throughput, WRITES);
OPERATION(KinesisUpdateMaxRecordSize, update_max_record_size, WRITES);

#define WARM_MIBPS_MAX 10240 /* aws: Developer Guide, Quotas: 10 GiB/s of writes */

/* aws: Developer Guide, "Switching between capacity modes". */
static const Daily switches = {
    .count = {"SELECT COUNT(*) FROM kinesis_mode_switch WHERE stream_id = ?1 AND at_ms > ?2"},
    .note = {"INSERT INTO kinesis_mode_switch (stream_id, at_ms) VALUES (?1, ?2)"},
    .forget = {"DELETE FROM kinesis_mode_switch WHERE stream_id = ?1 AND at_ms <= ?2"},
    .max = 2,
    .words = "cannot switch between the capacity modes more than 2 times within 24 hours.",
};

static Status check_warm(Call *call, const Stream *stream, bool is_on_demand, int32_t mibps)
{
    bool is_committed;
    TRY(account_is_committed(call, &is_committed));
    if (!is_on_demand || !is_committed)
        return fail(
            call, &KINESIS_VALIDATION,
            "Warm throughput is supported only for on-demand streams in accounts that have MinimumThroughputBillingCommitment enabled.");
    if (mibps > WARM_MIBPS_MAX)
        return fail(call, &KINESIS_LIMIT_EXCEEDED,
                    "WarmThroughputMiBps %d exceeds the limit of %d for stream " BYTES_FMT ".", mibps, WARM_MIBPS_MAX,
                    BYTES_ARG(stream->name));
    return OK;
}

/* A shard takes 1 MiB/s: the stream gets as many as its warm throughput needs. mibps 0: none is asked for. */
static int update(Call *call, Stream *stream, int32_t mibps)
{
    Reshard reshard = {.kind = RESHARD_COUNT, .count = (uint32_t)mibps};
    if (mibps)
        stream->warm_mibps = mibps;
    int code = stream_update(call->service, stream);
    if (code != STORE_OK)
        return code;
    return reshard.count > stream->open_count ? reshard_begin(call->service, stream, &reshard, call->now_ms)
                                              : stream_pass_through(call->service, stream, STREAM_UPDATING);
}

static Status update_stream_mode(Call *call, const KinesisUpdateStreamModeInput *in, KinesisUpdateStreamModeOutput *out)
{
    bool is_on_demand = bytes_equal(in->stream_mode_details->stream_mode, KINESIS_STREAM_MODE_ON_DEMAND);
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, (StreamRef){.arn = in->stream_arn}, &stream));
    TRY(stream_check_active(call, stream));
    if (is_on_demand == stream->is_on_demand)
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Stream " BYTES_FMT " under account " BYTES_FMT " is already in %s mode.", BYTES_ARG(stream->name),
                    BYTES_ARG(stream->account), is_on_demand ? "ON_DEMAND" : "PROVISIONED");
    if (in->has_warm_throughput_mi_bps)
        TRY(check_warm(call, stream, is_on_demand, in->warm_throughput_mi_bps));
    TRY(daily_check(call, stream, &switches));
    if (is_on_demand)
        TRY(check_on_demand_limit(call, (KinesisStreamName){stream->account, stream->region, stream->name}));

    TRY(expect_ok(call, daily_note(call, stream, &switches)));
    stream->is_on_demand = is_on_demand;
    if (!is_on_demand)
        stream->spreads_records = false;
    return expect_ok(call, update(call, stream, in->has_warm_throughput_mi_bps ? in->warm_throughput_mi_bps : 0));
}

static Status update_stream_warm_throughput(Call *call, const KinesisUpdateStreamWarmThroughputInput *in,
                                            KinesisUpdateStreamWarmThroughputOutput *out)
{
    Stream *stream = NULL;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(stream_check_active(call, stream));
    TRY(check_warm(call, stream, stream->is_on_demand, in->warm_throughput_mi_bps));

    out->stream_arn = stream_arn(call->arena, stream);
    out->stream_name = arena_copy(call->arena, stream->name);
    out->warm_throughput = arena_new_of(call->arena, KinesisWarmThroughputObject);
    SET(out->warm_throughput, current_mi_bps, stream->warm_mibps);
    SET(out->warm_throughput, target_mi_bps, in->warm_throughput_mi_bps);
    return expect_ok(call, update(call, stream, in->warm_throughput_mi_bps));
}

static Status update_max_record_size(Call *call, const KinesisUpdateMaxRecordSizeInput *in,
                                     KinesisUpdateMaxRecordSizeOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, (StreamRef){.arn = in->stream_arn}, &stream));
    TRY(stream_check_active(call, stream));
    stream->record_kib_max = in->max_record_size_in_ki_b;
    TRY(expect_ok(call, stream_update(call->service, stream)));
    return expect_ok(call, stream_pass_through(call->service, stream, STREAM_UPDATING));
}
