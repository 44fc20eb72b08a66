/* object.h - objects and their versions. The one that a key names is a row of s3_object; what it has been before, and
 * delete markers, are rows of s3_version, newest first by `sequence`. Where the newest is a marker, no row of s3_object
 * is there: so listings look at one table, by one range of its tree. */
#pragma once
#include "bucket.h"
#include "checksum.h"
#include "upload.h"

#define KEY_BYTES_MAX      1024
#define METADATA_BYTES_MAX 2048

/* What is told of it besides: lines "name:value", the names of header fields. */
#define OBJECT_HEADERS(X)                                                                                              \
    X(cache_control, "cache-control")                                                                                  \
    X(content_disposition, "content-disposition")                                                                      \
    X(content_encoding, "content-encoding")                                                                            \
    X(content_language, "content-language")                                                                            \
    X(content_type, "content-type")                                                                                    \
    X(expires, "expires")                                                                                              \
    X(website_redirect_location, "x-amz-website-redirect-location")

/* What is known of it beside, by lines of the same kind; a copy has none of it. */
#define OBJECT_MARKS(X)                                                                                                \
    X(upload, "upload")         /* whose parts it was made of */                                                       \
    X(encryption, "encryption") /* absent: AES256 */                                                                   \
    X(key_arn, "key")                                                                                                  \
    X(before, "before")                 /* of an upload in parts: what the key named when it began */                  \
    X(data_key, "data-key")             /* base64: what a key of KMS opens; absent: the bytes lie as they came */      \
    X(customer, "customer")             /* base64: a salted check of the customer's key */                             \
    X(restored_from, "restored-from")   /* ms: when an archived object can be read … */                              \
    X(restored_until, "restored-until") /* … and until when */                                                       \
    X(bucket_key, "bucket-key")                                                                                        \
    X(legal_hold, "legal-hold")                                                                                        \
    X(lock_mode, "lock-mode")                                                                                          \
    X(lock_until, "lock-until") /* ms */

typedef struct ObjectHead {
#define MEMBER(member, name) Bytes member;
    OBJECT_HEADERS(MEMBER)
    OBJECT_MARKS(MEMBER)
#undef MEMBER
    S3Metadata metadata;
    Bytes tagging; /* k=v&k=v, percent-encoded; absent: no tags */
} ObjectHead;
/* Of any input, to any output, that has these members. */
#define HEAD_OF(in)                                                                                                    \
    {                                                                                                                  \
        .cache_control = (in)->cache_control, .content_disposition = (in)->content_disposition,                        \
        .content_encoding = (in)->content_encoding, .content_language = (in)->content_language,                        \
        .content_type = (in)->content_type, .expires = (in)->expires,                                                  \
        .website_redirect_location = (in)->website_redirect_location, .metadata = (in)->metadata,                      \
        .tagging = (in)->tagging                                                                                       \
    }
#define HEAD_TELL(out, head)                                                                                           \
    ((out)->cache_control = (head).cache_control, (out)->content_disposition = (head).content_disposition,             \
     (out)->content_encoding = (head).content_encoding, (out)->content_language = (head).content_language,             \
     (out)->content_type = (head).content_type, (out)->expires = (head).expires,                                       \
     (out)->website_redirect_location = (head).website_redirect_location, (out)->metadata = (head).metadata)

/* Metadata and tags within their bounds; aws-chunked is no encoding of the object; a type where there is none. Then it
 * is text that can be kept. */
MUST_CHECK Status object_head_check(Call *call, ObjectHead *head);
Bytes object_head_text(Call *call, const ObjectHead *head);
static inline void object_head_unmark(ObjectHead *head)
{
#define UNMARK(member, name) head->member = (Bytes){0};
    OBJECT_MARKS(UNMARK)
#undef UNMARK
}
ObjectHead object_head_read(Call *call, Bytes text);

