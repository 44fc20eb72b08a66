/* describe_stream.c - DescribeStream and DescribeStreamSummary. */
#include "consumer.h"
#include "monitoring.h"
#include "operations.h"
#include "shard.h"

#define PAGE_MAX 100 /* aws: Kinesis API, DescribeStream: "If you specify a value greater than 100, at most 100" */

OPERATION(KinesisDescribeStream, describe_stream, READS);
OPERATION(KinesisDescribeStreamSummary, describe_stream_summary, READS);

static KinesisStreamModeDetails *mode_of(Arena *arena, const Stream *stream)
{
    KinesisStreamModeDetails *mode = arena_new_of(arena, KinesisStreamModeDetails);
    mode->stream_mode = stream->is_on_demand ? KINESIS_STREAM_MODE_ON_DEMAND : KINESIS_STREAM_MODE_PROVISIONED;
    return mode;
}

/* One entry; without metrics where nobody has turned them on. */
static KinesisEnhancedMonitoringList monitoring_of(Arena *arena, const Stream *stream)
{
    KinesisEnhancedMetrics *metrics = arena_new_of(arena, KinesisEnhancedMetrics);
    metrics->shard_level_metrics = shard_metrics_list(arena, stream->shard_metrics);
    return (KinesisEnhancedMonitoringList){metrics, 1};
}

static KinesisWarmThroughputObject *warm_of(Arena *arena, const Stream *stream)
{
    if (!stream->warm_mibps || !stream->is_on_demand)
        return NULL;
    KinesisWarmThroughputObject *warm = arena_new_of(arena, KinesisWarmThroughputObject);
    SET(warm, current_mi_bps, stream->warm_mibps);
    SET(warm, target_mi_bps, stream->warm_mibps);
    return warm;
}

static Bytes encryption_of(const Stream *stream)
{
    return present(stream->key_id) ? KINESIS_ENCRYPTION_TYPE_KMS : KINESIS_ENCRYPTION_TYPE_NONE;
}

/* The shards after one, a page of them; false: that was all. */
static bool shard_page(Call *call, const Stream *stream, uint32_t from, size_t limit, KinesisShardList *ret)
{
    *ret = (KinesisShardList){arena_new_array(call->arena, KinesisShard, limit), 0};
    for (size_t i = shard_place(stream, from); i < stream->shards_count; i++) {
        const Shard *shard = stream->shards[i];
        if (shard_is_expired(shard, call->now_ms))
            continue;
        if (ret->len == limit)
            return true;
        shard_describe(call->arena, shard, &ret->items[ret->len++]);
    }
    return false;
}

static Status after_shard(Call *call, const Stream *stream, Bytes shard_id, uint32_t *ret_from)
{
    uint32_t index;
    *ret_from = 0;
    if (!present(shard_id))
        return OK;
    if (!shard_index_parse(shard_id, &index))
        return fail(call, &KINESIS_RESOURCE_NOT_FOUND,
                    "Could not find shard " BYTES_FMT " in stream " BYTES_FMT " under account " BYTES_FMT ".",
                    BYTES_ARG(shard_id), BYTES_ARG(stream->name), BYTES_ARG(stream->account));
    *ret_from = index + 1;
    return OK;
}

static Status describe_stream(Call *call, const KinesisDescribeStreamInput *in, KinesisDescribeStreamOutput *out)
{
    Stream *stream = NULL;
    uint32_t from;
    size_t limit = in->has_limit && in->limit < PAGE_MAX ? (size_t)in->limit : PAGE_MAX;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(after_shard(call, stream, in->exclusive_start_shard_id, &from));

    KinesisStreamDescription *description = arena_new_of(call->arena, KinesisStreamDescription);
    out->stream_description = description;
    description->stream_name = arena_copy(call->arena, stream->name);
    description->stream_arn = stream_arn(call->arena, stream);
    description->stream_status = stream_status_text(stream->status);
    description->stream_mode_details = mode_of(call->arena, stream);
    description->enhanced_monitoring = monitoring_of(call->arena, stream);
    description->encryption_type = encryption_of(stream);
    description->key_id = arena_copy(call->arena, stream->key_id);
    SET(description, retention_period_hours, stream->retention_hours);
    SET(description, stream_creation_timestamp, stream->created_ms);
    if (stream->status == STREAM_CREATING)
        limit = 0;
    bool has_more = shard_page(call, stream, from, limit, &description->shards);
    SET(description, has_more_shards, has_more && limit);
    return OK;
}

static Status describe_stream_summary(Call *call, const KinesisDescribeStreamSummaryInput *in,
                                      KinesisDescribeStreamSummaryOutput *out)
{
    Stream *stream = NULL;
    int64_t consumers = 0;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(expect_ok(call, consumers_count(call->service, stream, &consumers)));

    KinesisStreamDescriptionSummary *summary = arena_new_of(call->arena, KinesisStreamDescriptionSummary);
    out->stream_description_summary = summary;
    summary->stream_name = arena_copy(call->arena, stream->name);
    summary->stream_arn = stream_arn(call->arena, stream);
    summary->stream_status = stream_status_text(stream->status);
    summary->stream_mode_details = mode_of(call->arena, stream);
    summary->enhanced_monitoring = monitoring_of(call->arena, stream);
    summary->encryption_type = encryption_of(stream);
    summary->key_id = arena_copy(call->arena, stream->key_id);
    SET(summary, retention_period_hours, stream->retention_hours);
    SET(summary, stream_creation_timestamp, stream->created_ms);
    SET(summary, open_shard_count, stream->status == STREAM_CREATING ? 0 : (int32_t)stream->open_count);
    SET(summary, consumer_count, (int32_t)consumers);
    SET(summary, max_record_size_in_ki_b, stream->record_kib_max);
    summary->warm_throughput = warm_of(call->arena, stream);
    if (stream->is_on_demand)
        summary->record_distribution_strategy = stream->spreads_records
                                                    ? KINESIS_RECORD_DISTRIBUTION_STRATEGY_AUTO
                                                    : KINESIS_RECORD_DISTRIBUTION_STRATEGY_USER_PARTITION_KEY;
    return OK;
}
