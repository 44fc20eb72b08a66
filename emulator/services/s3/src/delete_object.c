/* delete_object.c - DeleteObject and DeleteObjects. aws: S3 API Reference. */
#include "conditions.h"
#include "lock.h"
#include "s3_operations.h"

#define DELETE_MAX 1000

static Status check_conditions(Call *call, const Bucket *bucket, Bytes key, Bytes if_match)
{
    Object object;
    if (!present(if_match))
        return OK;
    int code = object_find(call, bucket, key, &object);
    if (code == STORE_NOT_FOUND)
        return deny_telling(call, &NO_SUCH_KEY, .key = key);
    TRY(expect_ok(call, code));
    if (!etag_matches(if_match, object.etag))
        return deny_telling(call, &PRECONDITION_FAILED, .condition = TEXT("If-Match"));
    return OK;
}

/* aws: of directory buckets alone. */
static Status not_here(Call *call, const char *header)
{
    return deny_telling(call, &NOT_IMPLEMENTED, .header = bytes_of(header));
}

OPERATION(S3DeleteObject, delete_object, WRITES);
static Status delete_object(Call *call, const S3DeleteObjectInput *in, S3DeleteObjectOutput *out)
{
    Bucket bucket;
    Deletion deletion;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (in->has_if_match_last_modified_time)
        return not_here(call, "x-amz-if-match-last-modified-time");
    if (in->has_if_match_size)
        return not_here(call, "x-amz-if-match-size");
    TRY(lock_check_bypass(call, &bucket, in->has_bypass_governance_retention));
    TRY(version_check(call, &bucket, in->version_id));
    TRY(check_conditions(call, &bucket, in->key, in->if_match));
    TRY(lock_check_delete(call, &bucket, in->key, in->version_id, in->bypass_governance_retention));
    TRY(object_delete(call, &bucket, in->key, in->version_id, &deletion));
    out->version_id = deletion.version;
    if (deletion.is_marker)
        SET(out, delete_marker, true);
    return OK;
}

static Status delete_one(Call *call, const Bucket *bucket, const S3ObjectIdentifier *one, S3DeletedObject *told)
{
    Deletion deletion;
    TRY(object_delete(call, bucket, one->key, one->version_id, &deletion));
    told->key = one->key;
    told->version_id = one->version_id;
    if (deletion.is_marker) {
        SET(told, delete_marker, true);
        told->delete_marker_version_id = deletion.version;
    }
    return OK;
}

/* Each for itself; what is refused is told beside what is done. */
static bool is_refused(Call *call, const Bucket *bucket, const S3ObjectIdentifier *one, bool bypasses, S3Error *told)
{
    Status status = version_check(call, bucket, one->version_id);
    if (!is_ok(status))
        status = deny(call, &NO_SUCH_VERSION);
    else if (one->key.len > KEY_BYTES_MAX)
        status = deny(call, &KEY_TOO_LONG);
    if (is_ok(status) && present(one->e_tag))
        status = check_conditions(call, bucket, one->key, one->e_tag);
    if (is_ok(status))
        status = lock_check_delete(call, bucket, one->key, one->version_id, bypasses);
    if (is_ok(status))
        return false;
    *told = (S3Error){one->key, one->version_id, bytes_of(call->error->code), call->message};
    return true;
}

OPERATION(S3DeleteObjects, delete_objects, WRITES);
static Status delete_objects(Call *call, const S3DeleteObjectsInput *in, S3DeleteObjectsOutput *out)
{
    Bucket bucket;
    const S3Delete *wanted = in->delete;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(lock_check_bypass(call, &bucket, in->has_bypass_governance_retention));
    if (!wanted || !wanted->objects.len || wanted->objects.len > DELETE_MAX)
        return deny(call, &MALFORMED_XML);
    out->deleted.items = arena_new_array(call->arena, S3DeletedObject, wanted->objects.len);
    out->errors.items = arena_new_array(call->arena, S3Error, wanted->objects.len);
    for (size_t i = 0; i < wanted->objects.len; i++) {
        const S3ObjectIdentifier *one = &wanted->objects.items[i];
        if (is_refused(call, &bucket, one, in->bypass_governance_retention, &out->errors.items[out->errors.len])) {
            out->errors.len++;
            continue;
        }
        TRY(delete_one(call, &bucket, one, &out->deleted.items[out->deleted.len]));
        out->deleted.len++;
    }
    if (wanted->has_quiet && wanted->quiet)
        out->deleted.len = 0;
    return OK;
}
