/* document_checks.c - what a bucket's documents must be beyond the model's constraints. The words are AWS's (recorded
 * answers), or the API Reference's where it gives them. */
#include "documents.h"
#include "encryption.h"

Status cors_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    static const char *const methods[] = {"GET", "PUT", "HEAD", "POST", "DELETE"};
    const S3CORSConfiguration *cors = document;
    (void)bucket, (void)ret_is_nothing;
    if (!cors->cors_rules.len || cors->cors_rules.len > 100)
        return deny(call, &MALFORMED_XML);
    for (size_t i = 0; i < cors->cors_rules.len; i++) {
        const S3CORSRule *rule = &cors->cors_rules.items[i];
        for (size_t at = 0; at < rule->allowed_methods.len; at++) {
            Bytes method = rule->allowed_methods.items[at];
            size_t known = 0;
            while (known < 5 && !bytes_is(method, methods[known]))
                known++;
            if (known == 5)
                return fail(call, &INVALID_REQUEST,
                            "Found unsupported HTTP method in CORS config. Unsupported method is " BYTES_FMT,
                            BYTES_ARG(method));
        }
        if (!rule->allowed_methods.len || !rule->allowed_origins.len || rule->allowed_methods.len > 100 ||
            rule->allowed_origins.len > 100 || rule->allowed_headers.len > 100 || rule->expose_headers.len > 100)
            return deny(call, &MALFORMED_XML);
    }
    return OK;
}

/* What isn't said is false. */
Status public_access_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    S3PublicAccessBlockConfiguration *wanted = document;
    (void)call, (void)bucket, (void)ret_is_nothing;
    wanted->has_block_public_acls = wanted->has_ignore_public_acls = wanted->has_block_public_policy =
        wanted->has_restrict_public_buckets = true;
    return OK;
}

bool is_ownership(Bytes name)
{
    return bytes_is(name, "BucketOwnerEnforced") || bytes_is(name, "BucketOwnerPreferred") ||
           bytes_is(name, "ObjectWriter");
}

Status ownership_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3OwnershipControls *wanted = document;
    (void)bucket, (void)ret_is_nothing;
    if (wanted->rules.len != 1 || !is_ownership(wanted->rules.items[0].object_ownership))
        return deny(call, &MALFORMED_XML);
    return OK;
}

static Status check_protocol(Call *call, Bytes protocol)
{
    if (!present(protocol) || bytes_is(protocol, "http") || bytes_is(protocol, "https"))
        return OK;
    return fail(
        call, &INVALID_REQUEST,
        "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.");
}

static Status check_routing(Call *call, const S3RoutingRule *rule)
{
    const S3Redirect *to = rule->redirect;
    if (!to || !(present(to->host_name) || present(to->http_redirect_code) || present(to->protocol) ||
                 present(to->replace_key_prefix_with) || present(to->replace_key_with)))
        return deny(call, &MALFORMED_XML);
    TRY(check_protocol(call, to->protocol));
    if (present(to->replace_key_prefix_with) && present(to->replace_key_with))
        return fail(call, &INVALID_REQUEST, "You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    if (rule->condition && !present(rule->condition->key_prefix_equals) &&
        !present(rule->condition->http_error_code_returned_equals))
        return fail(
            call, &INVALID_REQUEST,
            "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.");
    return OK;
}

Status website_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3WebsiteConfiguration *site = document;
    (void)bucket, (void)ret_is_nothing;
    if (site->redirect_all_requests_to && (site->index_document || site->error_document || site->routing_rules.len))
        return deny_saying(call, &INVALID_ARGUMENT,
                           "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                           .argument_name = TEXT("RedirectAllRequestsTo"), .argument_value = TEXT("not null"));
    if (!site->redirect_all_requests_to && !site->index_document)
        return deny_saying(call, &INVALID_ARGUMENT,
                           "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
                           .argument_name = TEXT("IndexDocument"), .argument_value = TEXT("null"));
    if (site->index_document) {
        Bytes suffix = site->index_document->suffix;
        if (!suffix.len || bytes_find(suffix, '/') >= 0)
            return deny_saying(call, &INVALID_ARGUMENT, "The IndexDocument Suffix is not well formed",
                               .argument_name = TEXT("IndexDocument"),
                               .argument_value = suffix.len ? suffix : TEXT(""));
    }
    if (site->redirect_all_requests_to)
        TRY(check_protocol(call, site->redirect_all_requests_to->protocol));
    for (size_t i = 0; i < site->routing_rules.len; i++)
        TRY(check_routing(call, &site->routing_rules.items[i]));
    return OK;
}