/* In the order of object_row. */
#define OBJECT_COLUMNS                                                                                                 \
    "key, sequence, version, is_marker, blob, size, modified_ms, etag, algorithm, is_composite, checksum, parts,"      \
    " storage_class, head"

typedef struct Object {
    Bytes key;
    int64_t sequence; /* in the order of its key's versions */
    Bytes version;    /* absent: the null version */
    bool is_marker;
    int64_t blob, size, modified_ms;
    Bytes etag;          /* without quotes */
    int32_t algorithm;   /* ChecksumAlgorithm */
    bool is_composite;   /* the checksum is of the parts' checksums */
    Bytes checksum;      /* base64, "-N" behind it where it is composite */
    int32_t parts;       /* of a multipart upload; 0: it came whole */
    Bytes storage_class; /* absent: STANDARD */
    Bytes head;
} Object;

MUST_CHECK Status key_check(Call *call, Bytes key);
MUST_CHECK Status storage_class_check(Call *call, Bytes storage_class);
/* STORE_OK, STORE_NOT_FOUND, or below 0. Of the one that the key names; of a version ("null", too). */
MUST_CHECK int object_find(Call *call, const Bucket *bucket, Bytes key, Object *ret_object);
MUST_CHECK int object_find_version(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object,
                                   bool *ret_is_current);
/* A text that is another once the key names another. */
MUST_CHECK Status object_mark_of(Call *call, const Bucket *bucket, Bytes key, Bytes *ret_mark);
/* The newest of s3_version: a marker, or what was before. */
MUST_CHECK int object_find_newest_before(Call *call, const Bucket *bucket, Bytes key, Object *ret_object);
/* For reading: NoSuchKey, NoSuchVersion, MethodNotAllowed of a delete marker. version: absent is the one the key names.
 */
MUST_CHECK Status object_for(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object);
/* The same for what is kept beside it, tags and ACLs: MethodNotAllowed also where the newest is a marker (recorded). */
MUST_CHECK Status object_for_beside(Call *call, const Bucket *bucket, Bytes key, Bytes version, Object *ret_object);

/* Its new state, in place of the one before or above it as the bucket's versioning is. Sets sequence and version. */
MUST_CHECK Status object_put(Call *call, const Bucket *bucket, Object *object);
/* The same row changed: tags. */
MUST_CHECK Status object_update_head(Call *call, const Bucket *bucket, const Object *object);
/* As it is, under another key, where nothing has versions. */
MUST_CHECK Status object_rename(Call *call, const Bucket *bucket, Object *object, Bytes key);
typedef struct Deletion {
    Bytes version; /* of the marker that was put or removed, or of what was removed; absent: none to tell */
    bool is_marker;
} Deletion;
/* As the bucket's versioning has it; version: that one, for good; absent: the key. */
MUST_CHECK Status object_delete(Call *call, const Bucket *bucket, Bytes key, Bytes version, Deletion *ret_deletion);

/* The parts of an object that came as a multipart upload, by its blob. */
typedef struct ObjectPart {
    int64_t number, at, size;
    Bytes checksum;
    Bytes counter; /* where its bytes are sealed, 32 hex digits: sealing.h */
} ObjectPart;
MUST_CHECK Status object_part_add(Call *call, int64_t blob, const ObjectPart *part);
/* The first of number `number` or more. STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int object_part_find(Call *call, int64_t blob, int64_t number, ObjectPart *ret_part);

/* All of them, in order. */
MUST_CHECK Status object_parts_list(Call *call, const Object *object, ObjectPart **ret_parts, size_t *ret_count);

Bytes quoted(Call *call, Bytes etag);
Bytes version_told(const Bucket *bucket, const Object *object); /* absent where the bucket never had versions */
int64_t version_sequence(Bytes version); /* of one that version_check has let pass, be it there or not */
/* InvalidArgument of what cannot be a version's id, or where the bucket never had versions. Absent is fine. */
MUST_CHECK Status version_check(Call *call, const Bucket *bucket, Bytes version);
