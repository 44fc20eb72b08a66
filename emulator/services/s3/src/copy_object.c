/* copy_object.c - CopyObject. The bytes are shared, not copied; they are read where the ETag or the checksum is another
 * than the source's. aws: S3 API Reference, CopyObject. */
#include "acl.h"
#include "copy_source.h"
#include "encryption.h"
#include "lifecycle.h"
#include "lock.h"
#include "s3_operations.h"
#include "summing.h"

typedef struct Copy {
    const S3CopyObjectInput *in;
    S3CopyObjectOutput *out;
    Bucket bucket;
    CopySource source;
    ObjectHead head;
    ChecksumAlgorithm algorithm;
    SealingKeys source_keys, keys;
    Summing summing;
} Copy;

static bool is_replace(Bytes directive)
{
    return bytes_is(directive, "REPLACE");
}

static Status check_directive(Call *call, const char *name, const char *header, Bytes directive)
{
    if (!present(directive) || bytes_is(directive, "COPY") || is_replace(directive))
        return OK;
    return deny_in_words(call, &INVALID_ARGUMENT,
                         arena_cstr(call->arena, arena_text(call->arena, "Unknown %s directive.", name)),
                         &(S3ErrorFields){.argument_name = bytes_of(header), .argument_value = directive});
}

/* aws: "This copy request is illegal because …" (recorded) */
static Status check_in_place(Call *call, const Copy *copy)
{
    Bytes encryption;
    const S3CopyObjectInput *in = copy->in;
    bool changes = is_replace(in->metadata_directive) || present(in->storage_class) ||
                   present(in->website_redirect_location) || present(in->server_side_encryption) ||
                   present(in->sse_customer_algorithm) || present(in->copy_source_sse_customer_algorithm) ||
                   present(copy->source.version) || copy->bucket.versioning == VERSIONING_SUSPENDED;
    if (copy->source.bucket.id != copy->bucket.id || !bytes_equal(copy->source.key, in->key) || changes)
        return OK;
    TRY(config_get(call, &copy->bucket, "encryption", &encryption));
    if (present(encryption)) /* the copy may be encrypted as the bucket says now (recorded) */
        return OK;
    return fail(call, &INVALID_REQUEST,
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                "object's metadata, storage class, website redirect location or encryption attributes.");
}

static Status make_head(Call *call, Copy *copy)
{
    LockGiven lock = LOCK_GIVEN(copy->in);
    EncryptionGiven encryption = ENCRYPTION_GIVEN(copy->in);
    ObjectHead given = HEAD_OF(copy->in), kept = object_head_read(call, copy->source.object.head);
    copy->head = is_replace(copy->in->metadata_directive) ? given : kept;
    object_head_unmark(&copy->head);
    copy->head.website_redirect_location = given.website_redirect_location;
    copy->head.tagging = is_replace(copy->in->tagging_directive) ? given.tagging : kept.tagging;
    TRY(object_head_check(call, &copy->head));
    TRY(encryption_apply(call, &copy->bucket, &encryption, &copy->head));
    return lock_apply(call, &copy->bucket, &lock, &copy->head);
}

static Status check(Call *call, Copy *copy)
{
    const S3CopyObjectInput *in = copy->in;
    Conditions conditions = COPY_CONDITIONS_OF(in);
    EncryptionGiven source_given = SOURCE_CUSTOMER_GIVEN(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &copy->bucket));
    TRY(key_check(call, in->key));
    TRY(storage_class_check(call, in->storage_class));
    TRY(acl_check(call, in->acl, HAS_GRANTS(in)));
    TRY(check_directive(call, "metadata", "x-amz-metadata-directive", in->metadata_directive));
    TRY(check_directive(call, "tagging", "x-amz-tagging-directive", in->tagging_directive));
    TRY(copy_source_find(call, in->copy_source, in->expected_source_bucket_owner, &conditions, &copy->source));
    if (copy->source.object.size > OBJECT_BYTES_MAX)
        return fail(call, &INVALID_REQUEST,
                    "The specified copy source is larger than the maximum allowable size for a copy source: %lld",
                    (long long)OBJECT_BYTES_MAX);
    ObjectHead head = object_head_read(call, copy->source.object.head);
    TRY(encryption_open(call, &copy->source.bucket, &head, &source_given, &copy->source_keys));
    TRY(check_in_place(call, copy));
    TRY(conditions_for_write(call, &copy->bucket, in->key, in->if_match, in->if_none_match));
    return make_head(call, copy);
}

