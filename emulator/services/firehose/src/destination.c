/* destination.c - the members that S3 and ExtendedS3 destinations have, their defaults, and what is refused. */
#include "destination.h"
#include "conversion/conversion.h"
#include "endpoint.h"
#include "partitions.h"
#include "wire.h"
#include "zone.h"

#define DESTINATION_ID         TEXT("destinationId-000000000001")
#define SIZE_MB_DEFAULT        5
#define INTERVAL_S_DEFAULT     300
#define PARTITIONED_MB_DEFAULT 128
#define RETRY_S_DEFAULT        300

/* clang-format off */
#define TAKE_S3(to, from)                                                                                              \
    (TAKE_TEXT(to, from, role_arn), TAKE_TEXT(to, from, bucket_arn), TAKE_TEXT(to, from, prefix),                      \
     TAKE_TEXT(to, from, error_output_prefix), TAKE_STRUCT(to, from, buffering_hints),                                 \
     TAKE_TEXT(to, from, compression_format), TAKE_STRUCT(to, from, encryption_configuration),                         \
     TAKE_STRUCT(to, from, cloud_watch_logging_options))
#define TAKE_EXTENDED(to, from)                                                                                        \
    (TAKE_S3(to, from), TAKE_STRUCT(to, from, processing_configuration), TAKE_TEXT(to, from, s3_backup_mode),          \
     TAKE_STRUCT(to, from, dynamic_partitioning_configuration), TAKE_TEXT(to, from, file_extension),                   \
     TAKE_TEXT(to, from, custom_time_zone))
/* clang-format on */

static Status not_built(Call *call, const char *what)
{
    return fail(call, &COMMON_NOT_IMPLEMENTED, "%s is not implemented: delivery goes to S3, or to an HTTP endpoint.",
                what);
}

static Status invalid(Call *call, const char *message)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "%s", message);
}

/* aws: BufferingHints: "This parameter is optional but if you specify a value for it, you must also specify a value for
 * IntervalInSeconds, and vice versa." */
static Status check_hints(Call *call, const FirehoseBufferingHints *hints)
{
    if (hints->has_size_in_m_bs == hints->has_interval_in_seconds)
        return OK;
    return invalid(call, "BufferingHints must have both SizeInMBs and IntervalInSeconds, or neither of them.");
}

static const char *fault_text(PrefixFault fault)
{
    switch (fault) {
    case PREFIX_UNENDED:
        return "an expression that begins with !{ must end with }";
    case PREFIX_BAD_TIME:
        return "the value of the timestamp namespace must be a valid Java DateTimeFormatter string";
    case PREFIX_NO_ERROR_HERE:
        return "Prefix cannot contain !{firehose:error-output-type}";
    case PREFIX_PARTITION_KEY:
        return "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.";
    case PREFIX_UNKNOWN:
    case PREFIX_FINE:
        break;
    }
    return "expressions must be of the form !{namespace:value}, the namespace timestamp or firehose";
}

/* aws: the words, with their "Ths", as users have seen them */
static Status refuse_prefix(Call *call, const char *constraint)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "Ths supplied prefix(es) do not satisfy the following constraint: %s",
                constraint);
}

/* Of any: what it evaluates to is looked at when it is known. */
static bool any_key(const void *keys, Bytes name, Bytes *ret)
{
    (void)keys;
    *ret = TEXT("k");
    return name.len > 0;
}

typedef struct PrefixKind {
    Bytes error_type;
    bool has_partitions;
} PrefixKind;

static Status check_prefix(Call *call, Bytes prefix, PrefixKind kind)
{
    Buffer out = {0};
    PrefixValues values = {.time = {.at_ms = call->now_ms},
                           .error_type = kind.error_type,
                           .partition_key = kind.has_partitions ? any_key : NULL};
    PrefixFault fault = prefix_append(&out, prefix, &values);
    bool is_long = out.len > PREFIX_EVALUATED_MAX;
    buffer_done(&out);
    if (fault == PREFIX_PARTITION_KEY)
        return invalid(call, fault_text(fault));
    if (fault != PREFIX_FINE)
        return refuse_prefix(call, fault_text(fault));
    return is_long ? refuse_prefix(call, "a prefix must evaluate to at most 512 characters") : OK;
}

static Status check_prefixes(Call *call, Bytes prefix, Bytes error, bool has_partitions)
{
    TRY(check_prefix(call, prefix, (PrefixKind){{0}, has_partitions}));
    TRY(check_prefix(call, error, (PrefixKind){TEXT("processing-failed"), false}));
    if (prefix_has_expressions(prefix) && !error.len)
        return refuse_prefix(call, "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions");
    if (prefix_has_expressions(error) && !prefix_has_error_type(error))
        return refuse_prefix(
            call, "ErrorOutputPrefix must contain !{firehose:error-output-type} when it contains expressions");
    return OK;
}

