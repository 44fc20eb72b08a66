/* complete_multipart_upload.c - CompleteMultipartUpload: the parts are joined without being copied; the ETag is the MD5
 * of theirs, the checksum of theirs or of the whole. aws: S3 API Reference. */
#include "base64.h"
#include "conditions.h"
#include "encryption.h"
#include "escape.h"
#include "hex.h"
#include "lifecycle.h"
#include "multipart.h"
#include "s3_operations.h"
#include <stdlib.h>

typedef struct Completion {
    Bucket bucket;
    Multipart upload;
    Part *parts; /* all there are; after the choice, those that were chosen */
    size_t count;
    Part *left_out;
    size_t left_out_count;
    int64_t size;
    Bytes etag, checksum;
} Completion;

static Bytes bare_etag(Bytes etag)
{
    if (etag.len >= 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"')
        return bytes_slice(etag, 1, etag.len - 2);
    return etag;
}

static Bytes lower_name(ChecksumAlgorithm algorithm)
{
    Bytes header = checksum_header(algorithm);
    return bytes_slice(header, 15, header.len - 15);
}

static Status invalid_part(Call *call, const Completion *completion, const S3CompletedPart *asked)
{
    return deny_telling(call, &INVALID_PART, .part_etag = bare_etag(asked->e_tag),
                        .part_number = decimal(call, asked->part_number), .upload_id = completion->upload.id);
}

static Status check_part_checksum(Call *call, const Completion *completion, const S3CompletedPart *asked,
                                  const Part *part)
{
    ChecksumGiven given = CHECKSUM_GIVEN(asked);
    ChecksumAlgorithm algorithm = (ChecksumAlgorithm)completion->upload.algorithm;
    if (!given.count && completion->upload.is_composite)
        return fail(call, &INVALID_REQUEST,
                    "The upload was created using a " BYTES_FMT
                    " checksum. The complete request must include the checksum for each part. It was missing for part "
                    "%d in the request.",
                    BYTES_ARG(lower_name(algorithm)), asked->part_number);
    if (!given.count)
        return OK;
    if (algorithm && given.algorithm != algorithm)
        return fail(call, &BAD_DIGEST, "The " BYTES_FMT " you specified for part %d did not match what we received.",
                    BYTES_ARG(lower_name(given.algorithm)), asked->part_number);
    if (!algorithm || !bytes_equal(given.value, part->checksum))
        return invalid_part(call, completion, asked);
    return OK;
}

/* Of the parts there are, those that are asked for; both are in order. */
static Status choose(Call *call, Completion *completion, const S3CompletedPartList *asked)
{
    size_t at = 0, chosen = 0;
    completion->left_out = arena_new_array(call->arena, Part, completion->count + 1);
    for (size_t i = 0; i < asked->len; i++) {
        const S3CompletedPart *one = &asked->items[i];
        if (!one->has_part_number)
            return deny(call, &MALFORMED_XML);
        if (i && one->part_number <= asked->items[i - 1].part_number)
            return deny_telling(call, &INVALID_PART_ORDER, .upload_id = completion->upload.id);
        while (at < completion->count && completion->parts[at].number < one->part_number)
            completion->left_out[completion->left_out_count++] = completion->parts[at++];
        if (at == completion->count || completion->parts[at].number != one->part_number ||
            !bytes_equal(bare_etag(one->e_tag), completion->parts[at].etag))
            return invalid_part(call, completion, one);
        TRY(check_part_checksum(call, completion, one, &completion->parts[at]));
        completion->parts[chosen++] = completion->parts[at++];
    }
    while (at < completion->count)
        completion->left_out[completion->left_out_count++] = completion->parts[at++];
    completion->count = chosen;
    return OK;
}

static Status check_sizes(Call *call, Completion *completion, const S3CompleteMultipartUploadInput *in)
{
    for (size_t i = 0; i < completion->count; i++) {
        const Part *part = &completion->parts[i];
        completion->size += part->size;
        if (part->size < PART_BYTES_MIN && i + 1 < completion->count)
            return deny_telling(call, &ENTITY_TOO_SMALL, .part_etag = part->etag,
                                .part_number = decimal(call, part->number), .min_size_allowed = TEXT("5242880"),
                                .proposed_size = decimal(call, part->size));
    }
    if (in->has_mpu_object_size && in->mpu_object_size != completion->size)
        return fail(call, &INVALID_REQUEST,
                    "The provided 'x-amz-mp-object-size' header value %lld does not match what was computed: %lld",
                    (long long)in->mpu_object_size, (long long)completion->size);
    return OK;
}

/* The MD5 of the parts' MD5s, and how many. */
static void sum_etags(Call *call, Completion *completion)
{
    struct md5_ctx sum;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&sum);
    for (size_t i = 0; i < completion->count; i++) {
        Bytes hex = completion->parts[i].etag;
        for (size_t at = 0; at + 1 < hex.len; at += 2) {
            const char pair[3] = {hex.ptr[at], hex.ptr[at + 1], 0};
            uint8_t byte = (uint8_t)strtoul(pair, NULL, 16);
            md5_update(&sum, 1, &byte);
        }
    }
    md5_digest(&sum, sizeof digest, digest);
    completion->etag = arena_text(call->arena, BYTES_FMT "-%zu",
                                  BYTES_ARG(hex_text(call->arena, digest, sizeof digest)), completion->count);
}