static Status finish(Call *call, Copy *copy, Bytes etag, Bytes checksum)
{
    const Object *source = &copy->source.object;
    EncryptionGiven encryption = ENCRYPTION_GIVEN(copy->in);
    S3CopyObjectResult *result = arena_new_of(call->arena, S3CopyObjectResult);
    TRY(encryption_keep(call, &copy->bucket, &encryption, &copy->keys, &copy->head));
    Object object = {
        .key = copy->in->key,
        .size = source->size,
        .modified_ms = call->now_ms,
        .etag = etag,
        .algorithm = (int32_t)copy->algorithm,
        .checksum = checksum,
        .storage_class = copy->in->storage_class,
        .head = object_head_text(call, &copy->head),
    };
    TRY(summing_keep(&copy->summing, call, &object.blob));
    TRY(object_put(call, &copy->bucket, &object));

    TRY(lifecycle_expiration(call, &copy->bucket, &object, &copy->out->expiration));
    result->e_tag = quoted(call, etag);
    SET(result, last_modified, object.modified_ms);
    CHECKSUM_TELL(result, copy->algorithm, checksum);
    result->checksum_type = TEXT("FULL_OBJECT");
    copy->out->copy_object_result = result;
    copy->out->copy_source_version_id = source->version; /* the null version isn't told (recorded) */
    copy->out->version_id = version_told(&copy->bucket, &object);
    ENCRYPTION_TELL(copy->out, copy->head);
    CUSTOMER_TELL(copy->out, copy->in);
    return OK;
}

/* Much may have happened while the bytes were read. */
static Status finish_summed(Call *call, void *context)
{
    Copy *copy = context;
    int64_t blob = copy->source.object.blob, modified_ms = copy->source.object.modified_ms;
    TRY(check(call, copy));
    if (copy->source.object.blob != blob || copy->source.object.modified_ms != modified_ms)
        return deny(call, &CONDITIONAL_CONFLICT);
    return finish(call, copy, copy->summing.etag, copy->summing.checksum);
}

OPERATION(S3CopyObject, copy_object, WRITES);
static Status copy_object(Call *call, const S3CopyObjectInput *in, S3CopyObjectOutput *out)
{
    Copy *copy = arena_new_of(call->arena, Copy);
    const Object *source = &copy->source.object;
    copy->in = in;
    copy->out = out;
    TRY(check(call, copy));
    ChecksumAlgorithm asked = checksum_named(in->checksum_algorithm);
    if (present(in->checksum_algorithm) && !asked)
        return fail(call, &INVALID_REQUEST,
                    "Checksum algorithm provided is unsupported. Please try again with any of "
                    "the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    copy->algorithm = asked ? asked : source->algorithm ? (ChecksumAlgorithm)source->algorithm : CHECKSUM_CRC64NVME;
    EncryptionGiven encryption = ENCRYPTION_GIVEN(in);
    TRY(encryption_keys(call, &encryption, &copy->head, &copy->keys));
    copy->summing = (Summing){.then = finish_summed,
                              .context = copy,
                              .source = source,
                              .end = (uint64_t)source->size,
                              .algorithm = copy->algorithm,
                              .source_keys = &copy->source_keys,
                              .keys = &copy->keys};
    bool is_plain = !copy->keys.layers && !copy->source_keys.layers;
    if (is_plain && !source->parts && copy->algorithm == (ChecksumAlgorithm)source->algorithm && !source->is_composite)
        return finish(call, copy, source->etag, source->checksum);
    return summing_start(&copy->summing, call);
}
