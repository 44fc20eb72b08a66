/* retention.c - IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod. */
#include "operations.h"
#include "stream.h"

OPERATION(KinesisIncreaseStreamRetentionPeriod, increase_retention, WRITES);
OPERATION(KinesisDecreaseStreamRetentionPeriod, decrease_retention, WRITES);

static Status check_range(Call *call, int32_t hours)
{
    if (hours < RETENTION_HOURS_MIN)
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.",
                    RETENTION_HOURS_MIN, hours);
    if (hours > RETENTION_HOURS_MAX)
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long.",
                    RETENTION_HOURS_MAX, hours);
    return OK;
}

static Status wrong_direction(Call *call, const Stream *stream, int32_t hours, const char *than, const char *other)
{
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "Requested retention period (%d hours) for stream " BYTES_FMT
                " can not be %s than existing retention period (%d hours). Use %sRetentionPeriod API.",
                hours, BYTES_ARG(stream->name), than, stream->retention_hours, other);
}

static Status change(Call *call, Stream *stream, int32_t hours)
{
    /* Nothing comes back that retention has hidden already. */
    stream->horizon_floor_ms = stream_horizon_ms(stream, call->now_ms);
    stream->retention_hours = hours;
    TRY(expect_ok(call, stream_update(call->service, stream)));
    return expect_ok(call, stream_pass_through(call->service, stream, STREAM_UPDATING));
}

static Status increase_retention(Call *call, const KinesisIncreaseStreamRetentionPeriodInput *in,
                                 KinesisIncreaseStreamRetentionPeriodOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(check_range(call, in->retention_period_hours));
    TRY(stream_for_change(call, STREAM_REF(in), &stream));
    if (in->retention_period_hours < stream->retention_hours)
        return wrong_direction(call, stream, in->retention_period_hours, "shorter", "Decrease");

    return change(call, stream, in->retention_period_hours);
}

static Status decrease_retention(Call *call, const KinesisDecreaseStreamRetentionPeriodInput *in,
                                 KinesisDecreaseStreamRetentionPeriodOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(check_range(call, in->retention_period_hours));
    TRY(stream_for_change(call, STREAM_REF(in), &stream));
    if (in->retention_period_hours > stream->retention_hours)
        return wrong_direction(call, stream, in->retention_period_hours, "longer", "Increase");

    return change(call, stream, in->retention_period_hours);
}