static Status check_built(Call *call, const Destination *destination)
{
    const FirehoseEncryptionConfiguration *encryption = destination->encryption_configuration;
    if (encryption && encryption->kms_encryption_config)
        return not_built(call, "EncryptionConfiguration with a key of KMS");
    return processors_check(call, destination->processing_configuration);
}

static Status check_copy(Call *call, const Destination *destination)
{
    const FirehoseS3DestinationDescription *copy = destination->s3_backup_description;
    if (!copy)
        return bytes_equal(destination->s3_backup_mode, FIREHOSE_S3_BACKUP_MODE_ENABLED)
                   ? invalid(call, "S3BackupConfiguration must be present when S3BackupMode is Enabled.")
                   : OK;
    if (!present(copy->bucket_arn) || !present(copy->role_arn))
        return invalid(call, "S3BackupConfiguration must have both BucketARN and RoleARN.");
    if (copy->encryption_configuration->kms_encryption_config)
        return not_built(call, "EncryptionConfiguration with a key of KMS");
    TRY(check_hints(call, copy->buffering_hints));
    return check_prefixes(call, copy->prefix, copy->error_output_prefix, false);
}

/* before: of an update; else NULL. */
static Status check(Call *call, const Destination *destination, const Destination *before)
{
    int32_t offset_s;
    TRY(check_hints(call, destination->buffering_hints));
    TRY(check_built(call, destination));
    TRY(conversion_check(call, destination));
    TRY(partitions_check(call, destination, before));
    TRY(check_prefixes(call, destination->prefix, destination->error_output_prefix,
                       present(partition_query(destination))));
    TRY(check_copy(call, destination));
    if (!zone_offset(destination->custom_time_zone, call->now_ms / MS_PER_S, &offset_s))
        return invalid(call, "CustomTimeZone must be the name of a time zone of the tz database.");
    return OK;
}

static FirehoseS3DestinationDescription s3_defaults(Arena *arena)
{
    FirehoseBufferingHints *hints = arena_new_of(arena, FirehoseBufferingHints);
    FirehoseEncryptionConfiguration *encryption = arena_new_of(arena, FirehoseEncryptionConfiguration);
    FirehoseCloudWatchLoggingOptions *logging = arena_new_of(arena, FirehoseCloudWatchLoggingOptions);
    SET(hints, size_in_m_bs, SIZE_MB_DEFAULT);
    SET(hints, interval_in_seconds, INTERVAL_S_DEFAULT);
    encryption->no_encryption_config = FIREHOSE_NO_ENCRYPTION_CONFIG_NOENCRYPTION;
    SET(logging, enabled, false);
    return (FirehoseS3DestinationDescription){
        .buffering_hints = hints,
        .compression_format = FIREHOSE_COMPRESSION_FORMAT_UNCOMPRESSED,
        .encryption_configuration = encryption,
        .cloud_watch_logging_options = logging,
    };
}

static void set_defaults(Arena *arena, Destination *destination)
{
    FirehoseS3DestinationDescription s3 = s3_defaults(arena);
    *destination = (Destination){.s3_backup_mode = FIREHOSE_S3_BACKUP_MODE_DISABLED};
    TAKE_S3(destination, &s3);
}

/* An empty structure says nothing. */
static void fill_hints(Arena *arena, FirehoseBufferingHints **hints)
{
    if (!(*hints)->has_size_in_m_bs && !(*hints)->has_interval_in_seconds)
        *hints = s3_defaults(arena).buffering_hints;
}

/* aws: Developer Guide, "Configure buffering hints": with dynamic partitioning, 128 MiB where nothing is said; model:
 * RetryOptions: "The default value is 300". */
static void fill_partitioning(Arena *arena, Destination *destination, bool has_hints)
{
    FirehoseDynamicPartitioningConfiguration *partitioning = destination->dynamic_partitioning_configuration;
    if (!partitioning || !partitioning->enabled)
        return;
    if (!has_hints)
        SET(destination->buffering_hints, size_in_m_bs, PARTITIONED_MB_DEFAULT);
    if (!partitioning->retry_options)
        partitioning->retry_options = arena_new_of(arena, FirehoseRetryOptions);
    if (!partitioning->retry_options->has_duration_in_seconds)
        SET(partitioning->retry_options, duration_in_seconds, RETRY_S_DEFAULT);
}