Status logging_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3LoggingEnabled *logging = ((const S3BucketLoggingStatus *)document)->logging_enabled;
    Bucket target;
    *ret_is_nothing = !logging;
    if (!logging)
        return OK;
    int code = bucket_find(call, logging->target_bucket, &target);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_NOT_FOUND || !bytes_equal(target.account, bucket->account))
        return deny_telling(call, &INVALID_LOG_TARGET, .target_bucket = logging->target_bucket);
    if (!bytes_equal(target.region, bucket->region))
        return deny_telling(call, &CROSS_LOCATION_LOGGING, .target_bucket_location = target.region,
                            .source_bucket_location =
                                bytes_is(bucket->region, "us-east-1") ? (Bytes){0} : bucket->region);
    return OK;
}

static Status check_filter(Call *call, const S3NotificationConfigurationFilter *filter)
{
    size_t count = filter && filter->key ? filter->key->filter_rules.len : 0;
    for (size_t i = 0; i < count; i++) {
        const S3FilterRule *rule = &filter->key->filter_rules.items[i];
        if (!present(rule->name) || !present(rule->value))
            return deny(call, &MALFORMED_XML);
        if (!bytes_equal_ignoring_case(rule->name, TEXT("prefix")) &&
            !bytes_equal_ignoring_case(rule->name, TEXT("suffix")))
            return deny_saying(call, &INVALID_ARGUMENT, "filter rule name must be either prefix or suffix",
                               .argument_name = TEXT("FilterRule.Name"), .argument_value = rule->name);
    }
    return OK;
}

static Status no_destination(Call *call, Bytes arn, const char *service, const char *noun)
{
    Arn parsed;
    if (!arn_parse(arn, &parsed) || !bytes_is(parsed.service, service))
        return deny_saying(call, &INVALID_ARGUMENT, "The ARN could not be parsed", .argument_name = bytes_of(noun),
                           .argument_value = arn);
    return deny_saying(call, &INVALID_ARGUMENT, "Unable to validate the following destination configurations",
                       .argument_name_1 = arn,
                       .argument_value_1 = arena_text(call->arena, "The destination %s does not exist", noun));
}

/* None of the destinations is here: a configuration that names one is refused as AWS refuses one that is not there.
 * x-amz-skip-destination-validation lets it be kept; EventBridge is not validated. */
static bool skips_validation(const Call *call)
{
    return bytes_equal_ignoring_case(http_head_field(call->head, "x-amz-skip-destination-validation"), TEXT("true"));
}

Status notification_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3NotificationConfiguration *wanted = document;
    (void)bucket;
    for (size_t i = 0; i < wanted->queue_configurations.len; i++)
        TRY(check_filter(call, wanted->queue_configurations.items[i].filter));
    for (size_t i = 0; i < wanted->topic_configurations.len; i++)
        TRY(check_filter(call, wanted->topic_configurations.items[i].filter));
    for (size_t i = 0; i < wanted->lambda_function_configurations.len; i++)
        TRY(check_filter(call, wanted->lambda_function_configurations.items[i].filter));
    *ret_is_nothing = !wanted->queue_configurations.len && !wanted->topic_configurations.len &&
                      !wanted->lambda_function_configurations.len && !wanted->event_bridge_configuration;
    if (skips_validation(call))
        return OK;
    if (wanted->queue_configurations.len)
        return no_destination(call, wanted->queue_configurations.items[0].queue_arn, "sqs", "queue");
    if (wanted->topic_configurations.len)
        return no_destination(call, wanted->topic_configurations.items[0].topic_arn, "sns", "topic");
    if (wanted->lambda_function_configurations.len)
        return no_destination(call, wanted->lambda_function_configurations.items[0].lambda_function_arn, "lambda",
                              "Lambda");
    return OK;
}

