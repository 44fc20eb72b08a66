/* record_distribution.c - UpdateStreamRecordDistributionStrategy: whether producers' keys place records, or the service
 * spreads them over the shards. */
#include "operations.h"
#include "stream.h"

OPERATION(KinesisUpdateStreamRecordDistributionStrategy, update_strategy, WRITES);

/* aws: Kinesis API, UpdateStreamRecordDistributionStrategy: "only supported for data streams that use the on-demand
 * capacity mode"; "the change takes effect immediately". */
Status check_distribution(Call *call, bool is_on_demand, Bytes strategy)
{
    if (is_on_demand || !present(strategy) ||
        bytes_equal(strategy, KINESIS_RECORD_DISTRIBUTION_STRATEGY_USER_PARTITION_KEY))
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "RecordDistributionStrategy AUTO is only supported for streams in ON_DEMAND mode.");
}

static Status update_strategy(Call *call, const KinesisUpdateStreamRecordDistributionStrategyInput *in,
                              KinesisUpdateStreamRecordDistributionStrategyOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_for_change(call, (StreamRef){.arn = in->stream_arn}, &stream));
    TRY(check_distribution(call, stream->is_on_demand, in->record_distribution_strategy));

    stream->spreads_records = bytes_equal(in->record_distribution_strategy, KINESIS_RECORD_DISTRIBUTION_STRATEGY_AUTO);
    return expect_ok(call, stream_update(call->service, stream));
}
