/* lock.c - aws: S3 API Reference, PutObjectRetention, PutObjectLegalHold, GetObjectRetention, GetObjectLegalHold; the
 * words are AWS's (recorded answers). */
#include "lock.h"
#include "documents.h"
#include "s3_operations.h"

#define DAY_MS    86400000LL
#define PROTECTED "Access Denied because object protected by object lock."

static Status find_configuration(Call *call, const Bucket *bucket, S3ObjectLockConfiguration *ret, bool *ret_is_there)
{
    *ret_is_there = false;
    *ret = (S3ObjectLockConfiguration){0};
    if (bucket->versioning == VERSIONING_NEVER)
        return OK;
    return document_read(call, bucket, "object-lock", &S3_SHAPE_OBJECT_LOCK_CONFIGURATION, ret, ret_is_there);
}

static Status expect_lock(Call *call, const Bucket *bucket)
{
    S3ObjectLockConfiguration kept;
    bool is_there;
    TRY(find_configuration(call, bucket, &kept, &is_there));
    return is_there ? OK : fail(call, &INVALID_REQUEST, "Bucket is missing Object Lock Configuration");
}

int64_t lock_until_ms(Bytes text)
{
    int64_t ms = 0;
    return present(text) && bytes_to_int64(text, &ms) ? ms : 0;
}

static bool is_mode(Bytes mode)
{
    return bytes_is(mode, "GOVERNANCE") || bytes_is(mode, "COMPLIANCE");
}

#define BOTH "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
static Status check_given(Call *call, const LockGiven *given)
{
    if (present(given->mode) && !is_mode(given->mode))
        return deny_saying(call, &INVALID_ARGUMENT, "Unknown wormMode directive.",
                           .argument_name = TEXT("x-amz-object-lock-mode"), .argument_value = given->mode);
    if (present(given->mode) && !given->has_until)
        return deny_saying(call, &INVALID_ARGUMENT, BOTH, .argument_name = TEXT("x-amz-object-lock-retain-until-date"));
    if (!present(given->mode) && given->has_until)
        return deny_saying(call, &INVALID_ARGUMENT, BOTH, .argument_name = TEXT("x-amz-object-lock-mode"));
    if (given->has_until && given->until_ms <= call->now_ms)
        return deny_saying(call, &INVALID_ARGUMENT, "The retain until date must be in the future!",
                           .argument_name = TEXT("x-amz-object-lock-retain-until-date"));
    if (present(given->hold) && !bytes_is(given->hold, "ON") && !bytes_is(given->hold, "OFF"))
        return deny_saying(call, &INVALID_ARGUMENT, "Legal Hold must be either of 'ON' or 'OFF'",
                           .argument_name = TEXT("x-amz-object-lock-legal-hold"), .argument_value = given->hold);
    return OK;
}

static void set_retention(Call *call, ObjectHead *head, Bytes mode, int64_t until_ms)
{
    head->lock_mode = mode;
    head->lock_until = present(mode) ? decimal(call, until_ms) : (Bytes){0};
}

Status lock_apply(Call *call, const Bucket *bucket, const LockGiven *given, ObjectHead *head)
{
    S3ObjectLockConfiguration kept;
    bool is_there;
    TRY(check_given(call, given));
    TRY(find_configuration(call, bucket, &kept, &is_there));
    if (!is_there && (present(given->mode) || present(given->hold)))
        return fail(call, &INVALID_REQUEST, "Bucket is missing Object Lock Configuration");
    const S3DefaultRetention *usual = kept.rule ? kept.rule->default_retention : NULL;
    head->legal_hold = given->hold;
    if (present(given->mode))
        set_retention(call, head, given->mode, given->until_ms);
    else if (usual)
        set_retention(call, head, usual->mode,
                      call->now_ms + (usual->has_years ? 365LL * usual->years : usual->days) * DAY_MS);
    return OK;
}

