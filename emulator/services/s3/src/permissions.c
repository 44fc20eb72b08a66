/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon S3". */
#include "bucket.h"
#include "copy_source.h"
#include "object.h"
#include "permission.h"
#include "s3.h"
#include "tags.h"

extern const PermissionsOf s3_permissions;

static Bytes object_arn(Call *call, const void *in)
{
    return arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(permission_member(call, in, "Bucket")),
                      BYTES_ARG(permission_member(call, in, "Key")));
}

static void add(Call *call, NeedList *needs, const char *action, Bytes resource)
{
    need_add(needs, arena_text(call->arena, "s3:%s", action), permission_arn(call, &s3_permissions, resource));
}

static bool has(Call *call, const void *in, const char *member)
{
    return present(permission_member(call, in, member));
}

/* Of a version that is named, most have an action of their own. */
static bool is_of_version(Call *call, const void *in)
{
    return has(call, in, "VersionId");
}

static void get_needs(Call *call, const void *in, NeedList *needs)
{
    add(call, needs, is_of_version(call, in) ? "GetObjectVersion" : "GetObject", object_arn(call, in));
}

static void attributes_needs(Call *call, const void *in, NeedList *needs)
{
    get_needs(call, in, needs);
    add(call, needs, is_of_version(call, in) ? "GetObjectVersionAttributes" : "GetObjectAttributes",
        object_arn(call, in));
}

static void delete_needs(Call *call, const void *in, NeedList *needs)
{
    add(call, needs, is_of_version(call, in) ? "DeleteObjectVersion" : "DeleteObject", object_arn(call, in));
}

static void delete_all_needs(Call *call, const void *in, NeedList *needs)
{
    const S3DeleteObjectsInput *input = in;
    for (size_t i = 0; input->delete &&i < input->delete->objects.len; i++) {
        const S3ObjectIdentifier *object = &input->delete->objects.items[i];
        Bytes arn = arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(input->bucket), BYTES_ARG(object->key));
        add(call, needs, present(object->version_id) ? "DeleteObjectVersion" : "DeleteObject", arn);
    }
}

static void put_needs(Call *call, const void *in, NeedList *needs)
{
    Bytes arn = object_arn(call, in);
    add(call, needs, "PutObject", arn);
    if (has(call, in, "Tagging"))
        add(call, needs, "PutObjectTagging", arn);
    if (has(call, in, "ACL"))
        add(call, needs, "PutObjectAcl", arn);
    if (has(call, in, "ObjectLockMode"))
        add(call, needs, "PutObjectRetention", arn);
    if (has(call, in, "ObjectLockLegalHoldStatus"))
        add(call, needs, "PutObjectLegalHold", arn);
}

static void source_needs(Call *call, const void *in, NeedList *needs)
{
    Bytes path, version;
    if (copy_source_read(call->arena, permission_member(call, in, "CopySource"), &path, &version))
        add(call, needs, present(version) ? "GetObjectVersion" : "GetObject", path);
}

static void copy_needs(Call *call, const void *in, NeedList *needs)
{
    source_needs(call, in, needs);
    put_needs(call, in, needs);
}

static void part_copy_needs(Call *call, const void *in, NeedList *needs)
{
    source_needs(call, in, needs);
    add(call, needs, "PutObject", object_arn(call, in));
}

/* "PutObjectTagging", of a version "PutObjectVersionTagging". */
static void version_needs(Call *call, const void *in, NeedList *needs)
{
    Bytes name = bytes_of(call->operation->model->name), verb = name;
    size_t at = (size_t)((const char *)memmem(name.ptr, name.len, "Object", 6) - name.ptr) + 6;
    verb.len = at;
    Bytes action = !is_of_version(call, in) ? name
                                            : arena_text(call->arena, BYTES_FMT "Version" BYTES_FMT, BYTES_ARG(verb),
                                                         BYTES_ARG(bytes_slice(name, at, name.len - at)));
    add(call, needs, arena_cstr(call->arena, action), object_arn(call, in));
}

static void add_text_tags(Call *call, FactList *facts, const char *prefix, const char *keys, Bytes text)
{
    Tags tags;
    if (!present(text) || !is_ok(tag_set_read(call, text, &tags)))
        return;
    for (size_t i = 0; i < tags.len; i++) {
        fact_add(facts, arena_text(call->arena, "%s" BYTES_FMT, prefix, BYTES_ARG(tags.pairs[2 * i])),
                 tags.pairs[2 * i + 1]);
        if (keys)
            fact_add(facts, bytes_of(keys), tags.pairs[2 * i]);
    }
}

static void add_existing_tags(Call *call, const void *in, FactList *facts)
{
    Bucket bucket;
    Object object;
    Bytes key = permission_member(call, in, "Key");
    if (!present(key) || bucket_find(call, permission_member(call, in, "Bucket"), &bucket) != STORE_OK ||
        object_find(call, &bucket, key, &object) != STORE_OK)
        return;
    add_text_tags(call, facts, "s3:ExistingObjectTag/", NULL, object_head_read(call, object.head).tagging);
}

