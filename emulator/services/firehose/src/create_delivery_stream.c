/* create_delivery_stream.c - CreateDeliveryStream. aws: Firehose API Reference, CreateDeliveryStream. */
#include "destination.h"
#include "encryption.h"
#include "firehose_operations.h"
#include "partitions.h"
#include "source.h"
#include "tags.h"

#define STREAMS_MAX 5000 /* aws: Developer Guide, "Amazon Data Firehose Quota", the largest regions */

OPERATION(FirehoseCreateDeliveryStream, create_delivery_stream, WRITES);

static Status check_type(Call *call, const FirehoseCreateDeliveryStreamInput *in, StreamType *ret_type)
{
    const FirehoseKinesisStreamSourceConfiguration *source = in->kinesis_stream_source_configuration;
    Bytes type = in->delivery_stream_type;
    if (in->msk_source_configuration || bytes_equal(type, FIREHOSE_DELIVERY_STREAM_TYPE_MSKASSOURCE))
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "MSKAsSource is not implemented: a Firehose reads a Kinesis stream, or is put into.");
    if (in->database_source_configuration || bytes_equal(type, FIREHOSE_DELIVERY_STREAM_TYPE_DATABASEASSOURCE))
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "DatabaseAsSource is not implemented: a Firehose reads a Kinesis stream, or is put into.");
    *ret_type = bytes_equal(type, FIREHOSE_DELIVERY_STREAM_TYPE_KINESISSTREAMASSOURCE) ? KINESIS_SOURCE : DIRECT_PUT;
    if (*ret_type == DIRECT_PUT)
        return source ? fail(call, &FIREHOSE_INVALID_ARGUMENT,
                             "KinesisStreamSourceConfig is only applicable for KinesisStreamAsSource stream type.")
                      : OK;
    if (!source)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "KinesisSourceStreamConfig is required for KinesisStreamAsSource stream type.");
    if (in->delivery_stream_encryption_configuration_input)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "DeliveryStreamEncryptionConfigurationInput is only applicable for DirectPut stream type.");
    return source_check(call, source->kinesis_stream_arn);
}

static Status check_room(Call *call, Bytes name)
{
    DeliveryStream there;
    int64_t count;
    int code = delivery_stream_find(&call->scope, name, &there);
    if (code == STORE_OK)
        return fail(call, &FIREHOSE_RESOURCE_IN_USE,
                    "Firehose " BYTES_FMT " under accountId " BYTES_FMT " already exists", BYTES_ARG(name),
                    BYTES_ARG(call->account));
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(expect_ok(call, delivery_streams_count(&call->scope, &count)));
    return count < STREAMS_MAX ? OK
                               : fail(call, &FIREHOSE_LIMIT_EXCEEDED,
                                      "You have already consumed your firehose quota of %d hoses.", STREAMS_MAX);
}

static DeliveryStream new_stream(Call *call, const FirehoseCreateDeliveryStreamInput *in, StreamType type)
{
    const Firehose *firehose = call->service;
    DeliveryStream stream = {
        .account = call->account,
        .region = call->region,
        .name = in->delivery_stream_name,
        .type = type,
        .passes_ms = call->now_ms + firehose->transition_ms,
        .version = 1,
        .created_ms = call->now_ms,
        .next = 1,
        .position = 1,
    };
    if (type == KINESIS_SOURCE) {
        stream.source_arn = in->kinesis_stream_source_configuration->kinesis_stream_arn;
        stream.source_role_arn = in->kinesis_stream_source_configuration->role_arn;
    }
    if (in->direct_put_source_configuration && in->direct_put_source_configuration->has_throughput_hint_in_m_bs)
        stream.throughput_hint = in->direct_put_source_configuration->throughput_hint_in_m_bs;
    return stream;
}

typedef struct Creation {
    const FirehoseCreateDeliveryStreamInput *in;
    FirehoseCreateDeliveryStreamOutput *out;
    StreamType type;
    Target target;
    Tags tags;
} Creation;

static Status check(Call *call, Creation *creation)
{
    const FirehoseCreateDeliveryStreamInput *in = creation->in;
    TRY(check_type(call, in, &creation->type));
    TRY(destination_of_new(call, in, &creation->target));
    TRY(stream_tags_check(call, creation->tags));
    TRY(check_room(call, in->delivery_stream_name));
    return encryption_check_key(call, in->delivery_stream_encryption_configuration_input);
}

/* Its query was looked at meanwhile, by another process: what may have changed since is looked at again. */
static Status create(Call *call, void *context)
{
    Creation *creation = context;
    const FirehoseCreateDeliveryStreamInput *in = creation->in;
    TRY(check(call, creation));

    DeliveryStream stream = new_stream(call, in, creation->type);
    destination_keep(call->arena, &creation->target, &stream);
    if (in->delivery_stream_encryption_configuration_input)
        encryption_set(call, &stream, in->delivery_stream_encryption_configuration_input);
    TRY(expect_ok(call, delivery_stream_insert(&call->scope, &stream)));
    TagOwner owner = stream_tags(&stream);
    TRY(expect_ok(call, tags_put(&call->scope, &owner, creation->tags)));
    if (creation->type == KINESIS_SOURCE)
        TRY(expect_ok(call, source_begin(&call->scope, &stream)));

    creation->out->delivery_stream_arn = delivery_stream_arn(call->arena, &stream);
    return OK;
}

static Status create_delivery_stream(Call *call, const FirehoseCreateDeliveryStreamInput *in,
                                     FirehoseCreateDeliveryStreamOutput *out)
{
    Creation *creation = arena_new_of(call->arena, Creation);
    creation->in = in;
    creation->out = out;
    creation->tags = tags_filled(call->arena, TAGS_OF(&in->tags));
    TRY(check(call, creation));
    TRY(partition_query_check(call, &creation->target.destination, (QueryCheck){create, creation}));
    return create(call, creation);
}