/* aws, as it was measured by others: a stream that converts has 128 MiB, too. */
static void fill_conversion(Destination *destination, bool has_hints)
{
    if (conversion_is_enabled(destination) && !has_hints)
        SET(destination->buffering_hints, size_in_m_bs, CONVERSION_SIZE_MB_DEFAULT);
}

static const char *other_of_new(const FirehoseCreateDeliveryStreamInput *in)
{
    return in->redshift_destination_configuration                  ? "RedshiftDestinationConfiguration"
           : in->elasticsearch_destination_configuration           ? "ElasticsearchDestinationConfiguration"
           : in->amazonopensearchservice_destination_configuration ? "AmazonopensearchserviceDestinationConfiguration"
           : in->splunk_destination_configuration                  ? "SplunkDestinationConfiguration"
           : in->amazon_open_search_serverless_destination_configuration
               ? "AmazonOpenSearchServerlessDestinationConfiguration"
           : in->snowflake_destination_configuration ? "SnowflakeDestinationConfiguration"
           : in->iceberg_destination_configuration   ? "IcebergDestinationConfiguration"
                                                     : NULL;
}

static void take_new(Arena *arena, Destination *ret, const FirehoseExtendedS3DestinationConfiguration *in)
{
    const FirehoseBufferingHints *hints = in->buffering_hints;
    TAKE_EXTENDED(ret, in);
    fill_hints(arena, &ret->buffering_hints);
    bool has_hints = hints && (hints->has_size_in_m_bs || hints->has_interval_in_seconds);
    fill_partitioning(arena, ret, has_hints);
    ret->data_format_conversion_configuration =
        conversion_merged(arena, NULL, in->data_format_conversion_configuration);
    fill_conversion(ret, has_hints);
    if (in->s3_backup_configuration)
        ret->s3_backup_description = s3_of_configuration(arena, in->s3_backup_configuration);
}

Status destination_of_new(Call *call, const FirehoseCreateDeliveryStreamInput *in, Target *ret)
{
    const char *other = other_of_new(in);
    int count = (in->s3_destination_configuration != NULL) + (in->extended_s3_destination_configuration != NULL) +
                (in->http_endpoint_destination_configuration != NULL) + (other != NULL);
    Destination *destination = &ret->destination;
    *ret = (Target){0};
    if (count != 1)
        return invalid(call, "Exactly one destination configuration is supported for a Firehose");
    if (other)
        return not_built(call, other);
    if (in->http_endpoint_destination_configuration)
        return endpoint_of_new(call, in->http_endpoint_destination_configuration, ret);
    set_defaults(call->arena, destination);
    if (in->s3_destination_configuration)
        TAKE_S3(destination, in->s3_destination_configuration);
    else
        take_new(call->arena, destination, in->extended_s3_destination_configuration);
    fill_hints(call->arena, &destination->buffering_hints);
    return check(call, destination, NULL);
}

static const char *other_of_update(const FirehoseUpdateDestinationInput *in)
{
    return in->redshift_destination_update                        ? "RedshiftDestinationUpdate"
           : in->elasticsearch_destination_update                 ? "ElasticsearchDestinationUpdate"
           : in->amazonopensearchservice_destination_update       ? "AmazonopensearchserviceDestinationUpdate"
           : in->splunk_destination_update                        ? "SplunkDestinationUpdate"
           : in->amazon_open_search_serverless_destination_update ? "AmazonOpenSearchServerlessDestinationUpdate"
           : in->snowflake_destination_update                     ? "SnowflakeDestinationUpdate"
           : in->iceberg_destination_update                       ? "IcebergDestinationUpdate"
                                                                  : NULL;
}

static void take_update(Arena *arena, Destination *destination, const FirehoseExtendedS3DestinationUpdate *in)
{
    TAKE_EXTENDED(destination, in);
    fill_partitioning(arena, destination, true);
    destination->data_format_conversion_configuration = conversion_merged(
        arena, destination->data_format_conversion_configuration, in->data_format_conversion_configuration);
    FirehoseS3DestinationDescription defaults = s3_defaults(arena);
    const FirehoseS3DestinationDescription *before = destination->s3_backup_description;
    if (in->s3_backup_update)
        destination->s3_backup_description = s3_of_update(arena, before ? before : &defaults, in->s3_backup_update);
}

/* aws: ExtendedS3DestinationUpdate, S3BackupMode: "If you have enabled … it cannot be disabled"; the API Reference of
 * the configuration: "You can't update a Firehose stream … to disable it" */
static Status check_update(Call *call, const Destination *before, const Destination *after)
{
    if (destination_has_copy(before) && !destination_has_copy(after))
        return invalid(call, "S3BackupMode cannot be changed from Enabled to Disabled.");
    return check(call, after, before);
}

