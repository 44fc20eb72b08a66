/* documents.c - what a bucket keeps and gives back as it was given: policy, CORS, public access block, ownership
 * controls, encryption. In s3_config they are JSON by the model's shapes. aws: S3 API Reference. */
#include "bucket.h"
#include "encryption.h"
#include "s3_operations.h"
#include "wire.h"
#include <jansson.h>

#define REMOVED TEXT("-") /* in place of what every bucket has at first */

static Status keep(Call *call, const Bucket *bucket, const char *kind, const Shape *shape, const void *value)
{
    Buffer json = {0};
    json_encode(&json, shape, value);
    Bytes copy = arena_copy(call->arena, buffer_bytes(&json));
    buffer_done(&json);
    return config_put(call, bucket, kind, copy);
}

typedef enum Kept { KEPT_NOT, KEPT_REMOVED, KEPT } Kept;

static Status find(Call *call, const Bucket *bucket, const char *kind, const Shape *shape, void *ret, Kept *ret_kept)
{
    Bytes json, message;
    TRY(config_get(call, bucket, kind, &json));
    *ret_kept = !present(json) ? KEPT_NOT : bytes_equal(json, REMOVED) ? KEPT_REMOVED : KEPT;
    return *ret_kept == KEPT ? expect_ok(call, json_decode(call->arena, shape, json, ret, &message)) : OK;
}

/* Policy */

static Status check_policy(Call *call, Bytes policy)
{
    json_t *json = policy.len && policy.ptr[0] == '{' ? json_loadb(policy.ptr, policy.len, 0, NULL) : NULL;
    bool has_statement = json && json_object_get(json, "Statement");
    bool is_json = json != NULL;
    json_decref(json);
    if (!is_json)
        return deny(call, &MALFORMED_POLICY);
    return has_statement ? OK : fail(call, &MALFORMED_POLICY, "Missing required field Statement");
}

OPERATION(S3PutBucketPolicy, put_bucket_policy, WRITES);
static Status put_bucket_policy(Call *call, const S3PutBucketPolicyInput *in, S3PutBucketPolicyOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(check_policy(call, in->policy));
    call->status = 204;
    return config_put(call, &bucket, "policy", in->policy);
}

OPERATION(S3GetBucketPolicy, get_bucket_policy, READS);
static Status get_bucket_policy(Call *call, const S3GetBucketPolicyInput *in, S3GetBucketPolicyOutput *out)
{
    Bucket bucket;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(config_get(call, &bucket, "policy", &out->policy));
    return present(out->policy) ? OK : deny_telling(call, &POLICY_ABSENT, .bucket_name = bucket.name);
}

OPERATION(S3DeleteBucketPolicy, delete_bucket_policy, WRITES);
static Status delete_bucket_policy(Call *call, const S3DeleteBucketPolicyInput *in, S3DeleteBucketPolicyOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_remove(call, &bucket, "policy");
}

/* Cross-origin resource sharing */

OPERATION(S3PutBucketCors, put_bucket_cors, WRITES);
static Status put_bucket_cors(Call *call, const S3PutBucketCorsInput *in, S3PutBucketCorsOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!in->cors_configuration || !in->cors_configuration->cors_rules.len)
        return deny(call, &MALFORMED_XML);
    return keep(call, &bucket, "cors", &S3_SHAPE_CORS_CONFIGURATION, in->cors_configuration);
}

OPERATION(S3GetBucketCors, get_bucket_cors, READS);
static Status get_bucket_cors(Call *call, const S3GetBucketCorsInput *in, S3GetBucketCorsOutput *out)
{
    Bucket bucket;
    S3CORSConfiguration kept = {0};
    Kept state;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(find(call, &bucket, "cors", &S3_SHAPE_CORS_CONFIGURATION, &kept, &state));
    out->cors_rules = kept.cors_rules;
    return state == KEPT ? OK : deny_telling(call, &CORS_ABSENT, .bucket_name = bucket.name);
}

OPERATION(S3DeleteBucketCors, delete_bucket_cors, WRITES);
static Status delete_bucket_cors(Call *call, const S3DeleteBucketCorsInput *in, S3DeleteBucketCorsOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_remove(call, &bucket, "cors");
}

/* Public access block: aws: all four are on in a new bucket since April 2023. */

OPERATION(S3PutPublicAccessBlock, put_public_access_block, WRITES);
static Status put_public_access_block(Call *call, const S3PutPublicAccessBlockInput *in,
                                      S3PutPublicAccessBlockOutput *out)
{
    Bucket bucket;
    S3PublicAccessBlockConfiguration *wanted = in->public_access_block_configuration;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!wanted)
        return deny(call, &MALFORMED_XML);
    wanted->has_block_public_acls = wanted->has_ignore_public_acls = wanted->has_block_public_policy =
        wanted->has_restrict_public_buckets = true;
    return keep(call, &bucket, "public-access-block", &S3_SHAPE_PUBLIC_ACCESS_BLOCK_CONFIGURATION, wanted);
}

OPERATION(S3GetPublicAccessBlock, get_public_access_block, READS);
static Status get_public_access_block(Call *call, const S3GetPublicAccessBlockInput *in,
                                      S3GetPublicAccessBlockOutput *out)
{
    Bucket bucket;
    Kept state;
    S3PublicAccessBlockConfiguration *told = arena_new_of(call->arena, S3PublicAccessBlockConfiguration);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(find(call, &bucket, "public-access-block", &S3_SHAPE_PUBLIC_ACCESS_BLOCK_CONFIGURATION, told, &state));
    if (state == KEPT_REMOVED)
        return deny_telling(call, &PUBLIC_ACCESS_ABSENT, .bucket_name = bucket.name);
    if (state == KEPT_NOT) {
        SET(told, block_public_acls, true);
        SET(told, ignore_public_acls, true);
        SET(told, block_public_policy, true);
        SET(told, restrict_public_buckets, true);
    }
    out->public_access_block_configuration = told;
    return OK;
}

