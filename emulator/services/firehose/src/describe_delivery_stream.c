/* describe_delivery_stream.c - DescribeDeliveryStream, ListDeliveryStreams. aws: Firehose API Reference, of both. */
#include "destination.h"
#include "encryption.h"
#include "firehose_operations.h"
#include "metrics.h"

#define NAMES_DEFAULT 10 /* aws: ListDeliveryStreams, Limit: "The default value is 10." */

OPERATION(FirehoseDescribeDeliveryStream, describe_delivery_stream, READS);
OPERATION(FirehoseListDeliveryStreams, list_delivery_streams, READS);

static FirehoseSourceDescription *describe_source(Arena *arena, const DeliveryStream *stream)
{
    FirehoseSourceDescription *source = arena_new_of(arena, FirehoseSourceDescription);
    if (stream->type == KINESIS_SOURCE) {
        FirehoseKinesisStreamSourceDescription *kinesis = arena_new_of(arena, FirehoseKinesisStreamSourceDescription);
        kinesis->kinesis_stream_arn = stream->source_arn;
        kinesis->role_arn = stream->source_role_arn;
        SET(kinesis, delivery_start_timestamp, stream->created_ms);
        source->kinesis_stream_source_description = kinesis;
        return source;
    }
    if (!stream->throughput_hint)
        return NULL;
    source->direct_put_source_description = arena_new_of(arena, FirehoseDirectPutSourceDescription);
    SET(source->direct_put_source_description, throughput_hint_in_m_bs, stream->throughput_hint);
    return source;
}

static Status describe_delivery_stream(Call *call, const FirehoseDescribeDeliveryStreamInput *in,
                                       FirehoseDescribeDeliveryStreamOutput *out)
{
    DeliveryStream stream;
    Target target;
    Arena *arena = call->arena;
    FirehoseDeliveryStreamDescription *told = arena_new_of(arena, FirehoseDeliveryStreamDescription);
    TRY(delivery_stream_for(call, in->delivery_stream_name, &stream));
    if (!target_read(arena, &stream, &target))
        return fault(call, STORE_BROKEN);

    told->delivery_stream_name = stream.name;
    told->delivery_stream_arn = delivery_stream_arn(arena, &stream);
    told->delivery_stream_status = delivery_stream_status(&stream, call->now_ms);
    told->delivery_stream_type = delivery_stream_type(&stream);
    if (stream.type == DIRECT_PUT)
        told->delivery_stream_encryption_configuration = encryption_describe(arena, &stream, call->now_ms);
    told->version_id = arena_text(arena, "%lld", (long long)stream.version);
    SET(told, create_timestamp, stream.created_ms);
    if (stream.updated_ms)
        SET(told, last_update_timestamp, stream.updated_ms);
    told->source = describe_source(arena, &stream);
    told->destinations.items = arena_new_of(arena, FirehoseDestinationDescription);
    told->destinations.len = 1;
    destination_describe(arena, &target, told->destinations.items);
    SET(told, has_more_destinations, false);
    out->delivery_stream_description = told;
    request_metrics(call, &stream, METRIC_DESCRIBE_REQUESTS);
    return OK;
}

static int type_of(Bytes type)
{
    if (!present(type))
        return -1;
    return bytes_equal(type, FIREHOSE_DELIVERY_STREAM_TYPE_DIRECTPUT)               ? DIRECT_PUT
           : bytes_equal(type, FIREHOSE_DELIVERY_STREAM_TYPE_KINESISSTREAMASSOURCE) ? KINESIS_SOURCE
                                                                                    : KINESIS_SOURCE + 1;
}

static Status list_delivery_streams(Call *call, const FirehoseListDeliveryStreamsInput *in,
                                    FirehoseListDeliveryStreamsOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : NAMES_DEFAULT;
    NamesQuery query = {in->exclusive_start_delivery_stream_name, type_of(in->delivery_stream_type), limit + 1};
    TRY(expect_ok(call, delivery_streams_list(&call->scope, query, &out->delivery_stream_names)));
    SET(out, has_more_delivery_streams, out->delivery_stream_names.len > limit);
    if (out->has_more_delivery_streams)
        out->delivery_stream_names.len = limit;
    return OK;
}
