/* get_object.c - GetObject and HeadObject: whole, a range, or a part; under conditions.
 * aws: S3 API Reference, GetObject, HeadObject. */
#include "conditions.h"
#include "encryption.h"
#include "lifecycle.h"
#include "lock.h"
#include "range.h"
#include "restore.h"
#include "s3_operations.h"
#include "wire.h"

/* What of the object is answered. */
typedef struct Reach {
    int64_t from, length;
    bool is_partial;
    int64_t parts;  /* to be told; 0: not */
    Bytes checksum; /* of these bytes; absent: none is known */
} Reach;

static bool read_range(Bytes range, const Object *object, Reach *reach)
{
    int64_t from, length;
    if (!range_read(range, object->size, &from, &length))
        return false;
    *reach = (Reach){.from = from, .length = length, .is_partial = true};
    if (length == object->size) /* of all its bytes the sum is known (recorded) */
        reach->checksum = object->checksum;
    return true;
}

static Status reach_part(Call *call, const Object *object, int64_t number, Reach *reach)
{
    ObjectPart part = {.number = 1, .size = object->size};
    int64_t count = object->parts ? object->parts : 1;
    int code = object->parts ? object_part_find(call, object->blob, number, &part) : STORE_OK;
    if (code < 0)
        return fault(call, code);
    if (code == STORE_NOT_FOUND || part.number != number)
        return deny_telling(call, &INVALID_PART_NUMBER, .part_number_requested = decimal(call, number),
                            .actual_part_count = decimal(call, count));
    *reach = (Reach){part.at, part.size, true, object->parts, {0}};
    if (object->is_composite)
        reach->checksum = part.checksum;
    else if (part.size == object->size) /* of a part of it AWS tells none then (recorded) */
        reach->checksum = object->checksum;
    return OK;
}

static Status find_reach(Call *call, const Object *object, Bytes range, int64_t part, Reach *reach)
{
    *reach = (Reach){.length = object->size, .checksum = object->checksum};
    if (part && present(range))
        return fail(call, &INVALID_REQUEST, "Cannot specify both Range header and partNumber query parameter");
    if (part)
        return reach_part(call, object, part, reach);
    if (present(range) && read_range(range, object, reach) && !reach->length)
        return deny_telling(call, &INVALID_RANGE, .range_requested = range, .actual_size = decimal(call, object->size));
    return OK;
}

static int64_t count_tags(Bytes tagging)
{
    int64_t count = present(tagging) && tagging.len;
    for (size_t i = 0; i < tagging.len; i++)
        count += tagging.ptr[i] == '&';
    return count;
}

