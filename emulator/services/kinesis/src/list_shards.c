/* list_shards.c - ListShards: which shards there are, or were at a moment. The KCL plans its leases with the filters:
 * a filter AT a moment gives shards that cover all hash keys exactly once. */
#include "access.h"
#include "operations.h"
#include "shard.h"
#include "token.h"

#define PAGE_MAX 1000 /* aws: Kinesis API, ListShards: "at most 1000 results are returned" */

OPERATION(KinesisListShards, list_shards, READS);

typedef enum Moment { MOMENT_ANY, MOMENT_AT, MOMENT_FROM, MOMENT_NOW } Moment;

typedef struct Filter {
    Moment moment;
    int64_t time_ms;
    uint32_t from; /* the first index told */
} Filter;

static bool filter_takes(const Filter *filter, const Shard *shard, int64_t at_ms)
{
    if (shard_is_expired(shard, at_ms))
        return false;
    /* A parent is closed in the moment its children open: in that moment only they count. */
    bool is_open_after = shard_is_open(shard) || shard->closed_ms > filter->time_ms;
    switch (filter->moment) {
    case MOMENT_AT:
        return shard->opened_ms <= filter->time_ms && is_open_after;
    case MOMENT_FROM:
        return is_open_after;
    case MOMENT_NOW:
        return shard_is_open(shard);
    case MOMENT_ANY:
        break;
    }
    return true;
}

/* Before the stream was, nothing was open; before the trim horizon, nothing is known. */
static int64_t clamp_time(const Stream *stream, int64_t time_ms, int64_t at_ms)
{
    int64_t horizon_ms = stream_horizon_ms(stream, at_ms);
    if (time_ms < horizon_ms)
        time_ms = horizon_ms;
    return time_ms < stream->created_ms ? stream->created_ms : time_ms;
}

/* aws: Kinesis API Reference, ShardFilter, ShardId: "This property can only be used if the AFTER_SHARD_ID shard type is
 * specified"; Timestamp: "… if FROM_TIMESTAMP or AT_TIMESTAMP shard types are specified". There they are needed. */
static Status check_member(Call *call, const KinesisShardFilter *in, const char *what, bool is_given, bool is_wanted)
{
    if (is_given == is_wanted)
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT, "%s must %sbe specified for ShardFilter type " BYTES_FMT ".", what,
                is_wanted ? "" : "not ", BYTES_ARG(in->type));
}

static Status check_members(Call *call, const KinesisShardFilter *in)
{
    bool is_of_time = bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AT_TIMESTAMP) ||
                      bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_FROM_TIMESTAMP);
    bool is_of_shard = bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AFTER_SHARD_ID);
    TRY(check_member(call, in, "ShardId", present(in->shard_id), is_of_shard));
    return check_member(call, in, "Timestamp", in->has_timestamp, is_of_time);
}

static Status read_filter(Call *call, const Stream *stream, const KinesisShardFilter *in, Filter *filter)
{
    uint32_t index;
    int64_t created_ms = clamp_time(stream, 0, call->now_ms);
    if (!in)
        return OK;
    TRY(check_members(call, in));
    if (bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AT_LATEST)) {
        filter->moment = MOMENT_NOW;
    } else if (bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AT_TRIM_HORIZON)) {
        filter->moment = MOMENT_AT;
        filter->time_ms = created_ms;
    } else if (bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AFTER_SHARD_ID)) {
        if (!shard_index_parse(in->shard_id, &index))
            return fail(call, &KINESIS_INVALID_ARGUMENT, "ShardId " BYTES_FMT " in ShardFilter is invalid.",
                        BYTES_ARG(in->shard_id));
        filter->from = index + 1;
    } else if (!bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_FROM_TRIM_HORIZON)) {
        filter->moment = bytes_equal(in->type, KINESIS_SHARD_FILTER_TYPE_AT_TIMESTAMP) ? MOMENT_AT : MOMENT_FROM;
        filter->time_ms = clamp_time(stream, in->timestamp, call->now_ms);
    }
    return OK;
}

