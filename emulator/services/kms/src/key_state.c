/* key_state.c - EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion, UpdateKeyDescription. */
#include "due.h"

OPERATION(KmsEnableKey, enable_key, WRITES);
OPERATION(KmsDisableKey, disable_key, WRITES);
OPERATION(KmsScheduleKeyDeletion, schedule_key_deletion, WRITES);
OPERATION(KmsCancelKeyDeletion, cancel_key_deletion, WRITES);
OPERATION(KmsUpdateKeyDescription, update_key_description, WRITES);

#define WAITING_DAYS 30 /* aws: ScheduleKeyDeletion: "If you do not include a value, it defaults to 30" */
#define WAITING_MIN  7  /* aws: there: "between 7 and 30, inclusive"; the model says from 1 on */
#define WAITING_MAX  30

static Status check_has_material(Call *call, const KmsKey *key)
{
    if (key->state != KMS_KEY_PENDING_IMPORT)
        return OK;
    return fail(call, &KMS_KMS_INVALID_STATE, BYTES_FMT " %s", BYTES_ARG(key->arn), kms_state_trouble(key->state));
}

static Status enable_key(Call *call, const KmsEnableKeyInput *in, KmsEnableKeyOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    TRY(check_has_material(call, &key));
    key.state = KMS_KEY_ENABLED;
    return expect_ok(call, key_save(&call->scope, &key));
}

static Status disable_key(Call *call, const KmsDisableKeyInput *in, KmsDisableKeyOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    TRY(check_has_material(call, &key));
    key.state = KMS_KEY_DISABLED;
    return expect_ok(call, key_save(&call->scope, &key));
}

/* aws: Developer Guide, "Deleting multi-Region keys": one with replicas waits for them first. */
static Status has_replicas(Call *call, const KmsKey *key, bool *ret_has)
{
    Regions regions = {.len = 1};
    if (key->multi_region == KMS_PRIMARY)
        TRY(expect_ok(call, key_regions(&call->scope, key, &regions)));
    *ret_has = regions.len > 1;
    return OK;
}

static Status schedule_key_deletion(Call *call, const KmsScheduleKeyDeletionInput *in,
                                    KmsScheduleKeyDeletionOutput *out)
{
    KmsKey key;
    bool waits_for_replicas;
    int32_t days = in->has_pending_window_in_days ? in->pending_window_in_days : WAITING_DAYS;
    TRY(key_find_for_change(call, in->key_id, &key));
    if (days < WAITING_MIN || days > WAITING_MAX)
        return fail(call, &COMMON_VALIDATION, "PendingWindowInDays must be between %d and %d (inclusive).", WAITING_MIN,
                    WAITING_MAX);
    TRY(has_replicas(call, &key, &waits_for_replicas));

    key.state = waits_for_replicas ? KMS_KEY_PENDING_REPLICA_DELETION : KMS_KEY_PENDING_DELETION;
    key.pending_days = days;
    if (!waits_for_replicas)
        key.deletion_ms = call->now_ms + days * DAY_MS;
    TRY(expect_ok(call, key_save(&call->scope, &key)));

    out->key_id = key.arn;
    if (!waits_for_replicas)
        SET(out, deletion_date, key.deletion_ms);
    out->key_state = key_state_text(key.state);
    SET(out, pending_window_in_days, days);
    return OK;
}

/* aws: there: the key is Disabled then. */
static Status cancel_key_deletion(Call *call, const KmsCancelKeyDeletionInput *in, KmsCancelKeyDeletionOutput *out)
{
    KmsKey key;
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(key_check_managed_by_customer(call, &key));
    if (key.state != KMS_KEY_PENDING_DELETION && key.state != KMS_KEY_PENDING_REPLICA_DELETION)
        return fail(call, &KMS_KMS_INVALID_STATE, BYTES_FMT " is not pending deletion.", BYTES_ARG(key.arn));

    bool has_no_material = bytes_equal(key.origin, KMS_ORIGIN_TYPE_EXTERNAL) && key.expires_ms < 0;
    key.state = has_no_material ? KMS_KEY_PENDING_IMPORT : KMS_KEY_DISABLED;
    key.deletion_ms = 0;
    key.pending_days = 0;
    out->key_id = key.arn;
    return expect_ok(call, key_save(&call->scope, &key));
}

static Status update_key_description(Call *call, const KmsUpdateKeyDescriptionInput *in,
                                     KmsUpdateKeyDescriptionOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    key.description = in->description;
    return expect_ok(call, key_save(&call->scope, &key));
}