static void add_facts(Call *call, const void *in, FactList *facts)
{
    Bytes authorization = http_head_field(call->head, "authorization");
    bool is_v2 = bytes_starts_with(authorization, TEXT("AWS "));
    if (present(authorization))
        fact_add(facts, TEXT("s3:authType"), TEXT("REST-HEADER"));
    else if (present(call->access_key))
        fact_add(facts, TEXT("s3:authType"), TEXT("REST-QUERY-STRING"));
    if (present(call->access_key))
        fact_add(facts, TEXT("s3:signatureversion"), is_v2 ? TEXT("AWS") : TEXT("AWS4-HMAC-SHA256"));
    fact_add(facts, TEXT("s3:x-amz-content-sha256"), http_head_field(call->head, "x-amz-content-sha256"));
    add_text_tags(call, facts, "s3:RequestObjectTag/", "s3:RequestObjectTagKeys",
                  permission_member(call, in, "Tagging"));
    add_existing_tags(call, in, facts);
}

static int find_resource(const Scope *scope, PermissionResource *found)
{
    Call call = {.scope = *scope};
    Arn arn;
    Bucket bucket;
    if (!arn_parse(found->arn, &arn))
        return STORE_OK;
    Bytes rest = arn.resource;
    int code = bucket_find(&call, bytes_cut(&rest, '/'), &bucket);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    found->account = bucket.account;
    Status status = config_get(&call, &bucket, "policy", &found->policy);
    return is_ok(status) ? STORE_OK : call.fault_code;
}

