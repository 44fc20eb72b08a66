/* versions.c - PutBucketVersioning, GetBucketVersioning, ListObjectVersions. aws: S3 API Reference. */
#include "budget.h"
#include "listing.h"
#include "lock.h"
#include "row.h"
#include "s3_operations.h"

#define COLUMNS                                                                                                        \
    "key, sequence, version, is_marker, blob, size, modified_ms, etag, algorithm, is_composite, checksum, parts,"      \
    " storage_class, NULL AS head"
#define ROW_STEPS 50 /* of work, each */

static const Query page = {"SELECT " COLUMNS " FROM s3_object WHERE bucket = ?1 AND key >= ?2 UNION ALL"
                           " SELECT " COLUMNS " FROM s3_version WHERE bucket = ?1 AND key >= ?2"
                           " ORDER BY key, sequence DESC"};

OPERATION(S3PutBucketVersioning, put_bucket_versioning, WRITES);
static Status put_bucket_versioning(Call *call, const S3PutBucketVersioningInput *in, S3PutBucketVersioningOutput *out)
{
    Bucket bucket;
    const S3VersioningConfiguration *wanted = in->versioning_configuration;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!wanted || !present(wanted->status))
        return deny(call, &ILLEGAL_VERSIONING);
    bool is_enabled = bytes_is(wanted->status, "Enabled");
    if (!is_enabled && !bytes_is(wanted->status, "Suspended"))
        return deny(call, &MALFORMED_XML);
    if (!is_enabled)
        TRY(lock_check_versioning(call, &bucket));
    return bucket_set_versioning(call, &bucket, is_enabled ? VERSIONING_ENABLED : VERSIONING_SUSPENDED);
}

OPERATION(S3GetBucketVersioning, get_bucket_versioning, READS);
static Status get_bucket_versioning(Call *call, const S3GetBucketVersioningInput *in, S3GetBucketVersioningOutput *out)
{
    Bucket bucket;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (bucket.versioning != VERSIONING_NEVER)
        out->status = bucket.versioning == VERSIONING_ENABLED ? TEXT("Enabled") : TEXT("Suspended");
    return OK;
}

/* A page as it grows. */
typedef struct Versions {
    Call *call;
    const S3ListObjectVersionsInput *in;
    S3ListObjectVersionsOutput *out;
    Bytes prefix, delimiter, key_marker;
    int64_t below; /* of the marker's key, versions that are older than this one */
    size_t max, count;
    S3Owner *owner;
    Bytes last_key, last_version; /* told; the version absent: a prefix */
    Bytes seen_key;               /* whose newest was passed */
} Versions;

static Bytes version_name(const Object *object)
{
    return present(object->version) ? object->version : TEXT("null");
}

static void tell_version(Versions *page_, const Object *object, bool is_latest)
{
    S3ObjectVersion *told = &page_->out->versions.items[page_->out->versions.len++];
    Bytes *algorithm = arena_new_of(page_->call->arena, Bytes);
    *told =
        (S3ObjectVersion){.e_tag = quoted(page_->call, object->etag),
                          .storage_class = present(object->storage_class) ? object->storage_class : TEXT("STANDARD"),
                          .key = encoded(page_->call, page_->in->encoding_type, object->key),
                          .version_id = version_name(object),
                          .owner = page_->owner};
    SET(told, size, object->size);
    SET(told, is_latest, is_latest);
    SET(told, last_modified, object->modified_ms);
    if (object->algorithm) {
        *algorithm = checksum_name((ChecksumAlgorithm)object->algorithm);
        told->checksum_algorithm = (S3ChecksumAlgorithmList){algorithm, 1};
        told->checksum_type = object->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    }
}

static void tell_marker(Versions *page_, const Object *object, bool is_latest)
{
    S3DeleteMarkerEntry *told = &page_->out->delete_markers.items[page_->out->delete_markers.len++];
    *told = (S3DeleteMarkerEntry){.owner = page_->owner,
                                  .key = encoded(page_->call, page_->in->encoding_type, object->key),
                                  .version_id = version_name(object)};
    SET(told, is_latest, is_latest);
    SET(told, last_modified, object->modified_ms);
}

static void tell(Versions *page_, const Object *object)
{
    bool is_latest = !bytes_equal(page_->seen_key, object->key) || !present(page_->seen_key);
    if (object->is_marker)
        tell_marker(page_, object, is_latest);
    else
        tell_version(page_, object, is_latest);
    page_->seen_key = page_->last_key = object->key;
    page_->last_version = version_name(object);
    page_->count++;
}

static Statement *seek(Call *call, const Bucket *bucket, Bytes from)
{
    Statement *row = statement_begin(call->store, &page);
    bind_int64(row, 1, bucket->id);
    bind_bytes(row, 2, from);
    return row;
}

