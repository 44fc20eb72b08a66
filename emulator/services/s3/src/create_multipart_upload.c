/* create_multipart_upload.c - CreateMultipartUpload and AbortMultipartUpload. aws: S3 API Reference. */
#include "acl.h"
#include "encryption.h"
#include "lock.h"
#include "multipart.h"
#include "s3_operations.h"

static Status mismatch(Call *call, Bytes type, ChecksumAlgorithm algorithm)
{
    char name[16] = {0};
    Bytes header = checksum_header(algorithm);
    memcpy(name, header.ptr + sizeof "x-amz-checksum-" - 1, header.len - (sizeof "x-amz-checksum-" - 1));
    return fail(call, &INVALID_REQUEST,
                "The " BYTES_FMT " checksum type cannot be used with the %s checksum algorithm.", BYTES_ARG(type),
                name);
}

/* CRC64NVME is of the whole object alone; SHA of the parts' alone; the other CRCs are either. */
static Status find_checksum(Call *call, Bytes named, Bytes type, Multipart *upload)
{
    ChecksumAlgorithm algorithm = checksum_named(named);
    bool is_full = bytes_is(type, "FULL_OBJECT");
    if (present(named) && !algorithm)
        return fail(call, &INVALID_REQUEST,
                    "Checksum algorithm provided is unsupported. Please try again with any of "
                    "the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    if (present(type) && !algorithm)
        return fail(call, &INVALID_REQUEST,
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    if (present(type) && !is_full && !bytes_is(type, "COMPOSITE"))
        return fail(call, &INVALID_REQUEST, "Value for x-amz-checksum-type header is invalid.");
    if ((is_full && !checksum_crc(algorithm)) || (present(type) && !is_full && algorithm == CHECKSUM_CRC64NVME))
        return mismatch(call, type, algorithm);
    upload->algorithm = (int32_t)algorithm;
    upload->is_composite = algorithm && !is_full && algorithm != CHECKSUM_CRC64NVME;
    return OK;
}

OPERATION(S3CreateMultipartUpload, create_multipart_upload, WRITES);
static Status create_multipart_upload(Call *call, const S3CreateMultipartUploadInput *in,
                                      S3CreateMultipartUploadOutput *out)
{
    Bucket bucket;
    ObjectHead head = HEAD_OF(in);
    LockGiven lock = LOCK_GIVEN(in);
    EncryptionGiven encryption = ENCRYPTION_GIVEN(in);
    SealingKeys keys;
    Multipart upload = {.key = in->key, .initiated_ms = call->now_ms, .storage_class = in->storage_class};
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(key_check(call, in->key));
    TRY(storage_class_check(call, in->storage_class));
    TRY(acl_check(call, in->acl, HAS_GRANTS(in)));
    TRY(find_checksum(call, in->checksum_algorithm, in->checksum_type, &upload));
    TRY(object_head_check(call, &head));
    TRY(encryption_apply(call, &bucket, &encryption, &head));
    TRY(lock_apply(call, &bucket, &lock, &head));
    TRY(encryption_keys(call, &encryption, &head, &keys));
    TRY(encryption_keep(call, &bucket, &encryption, &keys, &head));
    TRY(object_mark_of(call, &bucket, in->key, &head.before));

    upload.id = multipart_new_id(call);
    upload.head = object_head_text(call, &head);
    TRY(multipart_add(call, &bucket, &upload));

    out->bucket = bucket.name;
    out->key = in->key;
    out->upload_id = upload.id;
    ENCRYPTION_TELL(out, head);
    CUSTOMER_TELL(out, in);
    if (upload.algorithm) {
        out->checksum_algorithm = checksum_name((ChecksumAlgorithm)upload.algorithm);
        out->checksum_type = upload.is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    }
    return OK;
}

OPERATION(S3AbortMultipartUpload, abort_multipart_upload, WRITES);
static Status abort_multipart_upload(Call *call, const S3AbortMultipartUploadInput *in,
                                     S3AbortMultipartUploadOutput *out)
{
    Bucket bucket;
    Multipart upload;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(multipart_for(call, &bucket, in->key, in->upload_id, &upload));
    return multipart_remove(call, &upload, true);
}
