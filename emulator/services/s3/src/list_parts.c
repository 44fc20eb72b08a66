/* list_parts.c - ListParts and ListMultipartUploads. aws: S3 API Reference. */
#include "listing.h"
#include "multipart.h"
#include "s3_operations.h"

static S3Initiator *initiator_of(Call *call, const S3Owner *owner)
{
    S3Initiator *initiator = arena_new_of(call->arena, S3Initiator);
    initiator->id = owner->id;
    initiator->display_name = TEXT("root");
    return initiator;
}

static Bytes type_told(const Multipart *upload)
{
    return !upload->algorithm ? (Bytes){0} : upload->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
}

static Bytes class_told(const Multipart *upload)
{
    return present(upload->storage_class) ? upload->storage_class : TEXT("STANDARD");
}

static void tell_part(Call *call, const Multipart *upload, const Part *part, S3Part *told)
{
    SET(told, part_number, (int32_t)part->number);
    SET(told, last_modified, part->modified_ms);
    SET(told, size, part->size);
    told->e_tag = quoted(call, part->etag);
    if (upload->algorithm)
        CHECKSUM_TELL(told, (ChecksumAlgorithm)upload->algorithm, part->checksum);
}

OPERATION(S3ListParts, list_parts, READS);
static Status list_parts(Call *call, const S3ListPartsInput *in, S3ListPartsOutput *out)
{
    Bucket bucket;
    Multipart upload;
    Part *parts;
    size_t max, count;
    int64_t after = in->has_part_number_marker ? in->part_number_marker : 0;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(max_check(call, "max-parts", in->has_max_parts, in->max_parts, &max));
    TRY(multipart_for(call, &bucket, in->key, in->upload_id, &upload));
    TRY(parts_list(call, &upload, after, max + 1, &parts, &count));
    SET(out, is_truncated, count > max);
    count = count > max ? max : count;
    out->parts.items = arena_new_array(call->arena, S3Part, count + 1);
    for (size_t i = 0; i < count; i++)
        tell_part(call, &upload, &parts[i], &out->parts.items[out->parts.len++]);

    out->bucket = bucket.name;
    out->key = upload.key;
    out->upload_id = upload.id;
    out->owner = owner_of_bucket(call, &bucket);
    out->initiator = initiator_of(call, out->owner);
    out->storage_class = class_told(&upload);
    out->checksum_algorithm = checksum_name((ChecksumAlgorithm)upload.algorithm);
    out->checksum_type = type_told(&upload);
    SET(out, max_parts, (int32_t)max);
    SET(out, part_number_marker, (int32_t)after);
    SET(out, next_part_number_marker, count ? (int32_t)parts[count - 1].number : 0);
    return OK;
}

/* A page of uploads as it grows. */
typedef struct Uploads {
    const S3ListMultipartUploadsInput *in;
    S3ListMultipartUploadsOutput *out;
    Bytes prefix, delimiter, key_marker, id_marker;
    S3Owner *owner;
    size_t max, count;
    Bytes last_key, last_id; /* the last that was told; an id absent: a prefix */
} Uploads;

static void tell_upload(Call *call, Uploads *page, const Multipart *upload)
{
    S3MultipartUpload *told = &page->out->uploads.items[page->out->uploads.len++];
    told->key = encoded(call, page->in->encoding_type, upload->key);
    told->upload_id = upload->id;
    SET(told, initiated, upload->initiated_ms);
    told->storage_class = class_told(upload);
    told->owner = page->owner;
    told->initiator = initiator_of(call, page->owner);
    told->checksum_algorithm = checksum_name((ChecksumAlgorithm)upload->algorithm);
    told->checksum_type = type_told(upload);
    page->last_key = upload->key;
    page->last_id = upload->id;
    page->count++;
}