OPERATION(S3DeletePublicAccessBlock, delete_public_access_block, WRITES);
static Status delete_public_access_block(Call *call, const S3DeletePublicAccessBlockInput *in,
                                         S3DeletePublicAccessBlockOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_put(call, &bucket, "public-access-block", REMOVED);
}

/* Ownership controls: BucketOwnerEnforced in a new bucket, so that there are no ACLs. */

static bool is_ownership(Bytes name)
{
    return bytes_is(name, "BucketOwnerEnforced") || bytes_is(name, "BucketOwnerPreferred") ||
           bytes_is(name, "ObjectWriter");
}

OPERATION(S3PutBucketOwnershipControls, put_bucket_ownership_controls, WRITES);
static Status put_bucket_ownership_controls(Call *call, const S3PutBucketOwnershipControlsInput *in,
                                            S3PutBucketOwnershipControlsOutput *out)
{
    Bucket bucket;
    const S3OwnershipControls *wanted = in->ownership_controls;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!wanted || wanted->rules.len != 1 || !is_ownership(wanted->rules.items[0].object_ownership))
        return deny(call, &MALFORMED_XML);
    return keep(call, &bucket, "ownership", &S3_SHAPE_OWNERSHIP_CONTROLS, wanted);
}

OPERATION(S3GetBucketOwnershipControls, get_bucket_ownership_controls, READS);
static Status get_bucket_ownership_controls(Call *call, const S3GetBucketOwnershipControlsInput *in,
                                            S3GetBucketOwnershipControlsOutput *out)
{
    Bucket bucket;
    Kept state;
    S3OwnershipControls *told = arena_new_of(call->arena, S3OwnershipControls);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(find(call, &bucket, "ownership", &S3_SHAPE_OWNERSHIP_CONTROLS, told, &state));
    if (state == KEPT_REMOVED)
        return deny_telling(call, &OWNERSHIP_ABSENT, .bucket_name = bucket.name);
    if (state == KEPT_NOT) {
        told->rules.items = arena_new_of(call->arena, S3OwnershipControlsRule);
        told->rules.items[told->rules.len++].object_ownership = TEXT("BucketOwnerEnforced");
    }
    out->ownership_controls = told;
    return OK;
}

OPERATION(S3DeleteBucketOwnershipControls, delete_bucket_ownership_controls, WRITES);
static Status delete_bucket_ownership_controls(Call *call, const S3DeleteBucketOwnershipControlsInput *in,
                                               S3DeleteBucketOwnershipControlsOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_put(call, &bucket, "ownership", REMOVED);
}

/* Encryption: AES256, always. aws: since January 2023 every new object is encrypted so. */

OPERATION(S3PutBucketEncryption, put_bucket_encryption, WRITES);
static Status put_bucket_encryption(Call *call, const S3PutBucketEncryptionInput *in, S3PutBucketEncryptionOutput *out)
{
    Bucket bucket;
    const S3ServerSideEncryptionConfiguration *wanted = in->server_side_encryption_configuration;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!wanted || wanted->rules.len != 1 || !wanted->rules.items[0].apply_server_side_encryption_by_default)
        return deny(call, &MALFORMED_XML);
    const S3ServerSideEncryptionByDefault *usual = wanted->rules.items[0].apply_server_side_encryption_by_default;
    TRY(encryption_check(call, usual->sse_algorithm, (Bytes){0}));
    if (present(usual->kms_master_key_id))
        return deny_saying(
            call, &INVALID_ARGUMENT,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            .argument_name = TEXT("ApplyServerSideEncryptionByDefault"));
    return keep(call, &bucket, "encryption", &S3_SHAPE_SERVER_SIDE_ENCRYPTION_CONFIGURATION, wanted);
}

OPERATION(S3GetBucketEncryption, get_bucket_encryption, READS);
static Status get_bucket_encryption(Call *call, const S3GetBucketEncryptionInput *in, S3GetBucketEncryptionOutput *out)
{
    Bucket bucket;
    Kept state;
    S3ServerSideEncryptionConfiguration *told = arena_new_of(call->arena, S3ServerSideEncryptionConfiguration);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(find(call, &bucket, "encryption", &S3_SHAPE_SERVER_SIDE_ENCRYPTION_CONFIGURATION, told, &state));
    if (state != KEPT) {
        S3ServerSideEncryptionRule *rule = arena_new_of(call->arena, S3ServerSideEncryptionRule);
        rule->apply_server_side_encryption_by_default = arena_new_of(call->arena, S3ServerSideEncryptionByDefault);
        rule->apply_server_side_encryption_by_default->sse_algorithm = TEXT("AES256");
        SET(rule, bucket_key_enabled, false);
        told->rules = (S3ServerSideEncryptionRules){rule, 1};
    }
    out->server_side_encryption_configuration = told;
    return OK;
}

OPERATION(S3DeleteBucketEncryption, delete_bucket_encryption, WRITES);
static Status delete_bucket_encryption(Call *call, const S3DeleteBucketEncryptionInput *in,
                                       S3DeleteBucketEncryptionOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_remove(call, &bucket, "encryption");
}
