/* put_object.c - PutObject: a body that flows becomes a blob, which the key names from the commit on.
 * aws: S3 API Reference, PutObject. */
#include "acl.h"
#include "conditions.h"
#include "encryption.h"
#include "lifecycle.h"
#include "lock.h"
#include "put.h"
#include "s3_operations.h"

/* What the head alone can be refused for, and again when the body is there: much may have happened. */
Status upload_check(Call *call, const S3PutObjectInput *in, Bucket *bucket, ObjectHead *head)
{
    LockGiven lock = LOCK_GIVEN(in);
    EncryptionGiven encryption = ENCRYPTION_GIVEN(in);
    *head = (ObjectHead)HEAD_OF(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, bucket));
    TRY(key_check(call, in->key));
    TRY(storage_class_check(call, in->storage_class));
    TRY(acl_check(call, in->acl, HAS_GRANTS(in)));
    TRY(object_head_check(call, head));
    TRY(encryption_apply(call, bucket, &encryption, head));
    TRY(lock_apply(call, bucket, &lock, head));
    return conditions_for_write(call, bucket, in->key, in->if_match, in->if_none_match);
}

OPERATION_OF_STREAM(S3PutObject, put_object, begin_object, WRITES);
static Status begin_object(Call *call, const S3PutObjectInput *in, HttpSink *ret_sink)
{
    Bucket bucket;
    ObjectHead head;
    UploadRequest request = UPLOAD_REQUEST(in);
    request.usual = CHECKSUM_CRC64NVME;
    EncryptionGiven encryption = ENCRYPTION_GIVEN(in);
    SealingKeys keys;
    TRY(upload_check(call, in, &bucket, &head));
    TRY(encryption_keys(call, &encryption, &head, &keys));
    TRY(upload_begin(call, &request, ret_sink));
    upload_seal(ret_sink->context, &keys);
    return OK;
}

Status upload_keep(Call *call, const S3PutObjectInput *in, const Bucket *bucket, ObjectHead *head, Upload *upload,
                   Object *ret_object)
{
    static const SealingKeys none = {0};
    EncryptionGiven encryption = ENCRYPTION_GIVEN(in);
    TRY(encryption_keep(call, bucket, &encryption, upload->sealing ? &upload->sealing->keys : &none, head));
    *ret_object = (Object){
        .key = in->key,
        .size = upload->size,
        .modified_ms = call->now_ms,
        .etag = upload->etag,
        .algorithm = (int32_t)upload->sum.algorithm,
        .checksum = upload->checksum,
        .storage_class = in->storage_class,
        .head = object_head_text(call, head),
    };
    TRY(expect_ok(call, blob_keep(upload->writer, &ret_object->blob)));
    return object_put(call, bucket, ret_object);
}

static Status put_object(Call *call, const S3PutObjectInput *in, S3PutObjectOutput *out)
{
    Bucket bucket;
    ObjectHead head;
    Object object;
    Upload *upload = call->body;
    TRY(upload_check(call, in, &bucket, &head));
    TRY(upload_end(call, upload));
    TRY(upload_keep(call, in, &bucket, &head, upload, &object));

    TRY(lifecycle_expiration(call, &bucket, &object, &out->expiration));
    out->e_tag = quoted(call, object.etag);
    CHECKSUM_TELL(out, upload->sum.algorithm, object.checksum);
    out->checksum_type = TEXT("FULL_OBJECT");
    ENCRYPTION_TELL(out, head);
    CUSTOMER_TELL(out, in);
    out->version_id = bucket.versioning == VERSIONING_ENABLED ? version_told(&bucket, &object) : (Bytes){0};
    return OK;
}