static Statement *seek_first(Call *call, const Bucket *bucket, const Uploads *page)
{
    Bytes shared = common_prefix(page->key_marker, page->prefix, page->delimiter);
    if (bytes_compare(page->key_marker, page->prefix) < 0)
        return multiparts_begin(call, bucket, page->prefix, TEXT(""));
    if (present(shared))
        return multiparts_begin(call, bucket, behind_prefix(call->arena, shared), TEXT(""));
    /* without an id: behind all uploads of that key */
    return multiparts_begin(call, bucket, page->key_marker, page->id_marker.len ? page->id_marker : TEXT("~"));
}

static Status run_page(Call *call, const Bucket *bucket, Uploads *page)
{
    Statement *row = seek_first(call, bucket, page);
    int code = STORE_OK;
    while (page->max && (code = statement_step(row)) == STORE_ROW) {
        Multipart upload;
        multiparts_read(call, row, &upload);
        if (!bytes_starts_with(upload.key, page->prefix))
            break;
        if (page->count == page->max) {
            SET(page->out, is_truncated, true);
            break;
        }
        Bytes shared = common_prefix(upload.key, page->prefix, page->delimiter);
        if (!present(shared)) {
            tell_upload(call, page, &upload);
            continue;
        }
        page->out->common_prefixes.items[page->out->common_prefixes.len++].prefix =
            encoded(call, page->in->encoding_type, shared);
        page->last_key = shared;
        page->last_id = TEXT("");
        page->count++;
        statement_end(row);
        row = multiparts_begin(call, bucket, behind_prefix(call->arena, shared), TEXT(""));
    }
    if (code < 0)
        return fault(call, code);
    statement_end(row);
    return OK;
}

static Bytes or_empty(Bytes text)
{
    return present(text) ? text : TEXT("");
}

/* One that is there must be of the marker's key. */
static Status check_id_marker(Call *call, const Bucket *bucket, const Uploads *page)
{
    Bytes key;
    if (!page->id_marker.len || !page->key_marker.len)
        return OK;
    TRY(multipart_key(call, bucket, page->id_marker, &key));
    if (!present(key) || bytes_equal(key, page->key_marker))
        return OK;
    return deny_saying(call, &INVALID_ARGUMENT, "Invalid uploadId marker", .argument_name = TEXT("upload-id-marker"),
                       .argument_value = page->id_marker);
}

OPERATION(S3ListMultipartUploads, list_multipart_uploads, READS);
static Status list_multipart_uploads(Call *call, const S3ListMultipartUploadsInput *in,
                                     S3ListMultipartUploadsOutput *out)
{
    Bucket bucket;
    Uploads page = {.in = in,
                    .out = out,
                    .prefix = or_empty(in->prefix),
                    .delimiter = or_empty(in->delimiter),
                    .key_marker = or_empty(in->key_marker),
                    .id_marker = or_empty(in->upload_id_marker)};
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(encoding_check(call, in->encoding_type));
    TRY(max_check(call, "max-uploads", in->has_max_uploads, in->max_uploads, &page.max));
    page.owner = owner_of_bucket(call, &bucket);
    out->uploads.items = arena_new_array(call->arena, S3MultipartUpload, page.max + 1);
    out->common_prefixes.items = arena_new_array(call->arena, S3CommonPrefix, page.max + 1);
    SET(out, is_truncated, false);
    TRY(check_id_marker(call, &bucket, &page));
    TRY(run_page(call, &bucket, &page));

    bool tells_last = out->uploads.len; /* of prefixes alone no marker is told, be there more or not (recorded) */
    out->bucket = bucket.name;
    out->prefix = encoded(call, in->encoding_type, in->prefix);
    out->delimiter = delimiter_told(call, in->encoding_type, in->delimiter);
    out->encoding_type = in->encoding_type;
    out->key_marker = encoded(call, in->encoding_type, page.key_marker);
    out->upload_id_marker = page.key_marker.len ? page.id_marker : TEXT("");
    out->next_key_marker = tells_last ? encoded(call, in->encoding_type, page.last_key) : TEXT("");
    out->next_upload_id_marker = tells_last ? page.last_id : TEXT("");
    SET(out, max_uploads, (int32_t)page.max);
    return OK;
}
