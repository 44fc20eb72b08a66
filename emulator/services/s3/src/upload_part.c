/* upload_part.c - UploadPart: a body that flows becomes a part; UploadPartCopy: a piece of an object does.
 * aws: S3 API Reference. */
#include "copy_source.h"
#include "encryption.h"
#include "multipart.h"
#include "s3_operations.h"
#include "summing.h"

/* The keys under which the upload's parts lie; the customer's must come with each part. */
static Status open_upload(Call *call, const Bucket *bucket, const Multipart *upload, const EncryptionGiven *given,
                          SealingKeys *ret_keys)
{
    ObjectHead head = object_head_read(call, upload->head);
    bool is_given = present(given->customer_algorithm);
    if (is_given != present(head.customer))
        return fail(
            call, &INVALID_REQUEST,
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.");
    Status status = encryption_open(call, bucket, &head, given, ret_keys);
    if (!is_ok(status) && is_given && call->error == &ACCESS_DENIED)
        return fail(call, &INVALID_REQUEST,
                    "The provided encryption parameters did not match the ones used originally.");
    return status;
}

static Status check(Call *call, const S3UploadPartInput *in, Bucket *bucket, Multipart *upload, SealingKeys *keys)
{
    EncryptionGiven given = CUSTOMER_GIVEN(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, bucket));
    TRY(part_number_check(call, in->part_number));
    TRY(multipart_for(call, bucket, in->key, in->upload_id, upload));
    return open_upload(call, bucket, upload, &given, keys);
}

static Bytes lower_name(ChecksumAlgorithm algorithm)
{
    Bytes header = checksum_header(algorithm);
    return bytes_slice(header, 15, header.len - 15);
}

/* Where an upload named its checksum, its parts have no other. */
static Status check_algorithm(Call *call, const Multipart *upload, const Upload *part)
{
    ChecksumAlgorithm wanted = (ChecksumAlgorithm)upload->algorithm;
    if (!wanted || part->sum.algorithm == wanted)
        return OK;
    return fail(call, &INVALID_REQUEST,
                "Checksum Type mismatch occurred, expected checksum Type: " BYTES_FMT
                ", actual checksum Type: " BYTES_FMT,
                BYTES_ARG(lower_name(wanted)), BYTES_ARG(lower_name(part->sum.algorithm)));
}

OPERATION_OF_STREAM(S3UploadPart, upload_part, begin_part, WRITES);
static Status begin_part(Call *call, const S3UploadPartInput *in, HttpSink *ret_sink)
{
    Bucket bucket;
    Multipart upload;
    SealingKeys keys;
    UploadRequest request = UPLOAD_REQUEST(in);
    TRY(check(call, in, &bucket, &upload, &keys));
    request.usual = multipart_algorithm(&upload);
    request.kept = multipart_algorithm(&upload);
    TRY(upload_begin(call, &request, ret_sink));
    upload_seal(ret_sink->context, &keys);
    ((Upload *)ret_sink->context)->is_part = true;
    return check_algorithm(call, &upload, ret_sink->context);
}

static Status upload_part(Call *call, const S3UploadPartInput *in, S3UploadPartOutput *out)
{
    Bucket bucket;
    Multipart upload;
    SealingKeys keys;
    Upload *body = call->body;
    TRY(check(call, in, &bucket, &upload, &keys));
    TRY(upload_end(call, body));

    Part part = {.number = in->part_number,
                 .size = body->size,
                 .modified_ms = call->now_ms,
                 .etag = body->etag,
                 .checksum = body->kept_checksum};
    TRY(expect_ok(call, blob_keep(body->writer, &part.blob)));
    TRY(part_put(call, &upload, &part));

    out->e_tag = quoted(call, part.etag);
    CHECKSUM_TELL(out, body->sum.algorithm, body->checksum);
    ObjectHead head = object_head_read(call, upload.head);
    ENCRYPTION_TELL(out, head);
    CUSTOMER_TELL(out, in);
    return OK;
}

typedef struct PartCopy {
    const S3UploadPartCopyInput *in;
    S3UploadPartCopyOutput *out;
    Bucket bucket;
    Multipart upload;
    CopySource source;
    int64_t from, length;
    SealingKeys source_keys, keys;
    Summing summing;
} PartCopy;

/* "bytes=0-9", both ends given. */
static bool read_range(Bytes range, int64_t *ret_first, int64_t *ret_last)
{
    if (!bytes_starts_with(range, TEXT("bytes=")))
        return false;
    Bytes end = bytes_slice(range, 6, range.len - 6), begin = bytes_cut(&end, '-');
    return present(end) && bytes_to_int64(begin, ret_first) && bytes_to_int64(end, ret_last) && *ret_first >= 0 &&
           *ret_last >= *ret_first;
}