static Status check_token_alone(Call *call, const KinesisListShardsInput *in)
{
    const char *other = present(in->stream_name)                ? "StreamName"
                        : present(in->stream_arn)               ? "StreamARN"
                        : present(in->exclusive_start_shard_id) ? "ExclusiveStartShardId"
                        : in->has_stream_creation_timestamp     ? "StreamCreationTimestamp"
                        : in->shard_filter                      ? "ShardFilter"
                                                                : NULL;
    return other ? fail(call, &KINESIS_INVALID_ARGUMENT, "NextToken and %s cannot be provided together.", other) : OK;
}

static Status follow_token(Call *call, const KinesisListShardsInput *in, Stream **ret_stream, Filter *filter)
{
    Token token;
    Kinesis *kinesis = call->service;
    TRY(check_token_alone(call, in));
    TRY(page_token_open(call, in->next_token, TOKEN_SHARDS, &token));
    TRY(expect_ok(call, streams_load(kinesis)));
    *ret_stream = streams_get_by_id(kinesis, token.stream_id);
    if (!*ret_stream)
        return stream_not_found(call, (KinesisStreamName){token.account, token.region, token.name});
    TRY(access_check(call, stream_name(*ret_stream), *ret_stream, NULL));
    *filter = (Filter){(Moment)token.numbers[0], token.numbers[1], (uint32_t)token.numbers[2]};
    return OK;
}

static Status begin(Call *call, const KinesisListShardsInput *in, Stream **ret_stream, Filter *filter)
{
    uint32_t index;
    if (!present(in->stream_name) && !present(in->stream_arn))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Either NextToken or StreamName should be provided.");
    TRY(stream_find(call, STREAM_REF(in), ret_stream));
    const Stream *stream = *ret_stream;
    if (in->has_stream_creation_timestamp && in->stream_creation_timestamp / MS_PER_S != stream->created_ms / MS_PER_S)
        return stream_not_found(call, (KinesisStreamName){stream->account, stream->region, stream->name});
    TRY(read_filter(call, stream, in->shard_filter, filter));
    if (!present(in->exclusive_start_shard_id))
        return OK;
    if (!shard_index_parse(in->exclusive_start_shard_id, &index))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "ExclusiveStartShardId " BYTES_FMT " is invalid.",
                    BYTES_ARG(in->exclusive_start_shard_id));
    if (index + 1 > filter->from)
        filter->from = index + 1;
    return OK;
}

static Bytes next_token(Call *call, const Stream *stream, const Filter *filter)
{
    Token token = {
        .kind = TOKEN_SHARDS,
        .made_ms = call->now_ms,
        .stream_id = stream->id,
        .numbers = {filter->moment, filter->time_ms, filter->from},
        .account = call->account,
        .region = call->region,
        .name = stream->name,
    };
    return token_seal(call->service, call->arena, &token);
}

static Status list_shards(Call *call, const KinesisListShardsInput *in, KinesisListShardsOutput *out)
{
    Stream *stream = NULL;
    Filter filter = {0};
    size_t limit = in->has_max_results && in->max_results < PAGE_MAX ? (size_t)in->max_results : PAGE_MAX;
    if (present(in->next_token))
        TRY(follow_token(call, in, &stream, &filter));
    else
        TRY(begin(call, in, &stream, &filter));
    TRY(stream_check_readable(call, stream));

    out->shards.items =
        arena_new_array(call->arena, KinesisShard, limit < stream->shards_count ? limit : stream->shards_count + 1);
    for (size_t i = shard_place(stream, filter.from); i < stream->shards_count; i++) {
        const Shard *shard = stream->shards[i];
        if (!filter_takes(&filter, shard, call->now_ms))
            continue;
        if (out->shards.len == limit) {
            filter.from = shard->index;
            out->next_token = next_token(call, stream, &filter);
            break;
        }
        shard_describe(call->arena, shard, &out->shards.items[out->shards.len++]);
    }
    return OK;
}
