/* acl.c - ACLs as far as BucketOwnerEnforced has them: all is the owner's. aws: User Guide, "Controlling ownership of
 * objects and disabling ACLs for your bucket". */
#include "acl.h"
#include "listing.h"
#include "s3_operations.h"

Status canned_acl_check(Call *call, Bytes canned)
{
    static const char *const names[] = {
        "private",       "public-read",       "public-read-write",        "authenticated-read", "log-delivery-write",
        "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"};
    size_t i = 0;
    while (present(canned) && i < sizeof names / sizeof *names && !bytes_is(canned, names[i]))
        i++;
    if (i < sizeof names / sizeof *names)
        return OK;
    return deny_saying(call, &INVALID_ARGUMENT, "", .argument_name = TEXT("x-amz-acl"), .argument_value = canned);
}

Status acl_check(Call *call, Bytes canned, bool has_grants)
{
    TRY(canned_acl_check(call, canned));
    bool is_owners = !present(canned) || bytes_is(canned, "private") || bytes_is(canned, "bucket-owner-full-control");
    if (is_owners && !has_grants)
        return OK;
    return deny(call, &ACL_NOT_SUPPORTED);
}

static S3Grants grants_of(Call *call, const S3Owner *owner)
{
    S3Grant *grant = arena_new_of(call->arena, S3Grant);
    grant->grantee = arena_new_of(call->arena, S3Grantee);
    grant->grantee->id = owner->id;
    grant->grantee->type = TEXT("CanonicalUser");
    grant->permission = TEXT("FULL_CONTROL");
    return (S3Grants){grant, 1};
}

OPERATION(S3GetBucketAcl, get_bucket_acl, READS);
static Status get_bucket_acl(Call *call, const S3GetBucketAclInput *in, S3GetBucketAclOutput *out)
{
    Bucket bucket;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    out->owner = owner_of_bucket(call, &bucket);
    out->grants = grants_of(call, out->owner);
    return OK;
}

OPERATION(S3GetObjectAcl, get_object_acl, READS);
static Status get_object_acl(Call *call, const S3GetObjectAclInput *in, S3GetObjectAclOutput *out)
{
    Bucket bucket;
    Object object;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for(call, &bucket, in->key, in->version_id, &object));
    out->owner = owner_of_bucket(call, &bucket);
    out->grants = grants_of(call, out->owner);
    return OK;
}

/* A PUT of an ACL: by its canned name, by grants in the head, or by a document; one of them. */
typedef struct AclRequest {
    Bytes canned;
    bool has_grants;
    const S3AccessControlPolicy *policy;
} AclRequest;
#define ACL_REQUEST(in)                                                                                                \
    {                                                                                                                  \
        .canned = (in)->acl, .has_grants = HAS_GRANTS(in) || present((in)->grant_write),                               \
        .policy = (in)->access_control_policy                                                                          \
    }

static bool is_whole(const S3AccessControlPolicy *policy)
{
    bool is_good = policy->owner && present(policy->owner->id);
    for (size_t i = 0; is_good && i < policy->grants.len; i++)
        is_good = policy->grants.items[i].grantee && present(policy->grants.items[i].permission);
    return is_good;
}

/* The owner's full control, in whatever form, is what there is. */
static bool is_owners(const AclRequest *request, const S3Owner *owner)
{
    const S3AccessControlPolicy *policy = request->policy;
    if (!policy)
        return !request->has_grants &&
               (bytes_is(request->canned, "private") || bytes_is(request->canned, "bucket-owner-full-control"));
    for (size_t i = 0; i < policy->grants.len; i++)
        if (!bytes_is(policy->grants.items[i].permission, "FULL_CONTROL") ||
            !bytes_equal(policy->grants.items[i].grantee->id, owner->id))
            return false;
    return policy->grants.len > 0;
}

/* aws: User Guide: with ACLs disabled a bucket "only accepts PUT requests that don't specify an ACL or PUT requests
 * that specify bucket owner full control ACLs, … or an equivalent form of this ACL expressed in XML". */
static Status judge(Call *call, const AclRequest *request, const S3Owner *owner)
{
    TRY(canned_acl_check(call, request->canned));
    if (present(request->canned) && request->has_grants)
        return fail(call, &INVALID_REQUEST, "Specifying both Canned ACLs and Header Grants is not allowed");
    if ((present(request->canned) || request->has_grants) && request->policy)
        return deny(call, &UNEXPECTED_CONTENT);
    if (!present(request->canned) && !request->has_grants && !request->policy)
        return deny_telling(call, &MISSING_HEADER, .missing_header_name = TEXT("x-amz-acl"));
    if (request->policy && !is_whole(request->policy))
        return deny(call, &MALFORMED_ACL);
    return is_owners(request, owner) ? OK : deny(call, &ACL_NOT_SUPPORTED);
}

OPERATION(S3PutBucketAcl, put_bucket_acl, WRITES);
static Status put_bucket_acl(Call *call, const S3PutBucketAclInput *in, S3PutBucketAclOutput *out)
{
    Bucket bucket;
    AclRequest request = ACL_REQUEST(in);
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return judge(call, &request, owner_of_bucket(call, &bucket));
}

OPERATION(S3PutObjectAcl, put_object_acl, WRITES);
static Status put_object_acl(Call *call, const S3PutObjectAclInput *in, S3PutObjectAclOutput *out)
{
    Bucket bucket;
    Object object;
    AclRequest request = ACL_REQUEST(in);
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for_beside(call, &bucket, in->key, in->version_id, &object));
    return judge(call, &request, owner_of_bucket(call, &bucket));
}
