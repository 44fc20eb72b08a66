/* acl.c - ACLs as far as BucketOwnerEnforced has them: all is the owner's. aws: User Guide, "Controlling ownership of
 * objects and disabling ACLs for your bucket". */
#include "acl.h"
#include "listing.h"
#include "s3_operations.h"

Status acl_check(Call *call, Bytes canned, bool has_grants)
{
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
