/* endpoint.c */
#include "endpoint.h"
#include "outbound.h"
#include "processing.h"
#include "wire.h"

#define SIZE_MB_DEFAULT    5
#define INTERVAL_S_DEFAULT 300
#define RETRY_S_DEFAULT    300

static Status invalid(Call *call, const char *message)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "%s", message);
}

#define TAKE_ENDPOINT(to, from)                                                                                        \
    (TAKE_STRUCT(to, from, buffering_hints), TAKE_STRUCT(to, from, cloud_watch_logging_options),                       \
     TAKE_STRUCT(to, from, request_configuration), TAKE_STRUCT(to, from, processing_configuration),                    \
     TAKE_TEXT(to, from, role_arn), TAKE_STRUCT(to, from, retry_options), TAKE_TEXT(to, from, s3_backup_mode),         \
     TAKE_STRUCT(to, from, secrets_manager_configuration))

static void take_configuration(Arena *arena, Target *target, const FirehoseHttpEndpointConfiguration *in)
{
    FirehoseHttpEndpointDescription *told = arena_new_of(arena, FirehoseHttpEndpointDescription);
    told->url = in->url;
    told->name = in->name;
    target->endpoint->endpoint_configuration = told;
    target->access_key = in->access_key;
}

static bool has_control(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return true;
    return false;
}

static Status check(Call *call, const Target *target)
{
    const Firehose *firehose = call->service;
    const Endpoint *endpoint = target->endpoint;
    const FirehoseHttpEndpointBufferingHints *hints = endpoint->buffering_hints;
    Bytes url = endpoint->endpoint_configuration->url;
    if (hints->has_size_in_m_bs != hints->has_interval_in_seconds)
        return invalid(call, "BufferingHints must have both SizeInMBs and IntervalInSeconds, or neither of them.");
    if (endpoint->secrets_manager_configuration && endpoint->secrets_manager_configuration->enabled)
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "SecretsManagerConfiguration is not implemented: name an AccessKey.");
    if (has_control(target->access_key) || has_control(url))
        return invalid(call, "EndpointConfiguration cannot contain control characters.");
    if (processor_of(endpoint->processing_configuration, FIREHOSE_PROCESSOR_TYPE_METADATAEXTRACTION))
        return invalid(call, "MetadataExtraction processor can only be present when Dynamic Partitioning is enabled.");
    if (!outbound_can(firehose->outbound))
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "HttpEndpointDestinationConfiguration needs libcurl, which is not installed here.");
    if (!outbound_may_reach(firehose->outbound, arena_cstr(call->arena, url)))
        return invalid(
            call,
            "EndpointConfiguration.Url: evpoc-emu opens no connection but to hosts that are named when it is started: --egress localhost:8443 (EVPOC_EGRESS).");
    return OK;
}

static void fill(Arena *arena, Endpoint *endpoint)
{
    FirehoseHttpEndpointBufferingHints *hints = endpoint->buffering_hints;
    if (!hints || (!hints->has_size_in_m_bs && !hints->has_interval_in_seconds)) {
        endpoint->buffering_hints = hints = arena_new_of(arena, FirehoseHttpEndpointBufferingHints);
        SET(hints, size_in_m_bs, SIZE_MB_DEFAULT);
        SET(hints, interval_in_seconds, INTERVAL_S_DEFAULT);
    }
    if (!endpoint->retry_options)
        endpoint->retry_options = arena_new_of(arena, FirehoseHttpEndpointRetryOptions);
    if (!endpoint->retry_options->has_duration_in_seconds)
        SET(endpoint->retry_options, duration_in_seconds, RETRY_S_DEFAULT);
    if (!endpoint->request_configuration)
        endpoint->request_configuration = arena_new_of(arena, FirehoseHttpEndpointRequestConfiguration);
    if (!present(endpoint->request_configuration->content_encoding))
        endpoint->request_configuration->content_encoding = FIREHOSE_CONTENT_ENCODING_NONE;
    if (!present(endpoint->s3_backup_mode))
        endpoint->s3_backup_mode = FIREHOSE_HTTP_ENDPOINT_S3_BACKUP_MODE_FAILEDDATAONLY;
}

/* Where what is not taken goes; and, with AllData, a copy of everything. */
static Status settle(Call *call, Target *target)
{
    const Endpoint *endpoint = target->endpoint;
    Destination *destination = &target->destination;
    FirehoseBufferingHints *hints = arena_new_of(call->arena, FirehoseBufferingHints);
    destination_of_s3(endpoint->s3_destination_description, destination);
    *hints = (FirehoseBufferingHints){0};
    if (endpoint->buffering_hints->has_size_in_m_bs)
        SET(hints, size_in_m_bs, endpoint->buffering_hints->size_in_m_bs);
    if (endpoint->buffering_hints->has_interval_in_seconds)
        SET(hints, interval_in_seconds, endpoint->buffering_hints->interval_in_seconds);
    destination->buffering_hints = hints;
    destination->processing_configuration = endpoint->processing_configuration;
    if (bytes_equal(endpoint->s3_backup_mode, FIREHOSE_HTTP_ENDPOINT_S3_BACKUP_MODE_ALLDATA)) {
        destination->s3_backup_mode = FIREHOSE_S3_BACKUP_MODE_ENABLED;
        destination->s3_backup_description = endpoint->s3_destination_description;
    }
    TRY(check(call, target));
    return destination_check(call, destination);
}

Status endpoint_of_new(Call *call, const FirehoseHttpEndpointDestinationConfiguration *in, Target *ret)
{
    Endpoint *endpoint = ret->endpoint = arena_new_of(call->arena, Endpoint);
    TAKE_ENDPOINT(endpoint, in);
    endpoint->s3_destination_description = s3_of_configuration(call->arena, in->s3_configuration);
    if (!endpoint->cloud_watch_logging_options) {
        endpoint->cloud_watch_logging_options = arena_new_of(call->arena, FirehoseCloudWatchLoggingOptions);
        SET(endpoint->cloud_watch_logging_options, enabled, false);
    }
    take_configuration(call->arena, ret, in->endpoint_configuration);
    fill(call->arena, endpoint);
    return settle(call, ret);
}

Status endpoint_update(Call *call, const FirehoseHttpEndpointDestinationUpdate *in, Target *target)
{
    Endpoint *endpoint = target->endpoint;
    TAKE_ENDPOINT(endpoint, in);
    if (in->s3_update)
        endpoint->s3_destination_description =
            s3_of_update(call->arena, endpoint->s3_destination_description, in->s3_update);
    if (in->endpoint_configuration)
        take_configuration(call->arena, target, in->endpoint_configuration);
    fill(call->arena, endpoint);
    return settle(call, target);
}

Bytes endpoint_json(Arena *arena, const Endpoint *endpoint)
{
    return json_text(arena, &FIREHOSE_SHAPE_HTTP_ENDPOINT_DESTINATION_DESCRIPTION, endpoint);
}

Endpoint *endpoint_read(Arena *arena, const DeliveryStream *stream)
{
    Bytes message;
    Endpoint *endpoint = arena_new_of(arena, Endpoint);
    bool is_read =
        present(stream->endpoint) && json_decode(arena, &FIREHOSE_SHAPE_HTTP_ENDPOINT_DESTINATION_DESCRIPTION,
                                                 stream->endpoint, endpoint, &message) == WIRE_OK;
    return is_read && endpoint->endpoint_configuration && endpoint->s3_destination_description &&
                   endpoint->retry_options
               ? endpoint
               : NULL;
}
