/* restore_object.c - RestoreObject: archived objects can be read again for some days, after the hours that AWS takes,
 * by the emulator's clock. aws: User Guide, "Restoring an archived object", "Archive retrieval options". */
#include "conditions.h"
#include "restore.h"
#include "s3_operations.h"

#define MINUTE_MS 60000LL
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

bool is_archived(const Object *object)
{
    return bytes_is(object->storage_class, "GLACIER") || bytes_is(object->storage_class, "DEEP_ARCHIVE");
}

static int64_t time_of(Bytes text)
{
    int64_t ms = 0;
    return present(text) && bytes_to_int64(text, &ms) ? ms : 0;
}

static bool is_under_way(Call *call, const ObjectHead *head)
{
    return time_of(head->restored_from) > call->now_ms;
}

bool is_readable(Call *call, const Object *object, const ObjectHead *head)
{
    return !is_archived(object) || (!is_under_way(call, head) && time_of(head->restored_until) > call->now_ms);
}

Bytes restore_told(Call *call, const Object *object, const ObjectHead *head)
{
    int64_t until = time_of(head->restored_until);
    if (!is_archived(object) || until <= call->now_ms)
        return (Bytes){0};
    if (is_under_way(call, head))
        return TEXT("ongoing-request=\"true\"");
    return arena_text(call->arena, "ongoing-request=\"false\", expiry-date=\"" BYTES_FMT "\"",
                      BYTES_ARG(http_date(call, until)));
}

/* The longest that AWS says. */
static int64_t takes_ms(const Object *object, Bytes tier)
{
    bool is_deep = bytes_is(object->storage_class, "DEEP_ARCHIVE");
    if (bytes_is(tier, "Expedited"))
        return 5 * MINUTE_MS;
    if (bytes_is(tier, "Bulk"))
        return is_deep ? 48 * HOUR_MS : 12 * HOUR_MS;
    return is_deep ? 12 * HOUR_MS : 5 * HOUR_MS;
}

static Status check(Call *call, const S3RestoreObjectInput *in, const Object *object, const ObjectHead *head)
{
    const S3RestoreRequest *wanted = in->restore_request;
    if (!wanted)
        return deny(call, &MALFORMED_XML);
    if (present(wanted->type) || wanted->select_parameters || wanted->output_location)
        return deny_telling(call, &NOT_IMPLEMENTED,
                            .additional_message = TEXT("evpoc-emu restores objects; it selects nothing of them"));
    if (!is_archived(object))
        return deny_saying(call, &INVALID_OBJECT_STATE, "Restore is not allowed for the object's current storage class",
                           .storage_class = present(object->storage_class) ? object->storage_class : TEXT("STANDARD"));
    if (!wanted->has_days || wanted->days < 1)
        return deny(call, &MALFORMED_XML);
    return is_under_way(call, head) ? deny(call, &RESTORE_IN_PROGRESS) : OK;
}

/* aws: "by adding the number of days … to the current time and rounding the resulting time to the next day midnight
 * UTC". */
OPERATION(S3RestoreObject, restore_object, WRITES);
static Status restore_object(Call *call, const S3RestoreObjectInput *in, S3RestoreObjectOutput *out)
{
    Bucket bucket;
    Object object;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for(call, &bucket, in->key, in->version_id, &object));
    ObjectHead head = object_head_read(call, object.head);
    TRY(check(call, in, &object, &head));
    const S3RestoreRequest *wanted = in->restore_request;
    Bytes tier = wanted->glacier_job_parameters ? wanted->glacier_job_parameters->tier : wanted->tier;
    bool is_restored = is_readable(call, &object, &head);
    int64_t from = is_restored ? call->now_ms : call->now_ms + takes_ms(&object, tier);
    head.restored_from = decimal(call, from);
    head.restored_until = decimal(call, (from / DAY_MS + 1 + wanted->days) * DAY_MS);
    object.head = object_head_text(call, &head);
    call->status = is_restored ? 200 : 202;
    return object_update_head(call, &bucket, &object);
}