static Status find_piece(Call *call, PartCopy *copy)
{
    Bytes range = copy->in->copy_source_range;
    int64_t first = 0, last = copy->source.object.size - 1;
    if (present(range) && !read_range(range, &first, &last))
        return deny_saying(call, &INVALID_ARGUMENT,
                           "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
                           "last are the zero-based offsets of the first and last bytes to copy",
                           .argument_name = TEXT("x-amz-copy-source-range"), .argument_value = range);
    if (present(range) && first >= copy->source.object.size)
        return fail(call, &INVALID_REQUEST, "The specified copy range is invalid for the source object size");
    if (present(range) && last >= copy->source.object.size) {
        Bytes words = arena_text(call->arena, "Range specified is not valid for source object of size: %lld",
                                 (long long)copy->source.object.size);
        return deny_in_words(
            call, &INVALID_ARGUMENT, words.ptr,
            &(S3ErrorFields){.argument_name = TEXT("x-amz-copy-source-range"), .argument_value = range});
    }
    copy->from = first;
    copy->length = last - first + 1;
    if (copy->length > OBJECT_BYTES_MAX)
        return deny_telling(call, &ENTITY_TOO_LARGE, .proposed_size = decimal(call, copy->length),
                            .max_size_allowed = decimal(call, OBJECT_BYTES_MAX));
    return OK;
}

static Status check_copy(Call *call, PartCopy *copy)
{
    const S3UploadPartCopyInput *in = copy->in;
    Conditions conditions = COPY_CONDITIONS_OF(in);
    EncryptionGiven given = CUSTOMER_GIVEN(in), source_given = SOURCE_CUSTOMER_GIVEN(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &copy->bucket));
    TRY(part_number_check(call, in->part_number));
    TRY(multipart_for(call, &copy->bucket, in->key, in->upload_id, &copy->upload));
    TRY(open_upload(call, &copy->bucket, &copy->upload, &given, &copy->keys));
    TRY(copy_source_find(call, in->copy_source, in->expected_source_bucket_owner, &conditions, &copy->source));
    ObjectHead head = object_head_read(call, copy->source.object.head);
    TRY(encryption_open(call, &copy->source.bucket, &head, &source_given, &copy->source_keys));
    return find_piece(call, copy);
}

static Status finish_copy(Call *call, void *context)
{
    PartCopy *copy = context;
    int64_t blob = copy->source.object.blob, modified_ms = copy->source.object.modified_ms;
    TRY(check_copy(call, copy));
    if (copy->source.object.blob != blob || copy->source.object.modified_ms != modified_ms)
        return deny(call, &CONDITIONAL_CONFLICT);
    Part part = {.number = copy->in->part_number,
                 .size = copy->length,
                 .modified_ms = call->now_ms,
                 .etag = copy->summing.etag,
                 .checksum = copy->summing.checksum};
    TRY(summing_keep(&copy->summing, call, &part.blob));
    TRY(part_put(call, &copy->upload, &part));

    S3CopyPartResult *result = arena_new_of(call->arena, S3CopyPartResult);
    result->e_tag = quoted(call, part.etag);
    SET(result, last_modified, part.modified_ms);
    if (copy->upload.algorithm)
        CHECKSUM_TELL(result, (ChecksumAlgorithm)copy->upload.algorithm, part.checksum);
    copy->out->copy_part_result = result;
    copy->out->copy_source_version_id = version_told(&copy->source.bucket, &copy->source.object);
    ObjectHead head = object_head_read(call, copy->upload.head);
    ENCRYPTION_TELL(copy->out, head);
    CUSTOMER_TELL(copy->out, copy->in);
    return OK;
}

OPERATION(S3UploadPartCopy, upload_part_copy, WRITES);
static Status upload_part_copy(Call *call, const S3UploadPartCopyInput *in, S3UploadPartCopyOutput *out)
{
    PartCopy *copy = arena_new_of(call->arena, PartCopy);
    copy->in = in;
    copy->out = out;
    TRY(check_copy(call, copy));
    copy->summing = (Summing){.then = finish_copy,
                              .context = copy,
                              .source = &copy->source.object,
                              .at = (uint64_t)copy->from,
                              .end = (uint64_t)(copy->from + copy->length),
                              .algorithm = multipart_algorithm(&copy->upload),
                              .source_keys = &copy->source_keys,
                              .keys = &copy->keys};
    return summing_start(&copy->summing, call);
}
