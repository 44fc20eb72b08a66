/* lock.h - object lock: legal holds and retention, which keep a version from being deleted. They are lines of its head.
 * aws: User Guide, "Locking objects with Object Lock". */
#pragma once
#include "object.h"

/* What a request that makes an object asks for. */
typedef struct LockGiven {
    Bytes mode, hold;
    bool has_until;
    int64_t until_ms;
} LockGiven;
#define LOCK_GIVEN(in)                                                                                                 \
    {                                                                                                                  \
        .mode = (in)->object_lock_mode, .hold = (in)->object_lock_legal_hold_status,                                   \
        .has_until = (in)->has_object_lock_retain_until_date, .until_ms = (in)->object_lock_retain_until_date          \
    }
/* Checked, and into the head; where nothing is asked for, the bucket's default retention. */
MUST_CHECK Status lock_apply(Call *call, const Bucket *bucket, const LockGiven *given, ObjectHead *head);
#define LOCK_TELL(out, head)                                                                                           \
    do {                                                                                                               \
        (out)->object_lock_mode = (head).lock_mode;                                                                    \
        (out)->object_lock_legal_hold_status = (head).legal_hold;                                                      \
        if ((head).lock_until.ptr)                                                                                     \
            SET((out), object_lock_retain_until_date, lock_until_ms((head).lock_until));                               \
    } while (0)
int64_t lock_until_ms(Bytes text); /* absent: 0 */

/* InvalidBucketState of a bucket whose objects can be locked: its versioning stays. */
MUST_CHECK Status lock_check_versioning(Call *call, const Bucket *bucket);
/* InvalidArgument of the header x-amz-bypass-governance-retention where no object can be locked. */
MUST_CHECK Status lock_check_bypass(Call *call, const Bucket *bucket, bool is_given);
/* AccessDenied of a version that is locked. Absent: its key is deleted, which keeps what it names. */
MUST_CHECK Status lock_check_delete(Call *call, const Bucket *bucket, Bytes key, Bytes version, bool bypasses);
/* It can't be deleted now: a legal hold is on, or its retention isn't over. */
bool lock_holds(Call *call, const Object *object);
