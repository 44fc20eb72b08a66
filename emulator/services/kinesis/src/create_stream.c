/* create_stream.c - CreateStream: the hash keys in equal parts, one shard each. */
#include "operations.h"
#include "shard.h"
#include "tags.h"

#define CREATING_MAX 5

OPERATION(KinesisCreateStream, create_stream, WRITES);

/* aws: recorded from the service: without mode and count a stream gets 4 shards, as on-demand streams do. */
static bool is_on_demand(const KinesisCreateStreamInput *in)
{
    if (in->stream_mode_details)
        return bytes_equal(in->stream_mode_details->stream_mode, KINESIS_STREAM_MODE_ON_DEMAND);
    return !in->has_shard_count;
}

/* aws: Kinesis API Reference, CreateStream: LimitExceededException when you "have more than five streams in the
 * CREATING state at any point in time". */
static Status check_creating(Call *call, KinesisStreamName name)
{
    const Kinesis *kinesis = call->service;
    bool is_held = kinesis->limits.are_enforced;
    if (!is_held || streams_count(kinesis, name.account, name.region).creating_streams < CREATING_MAX)
        return OK;
    return fail(
        call, &KINESIS_LIMIT_EXCEEDED,
        "The number of concurrent stream requests exceeds the maximum number allowed (%d): that many streams of account " BYTES_FMT
        " are in state CREATING.",
        CREATING_MAX, BYTES_ARG(name.account));
}

static Status check(Call *call, const KinesisCreateStreamInput *in, const Stream *like, int32_t shard_count)
{
    Kinesis *kinesis = call->service;
    KinesisStreamName name = {like->account, like->region, like->name};
    TRY(expect_ok(call, streams_load(kinesis)));
    if (streams_get(kinesis, name))
        return fail(call, &KINESIS_RESOURCE_IN_USE, "Stream " BYTES_FMT " under account " BYTES_FMT " already exists.",
                    BYTES_ARG(name.name), BYTES_ARG(name.account));
    if (!like->is_on_demand && !in->has_shard_count)
        return fail(call, &KINESIS_INVALID_ARGUMENT, "ShardCount must be specified for a stream in PROVISIONED mode.");
    TRY(check_distribution(call, like->is_on_demand, in->record_distribution_strategy));
    TRY(check_creating(call, name));
    if (like->is_on_demand)
        TRY(check_on_demand_limit(call, name));
    TRY(tags_check(call, name, &in->tags));
    return check_shard_limit(call, name, shard_count);
}

static int insert_shards(Kinesis *kinesis, Stream *stream, uint32_t count)
{
    Shard *shard;
    int code = STORE_OK;
    for (uint32_t i = 0; code == STORE_OK && i < count; i++) {
        ShardPlan plan = {
            .hash_start = hash_key_part(i, count),
            .hash_end = i + 1 < count ? hash_key_part(i + 1, count) - 1 : HASH_KEY_MAX,
            .opened_ms = stream->created_ms,
        };
        code = shard_insert(kinesis, stream, &plan, &shard);
    }
    return code == STORE_OK ? stream_update(kinesis, stream) : code;
}

static Status create_stream(Call *call, const KinesisCreateStreamInput *in, KinesisCreateStreamOutput *out)
{
    Kinesis *kinesis = call->service;
    Stream *stream = NULL;
    Stream like = {
        .account = call->account,
        .region = call->region,
        .name = in->stream_name,
        .status = STREAM_CREATING,
        .created_ms = call->now_ms,
        .retention_hours = RETENTION_HOURS_MIN,
        .record_kib_max = in->has_max_record_size_in_ki_b ? in->max_record_size_in_ki_b : RECORD_KIB_DEFAULT,
        .is_on_demand = is_on_demand(in),
        .spreads_records = bytes_equal(in->record_distribution_strategy, KINESIS_RECORD_DISTRIBUTION_STRATEGY_AUTO),
    };
    int32_t count = like.is_on_demand ? SHARDS_ON_DEMAND : in->shard_count;
    (void)out;
    TRY(check(call, in, &like, count));

    TRY(expect_ok(call, stream_insert(kinesis, &like, &stream)));
    TRY(expect_ok(call, insert_shards(kinesis, stream, (uint32_t)count)));
    TagOwner owner = tags_of(stream->id);
    TRY(expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags))));
    return expect_ok(call, stream_pass_through(kinesis, stream, STREAM_CREATING));
}
