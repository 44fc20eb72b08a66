/* policy.c - a bucket's policy: kept and told as it was given; nothing is decided by it. aws: S3 API Reference,
 * PutBucketPolicy, GetBucketPolicyStatus; User Guide, "The meaning of public". */
#include "bucket.h"
#include "s3_operations.h"
#include <jansson.h>

#define POLICY_BYTES_MAX 20480 /* aws: "Bucket policies are limited to 20 KB in size" */

static void free_json(void *json)
{
    json_decref(json);
}

static json_t *read_json(Call *call, Bytes text)
{
    json_t *json = text.len && text.ptr[0] == '{' ? json_loadb(text.ptr, text.len, 0, NULL) : NULL;
    if (json)
        arena_defer(call->arena, free_json, json);
    return json;
}

/* A statement may stand alone, or in a list. */
static const json_t *statement_at(const json_t *statements, size_t i)
{
    if (json_is_array(statements))
        return json_array_get(statements, i);
    return i ? NULL : statements;
}

static bool has_any_of(const json_t *statement, const char *name, const char *inverse)
{
    return json_object_get(statement, name) || json_object_get(statement, inverse);
}

/* "arn:aws:s3:::bucket/…", of this bucket. */
static bool is_ours(const Bucket *bucket, const char *resource)
{
    Bytes rest = bytes_of(resource);
    for (int part = 0; part < 5 && present(rest); part++)
        (void)bytes_cut(&rest, ':');
    if (!present(rest))
        return bytes_is(bytes_of(resource), "*");
    Bytes name = bytes_cut(&rest, '/');
    bool has_wildcard = bytes_find(name, '*') >= 0 || bytes_find(name, '?') >= 0;
    return has_wildcard || bytes_equal(name, bucket->name);
}

static bool has_our_resources(const Bucket *bucket, const json_t *resources)
{
    if (json_is_string(resources))
        return is_ours(bucket, json_string_value(resources));
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const char *one = json_string_value(json_array_get(resources, i));
        if (!one || !is_ours(bucket, one))
            return false;
    }
    return json_is_array(resources) && json_array_size(resources);
}

static Status check_statement(Call *call, const Bucket *bucket, const json_t *statement)
{
    const char *effect = json_string_value(json_object_get(statement, "Effect"));
    if (!json_is_object(statement))
        return fail(call, &MALFORMED_POLICY, "Syntax errors in policy.");
    if (!effect)
        return fail(call, &MALFORMED_POLICY, "Missing required field Effect");
    if (strcmp(effect, "Allow") && strcmp(effect, "Deny"))
        return fail(call, &MALFORMED_POLICY, "Invalid effect: %s", effect);
    if (!has_any_of(statement, "Principal", "NotPrincipal"))
        return fail(call, &MALFORMED_POLICY, "Missing required field Principal");
    if (!has_any_of(statement, "Action", "NotAction"))
        return fail(call, &MALFORMED_POLICY, "Missing required field Action");
    if (!has_any_of(statement, "Resource", "NotResource"))
        return fail(call, &MALFORMED_POLICY, "Missing required field Resource");
    const json_t *resources = json_object_get(statement, "Resource");
    if (resources && !has_our_resources(bucket, resources))
        return fail(call, &MALFORMED_POLICY, "Policy has invalid resource");
    return OK;
}

static Status check_policy(Call *call, const Bucket *bucket, Bytes policy)
{
    const json_t *json = read_json(call, policy), *statement;
    if (!json)
        return deny(call, &MALFORMED_POLICY);
    if (policy.len > POLICY_BYTES_MAX)
        return fail(call, &MALFORMED_POLICY, "Policy exceeds the maximum allowed document size.");
    const json_t *statements = json_object_get(json, "Statement");
    if (!statements)
        return fail(call, &MALFORMED_POLICY, "Missing required field Statement");
    for (size_t i = 0; (statement = statement_at(statements, i)); i++)
        TRY(check_statement(call, bucket, statement));
    return OK;
}

OPERATION(S3PutBucketPolicy, put_bucket_policy, WRITES);
static Status put_bucket_policy(Call *call, const S3PutBucketPolicyInput *in, S3PutBucketPolicyOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(check_policy(call, &bucket, in->policy));
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

static bool is_anybody(const json_t *principal)
{
    const json_t *aws = json_is_object(principal) ? json_object_get(principal, "AWS") : principal;
    const char *name = json_string_value(aws);
    for (size_t i = 0; !name && i < json_array_size(aws); i++) {
        const char *one = json_string_value(json_array_get(aws, i));
        name = one && !strcmp(one, "*") ? one : NULL;
    }
    return name && !strcmp(name, "*");
}

/* Allowed to anybody, on no condition. */
static bool is_public(const json_t *policy)
{
    const json_t *statements = json_object_get(policy, "Statement"), *statement;
    for (size_t i = 0; (statement = statement_at(statements, i)); i++) {
        const char *effect = json_string_value(json_object_get(statement, "Effect"));
        bool is_allowed = effect && !strcmp(effect, "Allow");
        if (is_allowed && is_anybody(json_object_get(statement, "Principal")) &&
            !json_object_get(statement, "Condition"))
            return true;
    }
    return false;
}

OPERATION(S3GetBucketPolicyStatus, get_bucket_policy_status, READS);
static Status get_bucket_policy_status(Call *call, const S3GetBucketPolicyStatusInput *in,
                                       S3GetBucketPolicyStatusOutput *out)
{
    Bucket bucket;
    Bytes policy;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(config_get(call, &bucket, "policy", &policy));
    if (!present(policy))
        return deny_telling(call, &POLICY_ABSENT, .bucket_name = bucket.name);
    out->policy_status = arena_new_of(call->arena, S3PolicyStatus);
    SET(out->policy_status, is_public, is_public(read_json(call, policy)));
    return OK;
}