static const Permission rows[] = {
    {"CreateBucket", NULL, "{Bucket}", NULL},
    {"DeleteBucket", NULL, "{Bucket}", NULL},
    {"GetBucketLocation", NULL, "{Bucket}", NULL},
    {"PutBucketVersioning", NULL, "{Bucket}", NULL},
    {"GetBucketVersioning", NULL, "{Bucket}", NULL},
    {"PutBucketTagging", NULL, "{Bucket}", NULL},
    {"GetBucketTagging", NULL, "{Bucket}", NULL},
    {"PutBucketPolicy", NULL, "{Bucket}", NULL},
    {"GetBucketPolicy", NULL, "{Bucket}", NULL},
    {"DeleteBucketPolicy", NULL, "{Bucket}", NULL},
    {"PutBucketOwnershipControls", NULL, "{Bucket}", NULL},
    {"GetBucketOwnershipControls", NULL, "{Bucket}", NULL},
    {"GetBucketAcl", NULL, "{Bucket}", NULL},
    {"PutBucketAcl", NULL, "{Bucket}", NULL},
    {"PutBucketWebsite", NULL, "{Bucket}", NULL},
    {"GetBucketWebsite", NULL, "{Bucket}", NULL},
    {"DeleteBucketWebsite", NULL, "{Bucket}", NULL},
    {"PutBucketLogging", NULL, "{Bucket}", NULL},
    {"GetBucketLogging", NULL, "{Bucket}", NULL},
    {"PutBucketRequestPayment", NULL, "{Bucket}", NULL},
    {"GetBucketRequestPayment", NULL, "{Bucket}", NULL},
    {"GetBucketPolicyStatus", NULL, "{Bucket}", NULL},
    {"HeadBucket", "s3:ListBucket", "{Bucket}", NULL},
    {"ListObjectsV2", "s3:ListBucket", "{Bucket}", NULL},
    {"ListObjects", "s3:ListBucket", "{Bucket}", NULL},
    {"ListBuckets", "s3:ListAllMyBuckets", NULL, NULL},
    {"PutObject", NULL, NULL, put_needs},
    {"CreateMultipartUpload", NULL, NULL, put_needs},
    {"UploadPart", "s3:PutObject", "{Bucket}/{Key}", NULL},
    {"CompleteMultipartUpload", "s3:PutObject", "{Bucket}/{Key}", NULL},
    {"UploadPartCopy", NULL, NULL, part_copy_needs},
    {"CopyObject", NULL, NULL, copy_needs},
    {"GetObject", NULL, NULL, get_needs},
    {"HeadObject", NULL, NULL, get_needs},
    {"GetObjectAttributes", NULL, NULL, attributes_needs},
    {"DeleteObject", NULL, NULL, delete_needs},
    {"DeleteObjects", NULL, NULL, delete_all_needs},
    {"AbortMultipartUpload", NULL, "{Bucket}/{Key}", NULL},
    {"ListParts", "s3:ListMultipartUploadParts", "{Bucket}/{Key}", NULL},
    {"ListMultipartUploads", "s3:ListBucketMultipartUploads", "{Bucket}", NULL},
    {"ListObjectVersions", "s3:ListBucketVersions", "{Bucket}", NULL},
    {"PutObjectTagging", NULL, NULL, version_needs},
    {"GetObjectTagging", NULL, NULL, version_needs},
    {"DeleteObjectTagging", NULL, NULL, version_needs},
    {"GetObjectAcl", NULL, NULL, version_needs},
    {"PutObjectAcl", NULL, NULL, version_needs},
    {"PutObjectLegalHold", NULL, "{Bucket}/{Key}", NULL},
    {"GetObjectLegalHold", NULL, "{Bucket}/{Key}", NULL},
    {"PutObjectRetention", NULL, "{Bucket}/{Key}", NULL},
    {"GetObjectRetention", NULL, "{Bucket}/{Key}", NULL},
    {"DeleteBucketTagging", "s3:PutBucketTagging", "{Bucket}", NULL},
    {"PutBucketCors", "s3:PutBucketCORS", "{Bucket}", NULL},
    {"DeleteBucketCors", "s3:PutBucketCORS", "{Bucket}", NULL},
    {"GetBucketCors", "s3:GetBucketCORS", "{Bucket}", NULL},
    {"PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "{Bucket}", NULL},
    {"DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock", "{Bucket}", NULL},
    {"GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "{Bucket}", NULL},
    {"DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls", "{Bucket}", NULL},
    {"PutBucketEncryption", "s3:PutEncryptionConfiguration", "{Bucket}", NULL},
    {"DeleteBucketEncryption", "s3:PutEncryptionConfiguration", "{Bucket}", NULL},
    {"GetBucketEncryption", "s3:GetEncryptionConfiguration", "{Bucket}", NULL},
    {"PutBucketNotificationConfiguration", "s3:PutBucketNotification", "{Bucket}", NULL},
    {"GetBucketNotificationConfiguration", "s3:GetBucketNotification", "{Bucket}", NULL},
    {"PutBucketReplication", "s3:PutReplicationConfiguration", "{Bucket}", NULL},
    {"DeleteBucketReplication", "s3:PutReplicationConfiguration", "{Bucket}", NULL},
    {"GetBucketReplication", "s3:GetReplicationConfiguration", "{Bucket}", NULL},
    {"PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration", "{Bucket}", NULL},
    {"GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration", "{Bucket}", NULL},
    {"PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", "{Bucket}", NULL},
    {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", "{Bucket}", NULL},
    {"GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", "{Bucket}", NULL},
    {"PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", "{Bucket}", NULL},
    {"GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", "{Bucket}", NULL},
    {"PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration", "{Bucket}", NULL},
    {"DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration", "{Bucket}", NULL},
    {"GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration", "{Bucket}", NULL},
    {"ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration", "{Bucket}", NULL},
    {"PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration", "{Bucket}", NULL},
    {"DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration", "{Bucket}", NULL},
    {"GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration", "{Bucket}", NULL},
    {"ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration", "{Bucket}", NULL},
    {"PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration", "{Bucket}", NULL},
    {"DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration", "{Bucket}", NULL},
    {"GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration", "{Bucket}", NULL},
    {"ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration", "{Bucket}", NULL},
    {"PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration", "{Bucket}", NULL},
    {"DeleteBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration", "{Bucket}", NULL},
    {"GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration", "{Bucket}", NULL},
    {"ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration", "{Bucket}", NULL},
    {"RenameObject", "s3:PutObject", "{Bucket}/{Key}", NULL},
    {"RestoreObject", NULL, "{Bucket}/{Key}", NULL},
    {"PutBucketAbac", NULL, "{Bucket}", NULL},
    {"GetBucketAbac", NULL, "{Bucket}", NULL},
    {"PostObject", "", NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"s3:prefix", "Prefix"},
    {"s3:delimiter", "Delimiter"},
    {"s3:max-keys", "MaxKeys"},
    {"s3:VersionId", "VersionId"},
    {"s3:x-amz-acl", "ACL"},
    {"s3:x-amz-grant-read", "GrantRead"},
    {"s3:x-amz-grant-write", "GrantWrite"},
    {"s3:x-amz-grant-full-control", "GrantFullControl"},
    {"s3:x-amz-storage-class", "StorageClass"},
    {"s3:x-amz-server-side-encryption", "ServerSideEncryption"},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"},
    {"s3:x-amz-copy-source", "CopySource"},
    {"s3:x-amz-metadata-directive", "MetadataDirective"},
    {"s3:x-amz-website-redirect-location", "WebsiteRedirectLocation"},
    {"s3:object-lock-mode", "ObjectLockMode"},
    {"s3:object-lock-legal-hold", "ObjectLockLegalHoldStatus"},
    {"s3:LocationConstraint", "CreateBucketConfiguration.LocationConstraint"},
    {NULL, NULL},
};

static const char *const roles[] = {"ReplicationConfiguration.Role", NULL};

const PermissionsOf s3_permissions = {
    .prefix = "s3",
    .arns = ARN_OF_ALL,
    .rows = rows,
    .keys = keys,
    .roles = roles,
    .passed_to = "s3.amazonaws.com",
    .facts = add_facts,
    .resource = find_resource,
};