static Bytes composite(Call *call, const Completion *completion, ChecksumAlgorithm algorithm)
{
    Checksum sum;
    checksum_begin(&sum, algorithm);
    for (size_t i = 0; i < completion->count; i++) {
        char digest[CHECKSUM_BYTES_MAX + 3];
        ptrdiff_t len = base64_decode(digest, completion->parts[i].checksum);
        checksum_add(&sum, (Bytes){digest, len > 0 ? (size_t)len : 0});
    }
    return arena_text(call->arena, BYTES_FMT "-%zu", BYTES_ARG(checksum_end(&sum, call->arena)), completion->count);
}

static Bytes of_whole(Call *call, const Completion *completion, ChecksumAlgorithm algorithm)
{
    uint64_t crc = 0;
    for (size_t i = 0; i < completion->count; i++) {
        uint64_t next = checksum_number(algorithm, completion->parts[i].checksum);
        crc = i ? crc_joined(checksum_crc(algorithm), crc, next, (uint64_t)completion->parts[i].size) : next;
    }
    return checksum_of_number(call->arena, algorithm, crc);
}

static Status check_checksum(Call *call, Completion *completion, const S3CompleteMultipartUploadInput *in)
{
    const Multipart *upload = &completion->upload;
    ChecksumGiven given = CHECKSUM_GIVEN(in);
    ChecksumAlgorithm algorithm = multipart_algorithm(upload);
    Bytes mode = !upload->algorithm ? TEXT("null") : upload->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    if (present(in->checksum_type) && !bytes_equal(in->checksum_type, mode))
        return fail(call, &INVALID_REQUEST,
                    "The upload was created using the " BYTES_FMT
                    " checksum mode. The complete request must use the same checksum mode.",
                    BYTES_ARG(mode));
    completion->checksum =
        upload->is_composite ? composite(call, completion, algorithm) : of_whole(call, completion, algorithm);
    if (!given.count)
        return OK;
    Bytes whole = completion->checksum;
    if (given.algorithm == algorithm &&
        (bytes_equal(given.value, whole) || (upload->is_composite && bytes_equal(given.value, bytes_cut(&whole, '-')))))
        return OK;
    return fail(call, &BAD_DIGEST, "The " BYTES_FMT " you specified did not match the calculated checksum.",
                BYTES_ARG(lower_name(given.algorithm)));
}

/* aws: S3 User Guide, "Prevent object overwrites with conditional writes": 409 where the key was written or deleted
 * while the upload was open: it must begin anew (recorded). */
static Status check_conflict(Call *call, const S3CompleteMultipartUploadInput *in, const Completion *completion)
{
    Bytes now, before = object_head_read(call, completion->upload.head).before;
    if ((!present(in->if_match) && !present(in->if_none_match)) || !present(before))
        return OK;
    TRY(object_mark_of(call, &completion->bucket, in->key, &now));
    if (bytes_equal(now, before))
        return OK;
    return deny_telling(call, &CONDITIONAL_CONFLICT, .key = in->key,
                        .condition = present(in->if_match) ? TEXT("If-Match") : TEXT("If-None-Match"));
}

static Status check(Call *call, const S3CompleteMultipartUploadInput *in, Completion *completion)
{
    const S3CompletedMultipartUpload *asked = in->multipart_upload;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &completion->bucket));
    TRY(multipart_for(call, &completion->bucket, in->key, in->upload_id, &completion->upload));
    if (!asked)
        return fail(call, &INVALID_REQUEST, "You must specify at least one part");
    if (!asked->parts.len || asked->parts.len > PARTS_MAX)
        return deny(call, &MALFORMED_XML);
    TRY(conditions_for_write(call, &completion->bucket, in->key, in->if_match, in->if_none_match));
    TRY(check_conflict(call, in, completion));
    TRY(parts_list(call, &completion->upload, 0, PARTS_MAX, &completion->parts, &completion->count));
    TRY(choose(call, completion, &asked->parts));
    TRY(check_sizes(call, completion, in));
    sum_etags(call, completion);
    return check_checksum(call, completion, in);
}