Status lock_check_versioning(Call *call, const Bucket *bucket)
{
    S3ObjectLockConfiguration kept;
    bool is_there;
    TRY(find_configuration(call, bucket, &kept, &is_there));
    if (!is_there)
        return OK;
    return deny_saying(
        call, &INVALID_BUCKET_STATE,
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.");
}

Status lock_check_bypass(Call *call, const Bucket *bucket, bool is_given)
{
    S3ObjectLockConfiguration kept;
    bool is_there;
    if (!is_given)
        return OK;
    TRY(find_configuration(call, bucket, &kept, &is_there));
    if (is_there)
        return OK;
    return deny_saying(call, &INVALID_ARGUMENT,
                       "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
                       .argument_name = TEXT("x-amz-bypass-governance-retention"));
}

static bool is_retained(Call *call, const ObjectHead *head)
{
    return lock_until_ms(head->lock_until) > call->now_ms;
}

bool lock_holds(Call *call, const Object *object)
{
    if (object->is_marker)
        return false;
    ObjectHead head = object_head_read(call, object->head);
    return bytes_is(head.legal_hold, "ON") || is_retained(call, &head);
}

Status lock_check_delete(Call *call, const Bucket *bucket, Bytes key, Bytes version, bool bypasses)
{
    Object object;
    bool is_current;
    if (!present(version) || bucket->versioning == VERSIONING_NEVER)
        return OK;
    int code = object_find_version(call, bucket, key, version, &object, &is_current);
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    if (!lock_holds(call, &object))
        return OK;
    ObjectHead head = object_head_read(call, object.head);
    if (bypasses && bytes_is(head.lock_mode, "GOVERNANCE") && !bytes_is(head.legal_hold, "ON"))
        return OK;
    return deny_saying(call, &ACCESS_DENIED, PROTECTED, .key = (Bytes){0});
}

/* An object of a bucket that has a lock. */
typedef struct Locked {
    Bucket bucket;
    Object object;
    ObjectHead head;
} Locked;

static Status find(Call *call, Bytes bucket, Bytes owner, Locked *locked)
{
    TRY(bucket_for(call, bucket, owner, &locked->bucket));
    return expect_lock(call, &locked->bucket);
}

#define FIND(in, locked)                                                                                               \
    do {                                                                                                               \
        TRY(find(call, (in)->bucket, (in)->expected_bucket_owner, (locked)));                                          \
        TRY(object_for(call, &(locked)->bucket, (in)->key, (in)->version_id, &(locked)->object));                      \
        (locked)->head = object_head_read(call, (locked)->object.head);                                                \
    } while (0)

static Status keep(Call *call, Locked *locked)
{
    locked->object.head = object_head_text(call, &locked->head);
    return object_update_head(call, &locked->bucket, &locked->object);
}

OPERATION(S3PutObjectLegalHold, put_object_legal_hold, WRITES);
static Status put_object_legal_hold(Call *call, const S3PutObjectLegalHoldInput *in, S3PutObjectLegalHoldOutput *out)
{
    Locked locked;
    Bytes status = in->legal_hold ? in->legal_hold->status : (Bytes){0};
    (void)out;
    FIND(in, &locked);
    if (!bytes_is(status, "ON") && !bytes_is(status, "OFF"))
        return deny(call, &MALFORMED_XML);
    locked.head.legal_hold = status;
    return keep(call, &locked);
}

OPERATION(S3GetObjectLegalHold, get_object_legal_hold, READS);
static Status get_object_legal_hold(Call *call, const S3GetObjectLegalHoldInput *in, S3GetObjectLegalHoldOutput *out)
{
    Locked locked;
    FIND(in, &locked);
    if (!present(locked.head.legal_hold))
        return deny(call, &LOCK_ABSENT);
    out->legal_hold = arena_new_of(call->arena, S3ObjectLockLegalHold);
    out->legal_hold->status = locked.head.legal_hold;
    return OK;
}

/* Longer is always allowed; less, or of another mode, by who may bypass GOVERNANCE; COMPLIANCE by nobody. */
static Status check_change(Call *call, const ObjectHead *head, const S3ObjectLockRetention *wanted, bool bypasses)
{
    bool is_longer = wanted->has_retain_until_date && bytes_equal(wanted->mode, head->lock_mode) &&
                     wanted->retain_until_date >= lock_until_ms(head->lock_until);
    if (!is_retained(call, head) || is_longer || (bypasses && bytes_is(head->lock_mode, "GOVERNANCE")))
        return OK;
    return deny_saying(call, &ACCESS_DENIED, PROTECTED, .key = (Bytes){0});
}

static bool is_whole(const S3ObjectLockRetention *wanted)
{
    return present(wanted->mode) == wanted->has_retain_until_date && (!present(wanted->mode) || is_mode(wanted->mode));
}

OPERATION(S3PutObjectRetention, put_object_retention, WRITES);
static Status put_object_retention(Call *call, const S3PutObjectRetentionInput *in, S3PutObjectRetentionOutput *out)
{
    const S3ObjectLockRetention *wanted = in->retention;
    Locked locked;
    (void)out;
    FIND(in, &locked);
    if (!wanted || !is_whole(wanted))
        return deny(call, &MALFORMED_XML);
    if (wanted->has_retain_until_date && wanted->retain_until_date <= call->now_ms)
        return deny_saying(call, &INVALID_ARGUMENT, "The retain until date must be in the future!",
                           .argument_name = TEXT("RetainUntilDate"));
    TRY(check_change(call, &locked.head, wanted,
                     in->has_bypass_governance_retention && in->bypass_governance_retention));
    set_retention(call, &locked.head, wanted->mode, wanted->retain_until_date);
    return keep(call, &locked);
}

OPERATION(S3GetObjectRetention, get_object_retention, READS);
static Status get_object_retention(Call *call, const S3GetObjectRetentionInput *in, S3GetObjectRetentionOutput *out)
{
    Locked locked;
    FIND(in, &locked);
    if (!present(locked.head.lock_mode))
        return deny(call, &LOCK_ABSENT);
    out->retention = arena_new_of(call->arena, S3ObjectLockRetention);
    out->retention->mode = locked.head.lock_mode;
    SET(out->retention, retain_until_date, lock_until_ms(locked.head.lock_until));
    return OK;
}