/* Where the page begins; of a marker in a common prefix, behind all its keys (recorded). */
static Bytes first_key(Versions *page_)
{
    Bytes shared = common_prefix(page_->key_marker, page_->prefix, page_->delimiter);
    if (bytes_compare(page_->key_marker, page_->prefix) < 0)
        return page_->prefix;
    if (present(shared))
        return behind_prefix(page_->call->arena, shared);
    /* without a version to go on behind: the next key */
    return page_->below || !page_->key_marker.len ? page_->key_marker
                                                  : behind_key(page_->call->arena, page_->key_marker);
}

static bool is_before_marker(Versions *page_, const Object *object)
{
    if (!page_->key_marker.len || !bytes_equal(object->key, page_->key_marker))
        return false;
    if (object->sequence < page_->below)
        return false;
    page_->seen_key = object->key;
    return true;
}

static Status run(Versions *page_, const Bucket *bucket)
{
    extern const Row object_row;
    Call *call = page_->call;
    Statement *row = seek(call, bucket, first_key(page_));
    int code = STORE_OK;
    while (page_->max && (code = statement_step(row)) == STORE_ROW) {
        Object object = {0};
        row_read(call->arena, row, &object_row, &object);
        if (!bytes_starts_with(object.key, page_->prefix))
            break;
        budget_work(call->arena, ROW_STEPS);
        if (is_before_marker(page_, &object))
            continue;
        if (page_->count == page_->max) {
            SET(page_->out, is_truncated, true);
            break;
        }
        Bytes shared = common_prefix(object.key, page_->prefix, page_->delimiter);
        if (!present(shared)) {
            tell(page_, &object);
            continue;
        }
        page_->out->common_prefixes.items[page_->out->common_prefixes.len++].prefix =
            encoded(call, page_->in->encoding_type, shared);
        page_->last_key = shared;
        page_->last_version = (Bytes){0};
        page_->count++;
        statement_end(row);
        row = seek(call, bucket, behind_prefix(call->arena, shared));
    }
    if (code < 0)
        return fault(call, code);
    statement_end(row);
    return OK;
}

static Status find_marker(Call *call, const Bucket *bucket, Versions *page_)
{
    Object object;
    bool is_current;
    const S3ListObjectVersionsInput *in = page_->in;
    bool has_version = present(in->version_id_marker) && in->version_id_marker.len;
    if (has_version && !page_->key_marker.len)
        return deny_saying(call, &INVALID_ARGUMENT, "A version-id marker cannot be specified without a key marker.",
                           .argument_name = TEXT("version-id-marker"), .argument_value = in->version_id_marker);
    if (!has_version)
        return OK;
    TRY(version_check(call, bucket, in->version_id_marker));
    int code = object_find_version(call, bucket, page_->key_marker, in->version_id_marker, &object, &is_current);
    if (code < 0)
        return fault(call, code);
    page_->below = code == STORE_OK ? object.sequence : version_sequence(in->version_id_marker);
    return OK;
}

OPERATION(S3ListObjectVersions, list_object_versions, READS);
static Status list_object_versions(Call *call, const S3ListObjectVersionsInput *in, S3ListObjectVersionsOutput *out)
{
    Bucket bucket;
    Versions versions = {.call = call,
                         .in = in,
                         .out = out,
                         .prefix = present(in->prefix) ? in->prefix : TEXT(""),
                         .delimiter = in->delimiter,
                         .key_marker = present(in->key_marker) ? in->key_marker : TEXT("")};
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(encoding_check(call, in->encoding_type));
    TRY(max_check(call, "max-keys", in->has_max_keys, in->max_keys, &versions.max));
    TRY(find_marker(call, &bucket, &versions));
    versions.owner = owner_of_bucket(call, &bucket);
    out->versions.items = arena_new_array(call->arena, S3ObjectVersion, versions.max + 1);
    out->delete_markers.items = arena_new_array(call->arena, S3DeleteMarkerEntry, versions.max + 1);
    out->common_prefixes.items = arena_new_array(call->arena, S3CommonPrefix, versions.max + 1);
    SET(out, is_truncated, false);
    TRY(run(&versions, &bucket));

    out->name = bucket.name;
    out->prefix = encoded(call, in->encoding_type, versions.prefix);
    out->delimiter = delimiter_told(call, in->encoding_type, in->delimiter);
    out->encoding_type = in->encoding_type;
    out->key_marker = encoded(call, in->encoding_type, versions.key_marker);
    out->version_id_marker = present(in->version_id_marker) ? in->version_id_marker : TEXT("");
    SET(out, max_keys, (int32_t)versions.max);
    if (out->is_truncated) {
        out->next_key_marker = encoded(call, in->encoding_type, versions.last_key);
        out->next_version_id_marker = versions.last_version;
    }
    return OK;
}
