/* rename_object.c - RenameObject: the same bytes, and all that is kept of them, under another key of the bucket, in one
 * turn. aws: S3 API Reference, RenameObject; there of directory buckets alone, here of all that have no versions. */
#include "conditions.h"
#include "escape.h"
#include "s3_operations.h"

static Status find_source(Call *call, const S3RenameObjectInput *in, const Bucket *bucket, Object *ret_object)
{
    Conditions conditions = {.if_match = in->source_if_match,
                             .if_none_match = in->source_if_none_match,
                             .has_if_modified_since = in->has_source_if_modified_since,
                             .if_modified_since = in->source_if_modified_since,
                             .has_if_unmodified_since = in->has_source_if_unmodified_since,
                             .if_unmodified_since = in->source_if_unmodified_since};
    Bytes key;
    if (!unescape_path(call->arena, in->rename_source, &key))
        key = (Bytes){0};
    if (key.len && key.ptr[0] == '/')
        key = bytes_slice(key, 1, key.len - 1);
    Bytes name = bytes_cut(&key, '/');
    if (!bytes_equal(name, in->bucket) || !key.len)
        return deny_saying(call, &INVALID_ARGUMENT, "The rename source must be a key of the same bucket: bucket/key",
                           .argument_name = TEXT("x-amz-rename-source"), .argument_value = in->rename_source);
    TRY(object_for(call, bucket, key, (Bytes){0}, ret_object));
    return conditions_for_copy(call, &conditions, ret_object);
}

static Status check_target(Call *call, const S3RenameObjectInput *in, const Bucket *bucket)
{
    Object object;
    bool has_times = in->has_destination_if_modified_since || in->has_destination_if_unmodified_since;
    TRY(conditions_for_write(call, bucket, in->key, in->destination_if_match, in->destination_if_none_match));
    int code = has_times ? object_find(call, bucket, in->key, &object) : STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    Conditions conditions = {.has_if_modified_since = in->has_destination_if_modified_since,
                             .if_modified_since = in->destination_if_modified_since,
                             .has_if_unmodified_since = in->has_destination_if_unmodified_since,
                             .if_unmodified_since = in->destination_if_unmodified_since};
    return conditions_for_copy(call, &conditions, &object);
}

OPERATION(S3RenameObject, rename_object, WRITES);
static Status rename_object(Call *call, const S3RenameObjectInput *in, S3RenameObjectOutput *out)
{
    Bucket bucket;
    Object object;
    (void)out;
    TRY(bucket_for(call, in->bucket, (Bytes){0}, &bucket));
    TRY(key_check(call, in->key));
    if (bucket.versioning != VERSIONING_NEVER)
        return fail(call, &INVALID_REQUEST, "Objects of a bucket that has versions can't be renamed.");
    TRY(find_source(call, in, &bucket, &object));
    if (bytes_equal(object.key, in->key))
        return fail(call, &INVALID_REQUEST, "The object already has this key.");
    TRY(check_target(call, in, &bucket));
    return object_rename(call, &bucket, &object, in->key);
}
