/* key_state.c - EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion, UpdateKeyDescription. */
#include "key.h"

OPERATION(KmsEnableKey, enable_key, WRITES);
OPERATION(KmsDisableKey, disable_key, WRITES);
OPERATION(KmsScheduleKeyDeletion, schedule_key_deletion, WRITES);
OPERATION(KmsCancelKeyDeletion, cancel_key_deletion, WRITES);
OPERATION(KmsUpdateKeyDescription, update_key_description, WRITES);

#define DAY_MS       INT64_C(86400000)
#define WAITING_DAYS 30 /* aws: ScheduleKeyDeletion: "If you do not include a value, it defaults to 30" */
#define WAITING_MIN  7  /* aws: there: "between 7 and 30, inclusive"; the model says from 1 on */
#define WAITING_MAX  30

static Status enable_key(Call *call, const KmsEnableKeyInput *in, KmsEnableKeyOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    return expect_ok(call, key_set_state(&call->scope, &key, KMS_KEY_ENABLED, 0));
}

static Status disable_key(Call *call, const KmsDisableKeyInput *in, KmsDisableKeyOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    return expect_ok(call, key_set_state(&call->scope, &key, KMS_KEY_DISABLED, 0));
}

static Status schedule_key_deletion(Call *call, const KmsScheduleKeyDeletionInput *in,
                                    KmsScheduleKeyDeletionOutput *out)
{
    KmsKey key;
    int32_t days = in->has_pending_window_in_days ? in->pending_window_in_days : WAITING_DAYS;
    int64_t deletion_ms = call->now_ms + days * DAY_MS;
    TRY(key_find_for_change(call, in->key_id, &key));
    if (days < WAITING_MIN || days > WAITING_MAX)
        return fail(call, &COMMON_VALIDATION, "PendingWindowInDays must be between %d and %d (inclusive).", WAITING_MIN,
                    WAITING_MAX);

    TRY(expect_ok(call, key_set_state(&call->scope, &key, KMS_KEY_PENDING_DELETION, deletion_ms)));
    out->key_id = key.arn;
    SET(out, deletion_date, deletion_ms);
    out->key_state = key_state_text(KMS_KEY_PENDING_DELETION);
    SET(out, pending_window_in_days, days);
    return OK;
}

/* aws: there: the key is Disabled then. */
static Status cancel_key_deletion(Call *call, const KmsCancelKeyDeletionInput *in, KmsCancelKeyDeletionOutput *out)
{
    KmsKey key;
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(key_check_managed_by_customer(call, &key));
    if (key.state != KMS_KEY_PENDING_DELETION)
        return fail(call, &KMS_KMS_INVALID_STATE, BYTES_FMT " is not pending deletion.", BYTES_ARG(key.arn));

    out->key_id = key.arn;
    return expect_ok(call, key_set_state(&call->scope, &key, KMS_KEY_DISABLED, 0));
}

static Status update_key_description(Call *call, const KmsUpdateKeyDescriptionInput *in,
                                     KmsUpdateKeyDescriptionOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    return expect_ok(call, key_set_description(&call->scope, &key, in->description));
}