static Status join(Call *call, const Completion *completion, int64_t *ret_blob)
{
    ObjectHead head = object_head_read(call, completion->upload.head);
    BlobSlice *pieces = arena_new_array(call->arena, BlobSlice, completion->count);
    int64_t at = 0;
    for (size_t i = 0; i < completion->count; i++)
        pieces[i] = (BlobSlice){completion->parts[i].blob, 0, (uint64_t)completion->parts[i].size};
    TRY(expect_ok(call, blob_join(call->store, pieces, completion->count, ret_blob)));
    for (size_t i = 0; i < completion->count; i++) {
        const Part *part = &completion->parts[i];
        ObjectPart kept = {part->number, at, part->size, completion->upload.algorithm ? part->checksum : (Bytes){0},
                           is_sealed(&head) ? part->etag : (Bytes){0}};
        TRY(object_part_add(call, *ret_blob, &kept));
        at += part->size;
        TRY(expect_ok(call, blob_drop(call->store, part->blob)));
    }
    for (size_t i = 0; i < completion->left_out_count; i++)
        TRY(expect_ok(call, blob_drop(call->store, completion->left_out[i].blob)));
    return OK;
}

static void tell(Call *call, const Bucket *bucket, const Object *object, S3CompleteMultipartUploadOutput *out)
{
    out->location = arena_text(call->arena, "http://" BYTES_FMT "/" BYTES_FMT "/" BYTES_FMT,
                               BYTES_ARG(http_head_field(call->head, "host")), BYTES_ARG(bucket->name),
                               BYTES_ARG(escaped(call->arena, object->key)));
    out->bucket = bucket->name;
    out->key = object->key;
    out->e_tag = quoted(call, object->etag);
    ObjectHead head = object_head_read(call, object->head);
    if (!is_sealed(&head)) { /* of others AWS tells none here (recorded) */
        CHECKSUM_TELL(out, (ChecksumAlgorithm)object->algorithm, object->checksum);
        out->checksum_type = object->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    }
    ENCRYPTION_TELL(out, head);
    out->version_id = bucket->versioning == VERSIONING_ENABLED ? object->version : (Bytes){0};
}

/* A client whose answer was lost asks again. aws: "CompleteMultipartUpload is idempotent": of the object that this
 * upload has become, by these parts, the answer is the same. */
static Status find_completed(Call *call, const S3CompleteMultipartUploadInput *in, Completion *completion,
                             Object *ret_object, bool *ret_is_done)
{
    const S3CompletedMultipartUpload *asked = in->multipart_upload;
    *ret_is_done = false;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &completion->bucket));
    int code = object_find(call, &completion->bucket, in->key, ret_object);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_NOT_FOUND || !ret_object->parts || !asked || (size_t)ret_object->parts != asked->parts.len ||
        !bytes_equal(object_head_read(call, ret_object->head).upload, in->upload_id))
        return OK;
    completion->count = asked->parts.len;
    completion->parts = arena_new_array(call->arena, Part, completion->count);
    for (size_t i = 0; i < completion->count; i++)
        completion->parts[i].etag = bare_etag(asked->parts.items[i].e_tag);
    sum_etags(call, completion);
    *ret_is_done = bytes_equal(completion->etag, ret_object->etag);
    return OK;
}

static Status make_object(Call *call, const S3CompleteMultipartUploadInput *in, const Completion *completion,
                          Object *ret_object)
{
    ObjectHead head = object_head_read(call, completion->upload.head);
    head.upload = completion->upload.id;
    head.before = (Bytes){0};
    *ret_object = (Object){
        .key = in->key,
        .size = completion->size,
        .modified_ms = call->now_ms,
        .etag = completion->etag,
        .algorithm = (int32_t)multipart_algorithm(&completion->upload),
        .is_composite = completion->upload.is_composite,
        .checksum = completion->checksum,
        .parts = (int32_t)completion->count,
        .storage_class = completion->upload.storage_class,
        .head = object_head_text(call, &head),
    };
    if (present(head.customer) && !completion->upload.algorithm) { /* none is kept then (recorded) */
        ret_object->algorithm = CHECKSUM_NONE;
        ret_object->checksum = (Bytes){0};
    }
    TRY(join(call, completion, &ret_object->blob));
    TRY(object_put(call, &completion->bucket, ret_object));
    return multipart_remove(call, &completion->upload, false);
}

OPERATION(S3CompleteMultipartUpload, complete_multipart_upload, WRITES);
static Status complete_multipart_upload(Call *call, const S3CompleteMultipartUploadInput *in,
                                        S3CompleteMultipartUploadOutput *out)
{
    Completion completion = {0};
    Object object;
    bool is_done;
    TRY(find_completed(call, in, &completion, &object, &is_done));
    if (!is_done) {
        completion = (Completion){0};
        TRY(check(call, in, &completion));
        TRY(make_object(call, in, &completion, &object));
    }
    tell(call, &completion.bucket, &object, out);
    return lifecycle_expiration(call, &completion.bucket, &object, &out->expiration);
}