Status destination_update(Call *call, const FirehoseUpdateDestinationInput *in, Target *target)
{
    const char *other = other_of_update(in);
    Destination *destination = &target->destination;
    const Destination before = *destination;
    int count = (in->s3_destination_update != NULL) + (in->extended_s3_destination_update != NULL) +
                (in->http_endpoint_destination_update != NULL) + (other != NULL);
    if (count != 1)
        return invalid(call, "Exactly one destination update is supported for a Firehose");
    if (other)
        return not_built(call, other);
    if ((in->http_endpoint_destination_update != NULL) != (target->endpoint != NULL))
        return invalid(call, "The destination update must be of the destination's type.");
    if (target->endpoint)
        return endpoint_update(call, in->http_endpoint_destination_update, target);
    if (in->s3_destination_update)
        TAKE_S3(destination, in->s3_destination_update);
    else
        take_update(call->arena, destination, in->extended_s3_destination_update);
    fill_hints(call->arena, &destination->buffering_hints);
    return check_update(call, &before, destination);
}

void destination_keep(Arena *arena, const Target *target, DeliveryStream *stream)
{
    const Destination *destination = &target->destination;
    stream->destination = json_text(arena, &FIREHOSE_SHAPE_EXTENDED_S3_DESTINATION_DESCRIPTION, destination);
    stream->endpoint = target->endpoint ? endpoint_json(arena, target->endpoint) : (Bytes){0};
    stream->access_key = target->access_key;
    stream->size_max = destination->buffering_hints->size_in_m_bs * BYTES_PER_MB;
    stream->interval_ms = destination->buffering_hints->interval_in_seconds * MS_PER_S;
}

bool destination_read(Arena *arena, const DeliveryStream *stream, Destination *ret)
{
    Bytes message;
    *ret = (Destination){0};
    return json_decode(arena, &FIREHOSE_SHAPE_EXTENDED_S3_DESTINATION_DESCRIPTION, stream->destination, ret,
                       &message) == WIRE_OK &&
           ret->buffering_hints;
}

bool target_read(Arena *arena, const DeliveryStream *stream, Target *ret)
{
    *ret = (Target){.endpoint = endpoint_read(arena, stream), .access_key = stream->access_key};
    return destination_read(arena, stream, &ret->destination) && (ret->endpoint || !present(stream->endpoint));
}

void destination_describe(Arena *arena, const Target *target, FirehoseDestinationDescription *ret)
{
    *ret = (FirehoseDestinationDescription){.destination_id = DESTINATION_ID,
                                            .http_endpoint_destination_description = target->endpoint};
    if (target->endpoint)
        return;
    ret->s3_destination_description = arena_new_of(arena, FirehoseS3DestinationDescription);
    ret->extended_s3_destination_description = arena_new_of(arena, Destination);
    TAKE_S3(ret->s3_destination_description, &target->destination);
    *ret->extended_s3_destination_description = target->destination;
}

FirehoseS3DestinationDescription *s3_of_configuration(Arena *arena, const FirehoseS3DestinationConfiguration *in)
{
    FirehoseS3DestinationDescription *s3 = arena_new_of(arena, FirehoseS3DestinationDescription);
    *s3 = s3_defaults(arena);
    TAKE_S3(s3, in);
    fill_hints(arena, &s3->buffering_hints);
    return s3;
}

FirehoseS3DestinationDescription *s3_of_update(Arena *arena, const FirehoseS3DestinationDescription *before,
                                               const FirehoseS3DestinationUpdate *in)
{
    FirehoseS3DestinationDescription *s3 = arena_new_of(arena, FirehoseS3DestinationDescription);
    *s3 = *before;
    TAKE_S3(s3, in);
    fill_hints(arena, &s3->buffering_hints);
    return s3;
}

void destination_of_s3(const FirehoseS3DestinationDescription *s3, Destination *ret)
{
    *ret = (Destination){.s3_backup_mode = FIREHOSE_S3_BACKUP_MODE_DISABLED};
    TAKE_S3(ret, s3);
}

Status destination_check(Call *call, const Destination *destination)
{
    return check(call, destination, NULL);
}

bool destination_has_copy(const Destination *destination)
{
    return bytes_equal(destination->s3_backup_mode, FIREHOSE_S3_BACKUP_MODE_ENABLED) &&
           destination->s3_backup_description;
}

Bytes bucket_of(Bytes arn)
{
    ptrdiff_t colon = bytes_find_last(arn, ':');
    return bytes_slice(arn, (size_t)(colon + 1), arn.len - (size_t)(colon + 1));
}