static Status check_replica(Call *call, const S3Destination *destination)
{
    Arn arn;
    Bucket target = {0};
    if (!destination)
        return deny(call, &MALFORMED_XML);
    if (!arn_parse(destination->bucket, &arn) || !bytes_is(arn.service, "s3"))
        return fail(call, &INVALID_ARGUMENT, "Invalid bucket ARN");
    int code = bucket_find(call, arn.resource, &target);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_NOT_FOUND || target.versioning != VERSIONING_ENABLED)
        return fail(call, &INVALID_REQUEST, "Destination bucket must have versioning enabled.");
    return OK;
}

Status replication_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3ReplicationConfiguration *wanted = document;
    (void)ret_is_nothing;
    if (bucket->versioning != VERSIONING_ENABLED)
        return fail(call, &INVALID_REQUEST,
                    "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    if (!wanted->rules.len || wanted->rules.len > 1000)
        return deny(call, &MALFORMED_XML);
    for (size_t i = 0; i < wanted->rules.len; i++)
        TRY(check_replica(call, wanted->rules.items[i].destination));
    return OK;
}

Status accelerate_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3AccelerateConfiguration *wanted = document;
    (void)ret_is_nothing;
    if (!present(wanted->status))
        return deny(call, &MALFORMED_XML);
    if (bytes_find(bucket->name, '.') >= 0)
        return fail(call, &INVALID_REQUEST,
                    "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
    return OK;
}

Status object_lock_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3ObjectLockConfiguration *wanted = document;
    const S3DefaultRetention *usual = wanted->rule ? wanted->rule->default_retention : NULL;
    (void)ret_is_nothing;
    if (!bytes_is(wanted->object_lock_enabled, "Enabled") || (wanted->rule && !usual))
        return deny(call, &MALFORMED_XML);
    if (usual && (!present(usual->mode) || usual->has_days == usual->has_years))
        return deny(call, &MALFORMED_XML);
    if (usual && (usual->has_days ? usual->days : usual->years) < 1)
        return deny_saying(call, &INVALID_ARGUMENT, "Default retention period must be a positive integer value.");
    if (usual && (usual->has_days ? usual->days > 36500 : usual->years > 100))
        return deny_saying(call, &INVALID_ARGUMENT, "Default retention period too large.");
    if (bucket->versioning != VERSIONING_ENABLED)
        return deny_saying(call, &INVALID_BUCKET_STATE,
                           "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
    return OK;
}

Status inventory_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    const S3InventoryConfiguration *wanted = document;
    const S3InventoryS3BucketDestination *to = wanted->destination ? wanted->destination->s3_bucket_destination : NULL;
    Arn arn;
    (void)bucket, (void)ret_is_nothing;
    if (!to)
        return deny(call, &MALFORMED_XML);
    return arn_parse(to->bucket, &arn) && bytes_is(arn.service, "s3") ? OK : deny(call, &INVALID_INVENTORY_BUCKET);
}

Status encryption_document_check(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing)
{
    S3ServerSideEncryptionConfiguration *wanted = document;
    (void)bucket, (void)ret_is_nothing;
    if (wanted->rules.len != 1 || !wanted->rules.items[0].apply_server_side_encryption_by_default)
        return deny(call, &MALFORMED_XML);
    S3ServerSideEncryptionRule *rule = &wanted->rules.items[0];
    const S3ServerSideEncryptionByDefault *usual = rule->apply_server_side_encryption_by_default;
    if (!encryption_is_known(usual->sse_algorithm))
        return deny(call, &MALFORMED_XML);
    if (bytes_is(usual->sse_algorithm, "AES256") && present(usual->kms_master_key_id))
        return deny_saying(
            call, &INVALID_ARGUMENT,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            .argument_name = TEXT("ApplyServerSideEncryptionByDefault"));
    if (!rule->has_bucket_key_enabled)
        SET(rule, bucket_key_enabled, false);
    return OK;
}