/* What GetObject and HeadObject tell alike. */
#define TELL(call, in, out, bucket, object, reach)                                                                     \
    do {                                                                                                               \
        HEAD_TELL((out), head);                                                                                        \
        LOCK_TELL((out), head);                                                                                        \
        if ((in)->response_cache_control.ptr)                                                                          \
            (out)->cache_control = (in)->response_cache_control;                                                       \
        if ((in)->response_content_disposition.ptr)                                                                    \
            (out)->content_disposition = (in)->response_content_disposition;                                           \
        if ((in)->response_content_encoding.ptr)                                                                       \
            (out)->content_encoding = (in)->response_content_encoding;                                                 \
        if ((in)->response_content_language.ptr)                                                                       \
            (out)->content_language = (in)->response_content_language;                                                 \
        if ((in)->response_content_type.ptr)                                                                           \
            (out)->content_type = (in)->response_content_type;                                                         \
        if ((in)->has_response_expires)                                                                                \
            (out)->expires = raw_parameter((call), TEXT("response-expires"));                                          \
        (out)->accept_ranges = TEXT("bytes");                                                                          \
        (out)->e_tag = quoted((call), (object)->etag);                                                                 \
        SET((out), last_modified, (object)->modified_ms);                                                              \
        ENCRYPTION_TELL((out), head);                                                                                  \
        CUSTOMER_TELL((out), (in));                                                                                    \
        (out)->restore = restore_told((call), (object), &head);                                                        \
        (out)->version_id = version_told((bucket), (object));                                                          \
        if ((object)->storage_class.ptr && !bytes_is((object)->storage_class, "STANDARD"))                             \
            (out)->storage_class = (object)->storage_class;                                                            \
        if ((reach)->parts)                                                                                            \
            SET((out), parts_count, (int32_t)(reach)->parts);                                                          \
        int64_t tags_ = count_tags(head.tagging);                                                                      \
        if (tags_)                                                                                                     \
            SET((out), tag_count, (int32_t)tags_);                                                                     \
        if ((reach)->is_partial)                                                                                       \
            (out)->content_range =                                                                                     \
                arena_text((call)->arena, "bytes %lld-%lld/%lld", (long long)(reach)->from,                            \
                           (long long)((reach)->from + (reach)->length - 1), (long long)(object)->size);               \
        if (bytes_equal_ignoring_case((in)->checksum_mode, TEXT("ENABLED")) && (reach)->checksum.ptr) {                \
            CHECKSUM_TELL((out), (ChecksumAlgorithm)(object)->algorithm, (reach)->checksum);                           \
            (out)->checksum_type = (object)->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");                   \
        }                                                                                                              \
        (call)->status = (reach)->is_partial ? 206 : 0;                                                                \
    } while (0)

static Bytes raw_parameter(Call *call, Bytes name)
{
    return query_parameter(call->arena, call->head->query, name);
}

OPERATION(S3GetObject, get_object, READS);
static Status get_object(Call *call, const S3GetObjectInput *in, S3GetObjectOutput *out)
{
    Bucket bucket;
    Object object;
    Reach reach;
    Conditions conditions = CONDITIONS_OF(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for(call, &bucket, in->key, in->version_id, &object));
    ObjectHead head = object_head_read(call, object.head);
    EncryptionGiven customer = CUSTOMER_GIVEN(in);
    TRY(encryption_check_shown(call, &head, &customer));
    TRY(conditions_for_read(call, &conditions, &object));
    if (!is_readable(call, &object, &head))
        return deny_telling(call, &INVALID_OBJECT_STATE, .storage_class = object.storage_class);
    TRY(find_reach(call, &object, in->range, in->has_part_number ? in->part_number : 0, &reach));
    TELL(call, in, out, &bucket, &object, &reach);
    if (!present(in->version_id)) /* aws: of the one that the key names alone (recorded) */
        TRY(lifecycle_expiration(call, &bucket, &object, &out->expiration));
    SealingKeys keys;
    Opening *opening;
    TRY(encryption_open(call, &bucket, &head, &customer, &keys));
    TRY(opening_new(call, &object, &keys, &opening));
    out->body = TEXT("");
    return opening_answer(call, &object, opening, (uint64_t)reach.from, (uint64_t)reach.length);
}

/* Never asked: no body follows the head, but its length is told. */
static ssize_t read_nothing(void *context, uint64_t at, char *to, size_t room)
{
    (void)context, (void)at, (void)to, (void)room;
    return -1;
}

OPERATION(S3HeadObject, head_object, READS);
static Status head_object(Call *call, const S3HeadObjectInput *in, S3HeadObjectOutput *out)
{
    Bucket bucket;
    Object object;
    Reach reach;
    Conditions conditions = CONDITIONS_OF(in);
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for(call, &bucket, in->key, in->version_id, &object));
    ObjectHead head = object_head_read(call, object.head);
    EncryptionGiven customer = CUSTOMER_GIVEN(in);
    TRY(encryption_check_shown(call, &head, &customer));
    TRY(conditions_for_read(call, &conditions, &object));
    TRY(find_reach(call, &object, in->range, in->has_part_number ? in->part_number : 0, &reach));
    TELL(call, in, out, &bucket, &object, &reach);
    if (!present(in->version_id)) /* aws: of the one that the key names alone (recorded) */
        TRY(lifecycle_expiration(call, &bucket, &object, &out->expiration));
    if (reach.length)
        call_answer_from(call, &(HttpSource){.read = read_nothing, .length = (uint64_t)reach.length, .fd = -1});
    return OK;
}
