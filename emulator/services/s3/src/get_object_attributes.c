/* get_object_attributes.c - GetObjectAttributes. aws: S3 API Reference. */
#include "encryption.h"
#include "listing.h"
#include "s3_operations.h"

static bool is_asked(const S3GetObjectAttributesInput *in, const char *name)
{
    for (size_t i = 0; i < in->object_attributes.len; i++)
        if (bytes_is(in->object_attributes.items[i], name))
            return true;
    return false;
}

static Status check_names(Call *call, const S3GetObjectAttributesInput *in)
{
    static const char *const names[] = {"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"};
    for (size_t i = 0; i < in->object_attributes.len; i++) {
        bool is_known = false;
        for (size_t at = 0; at < sizeof names / sizeof *names; at++)
            is_known = is_known || bytes_is(in->object_attributes.items[i], names[at]);
        if (!is_known)
            return deny_saying(call, &INVALID_ARGUMENT, "Invalid attribute name specified.",
                               .argument_name = TEXT("x-amz-object-attributes"),
                               .argument_value = in->object_attributes.items[i]);
    }
    return in->object_attributes.len
               ? OK
               : fail(call, &INVALID_REQUEST, "Object attributes must be specified in x-amz-object-attributes.");
}

static S3Checksum *checksum_told(Call *call, const Object *object)
{
    S3Checksum *told = arena_new_of(call->arena, S3Checksum);
    Bytes rest = object->checksum, bare = bytes_cut(&rest, '-'); /* without how many parts (recorded) */
    CHECKSUM_TELL(told, (ChecksumAlgorithm)object->algorithm, bare);
    told->checksum_type = object->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    return told;
}

/* Those of whose parts the checksums are known are listed, a page at a time; of others the count is told. */
static Status tell_parts(Call *call, const S3GetObjectAttributesInput *in, const Object *object,
                         S3GetObjectAttributesParts *out)
{
    ObjectPart part;
    size_t max;
    int64_t after = in->has_part_number_marker ? in->part_number_marker : 0, last = 0;
    TRY(max_check(call, "max-parts", in->has_max_parts, in->max_parts, &max));
    SET(out, total_parts_count, object->parts);
    int code = object_part_find(call, object->blob, after + 1, &part);
    if (code < 0)
        return fault(call, code);
    if (!object->is_composite)
        return OK;
    out->parts.items = arena_new_array(call->arena, S3ObjectPart, max + 1);
    while (code == STORE_OK && out->parts.len < max) {
        S3ObjectPart *told = &out->parts.items[out->parts.len++];
        SET(told, part_number, (int32_t)part.number);
        SET(told, size, part.size);
        CHECKSUM_TELL(told, (ChecksumAlgorithm)object->algorithm, part.checksum);
        last = part.number;
        code = object_part_find(call, object->blob, last + 1, &part);
    }
    SET(out, part_number_marker, (int32_t)after);
    SET(out, next_part_number_marker, (int32_t)last);
    SET(out, max_parts, (int32_t)max);
    SET(out, is_truncated, code == STORE_OK);
    return code < 0 ? fault(call, code) : OK;
}

OPERATION(S3GetObjectAttributes, get_object_attributes, READS);
static Status get_object_attributes(Call *call, const S3GetObjectAttributesInput *in, S3GetObjectAttributesOutput *out)
{
    Bucket bucket;
    Object object;
    EncryptionGiven customer = CUSTOMER_GIVEN(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(check_names(call, in));
    TRY(object_for(call, &bucket, in->key, in->version_id, &object));
    ObjectHead head = object_head_read(call, object.head);
    TRY(encryption_check_shown(call, &head, &customer));
    SET(out, last_modified, object.modified_ms);
    out->version_id = version_told(&bucket, &object);
    if (is_asked(in, "ETag"))
        out->e_tag = object.etag;
    if (is_asked(in, "Checksum") && present(object.checksum))
        out->checksum = checksum_told(call, &object);
    if (is_asked(in, "StorageClass"))
        out->storage_class = present(object.storage_class) ? object.storage_class : TEXT("STANDARD");
    if (is_asked(in, "ObjectSize"))
        SET(out, object_size, object.size);
    if (!is_asked(in, "ObjectParts") || !object.parts)
        return OK;
    out->object_parts = arena_new_of(call->arena, S3GetObjectAttributesParts);
    return tell_parts(call, in, &object, out->object_parts);
}
