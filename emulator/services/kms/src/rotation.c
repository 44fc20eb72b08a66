/* rotation.c - EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations. What
 * was encrypted before a rotation stays readable: a ciphertext names its material. */
#include "due.h"
#include "material.h"
#include <sodium.h>

OPERATION(KmsEnableKeyRotation, enable_key_rotation, WRITES);
OPERATION(KmsDisableKeyRotation, disable_key_rotation, WRITES);
OPERATION(KmsGetKeyRotationStatus, get_key_rotation_status, WRITES);
OPERATION(KmsRotateKeyOnDemand, rotate_key_on_demand, WRITES);
OPERATION(KmsListKeyRotations, list_key_rotations, WRITES);

#define PERIOD_DAYS    365 /* aws: EnableKeyRotation: "If no value is specified, the default value is 365 days" */
#define ON_DEMAND_MAX  25  /* aws: RotateKeyOnDemand: "up to a maximum of 25 times per KMS key" */
#define ROTATIONS_PAGE 100 /* aws: ListKeyRotations: "between 1 and 1000 … defaults to 100" */

/* aws: EnableKeyRotation: not of asymmetric or HMAC keys, nor in custom key stores. */
static Status check_kind(Call *call, const KmsKey *key)
{
    if (bytes_equal(key->spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT))
        return OK;
    return fail(call, &KMS_UNSUPPORTED_OPERATION, "%s", "");
}

static Status find_rotatable(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(key_find_for_change(call, name, ret_key));
    TRY(check_kind(call, ret_key));
    if (ret_key->multi_region == KMS_REPLICA)
        return fail(call, &KMS_UNSUPPORTED_OPERATION, BYTES_FMT " is not a multi-region primary key.",
                    BYTES_ARG(ret_key->arn));
    return key_check_enabled(call, ret_key);
}

static Status enable_key_rotation(Call *call, const KmsEnableKeyRotationInput *in, KmsEnableKeyRotationOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(find_rotatable(call, in->key_id, &key));
    TRY(key_check_origin(call, &key, KMS_ORIGIN_TYPE_AWS_KMS));
    int32_t days = in->has_rotation_period_in_days ? in->rotation_period_in_days
                   : key.rotation_days             ? key.rotation_days
                                                   : PERIOD_DAYS;
    if (days == key.rotation_days)
        return OK;
    key.rotation_days = days;
    key.rotation_next_ms = call->now_ms + days * DAY_MS;
    return expect_ok(call, key_save(&call->scope, &key));
}

static Status disable_key_rotation(Call *call, const KmsDisableKeyRotationInput *in, KmsDisableKeyRotationOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(find_rotatable(call, in->key_id, &key));
    TRY(key_check_origin(call, &key, KMS_ORIGIN_TYPE_AWS_KMS));
    key.rotation_days = 0;
    key.rotation_next_ms = 0;
    return expect_ok(call, key_save(&call->scope, &key));
}

/* aws: Developer Guide, "Multi-Region keys": whether it is rotated is a shared property: the primary's. */
static Status find_primary(Call *call, KmsKey *key)
{
    Scope there = call->scope;
    if (key->multi_region != KMS_REPLICA)
        return OK;
    there.region = key->primary_region;
    return expect_ok(call, key_at(&there, key->id, key));
}

static Status get_key_rotation_status(Call *call, const KmsGetKeyRotationStatusInput *in,
                                      KmsGetKeyRotationStatusOutput *out)
{
    KmsKey key;
    TRY(key_find_by_id(call, in->key_id, &key));
    if (key.state == KMS_KEY_PENDING_IMPORT)
        TRY(key_check_enabled(call, &key));
    TRY(check_kind(call, &key));
    out->key_id = key.id;
    TRY(find_primary(call, &key));
    bool is_going = key.state == KMS_KEY_PENDING_DELETION || key.state == KMS_KEY_PENDING_REPLICA_DELETION;
    SET(out, key_rotation_enabled, key.rotation_days && !is_going);
    if (!out->key_rotation_enabled)
        return OK;
    SET(out, rotation_period_in_days, key.rotation_days);
    SET(out, next_rotation_date, key.rotation_next_ms);
    return OK;
}

static int set_current(const Scope *scope, KmsKey *key, Material *next, Rotation rotation)
{
    Material before;
    int code = material_find(scope, key->id, key->material_id, &before);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    before.state = MATERIAL_NON_CURRENT;
    code = material_save(scope, key->id, &before);
    next->state = MATERIAL_CURRENT;
    next->rotation = rotation;
    next->rotated_ms = scope->now_ms;
    if (code == STORE_OK)
        code = material_save(scope, key->id, next);
    key->material_id = next->id;
    return code == STORE_OK ? key_save(scope, key) : code;
}

/* The key's regions all have the material that the first has. */
static int spread(const Scope *scope, const KmsKey *key)
{
    Regions regions = {0};
    int code = key->multi_region == KMS_SINGLE_REGION ? STORE_OK : key_regions(scope, key, &regions);
    for (size_t i = 1; i < regions.len && code == STORE_OK; i++) {
        KmsKey other;
        Scope there = *scope;
        there.region = regions.items[i];
        code = material_copy(scope, key->id, there.region);
        if (code == STORE_OK)
            code = key_at(&there, key->id, &other);
        other.material_id = key->material_id;
        if (code == STORE_OK)
            code = key_save(&there, &other);
    }
    return code;
}

int key_rotate(const Scope *scope, KmsKey *key, int rotation)
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    Bytes plain = {(const char *)bytes, sizeof bytes};
    Material next = {.id = material_id_new(scope), .expires_ms = -1};
    int code = material_put(scope, key->id, &next, plain);
    sodium_memzero(bytes, sizeof bytes);
    if (code == STORE_OK)
        code = set_current(scope, key, &next, (Rotation)rotation);
    return code == STORE_OK ? spread(scope, key) : code;
}

/* aws: RotateKeyOnDemand: of imported material the one that waits becomes current. */
static Status rotate_imported(Call *call, KmsKey *key)
{
    Material next;
    int code = material_pending(&call->scope, key->id, &next);
    if (code == STORE_NOT_FOUND)
        return fail(call, &KMS_KMS_INVALID_STATE,
                    "No available key material pending rotation for the key: " BYTES_FMT ".", BYTES_ARG(key->arn));
    TRY(expect_ok(call, code));
    return expect_ok(call, set_current(&call->scope, key, &next, ROTATION_ON_DEMAND));
}

static Status rotate_key_on_demand(Call *call, const KmsRotateKeyOnDemandInput *in, KmsRotateKeyOnDemandOutput *out)
{
    KmsKey key;
    int64_t done;
    TRY(find_rotatable(call, in->key_id, &key));
    TRY(expect_ok(call, material_count_rotations(&call->scope, key.id, ROTATION_ON_DEMAND, &done)));
    if (done >= ON_DEMAND_MAX)
        return fail(
            call, &KMS_LIMIT_EXCEEDED,
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: " BYTES_FMT,
            BYTES_ARG(key.arn));
    out->key_id = key.arn;
    if (bytes_equal(key.origin, KMS_ORIGIN_TYPE_EXTERNAL))
        return rotate_imported(call, &key);
    return expect_ok(call, key_rotate(&call->scope, &key, ROTATION_ON_DEMAND));
}

static void tell_import(const Material *material, KmsRotationsListEntry *entry)
{
    bool is_there = material->expires_ms >= 0;
    entry->import_state = is_there ? KMS_IMPORT_STATE_IMPORTED : KMS_IMPORT_STATE_PENDING_IMPORT;
    if (material->description.len)
        entry->key_material_description = material->description;
    if (is_there)
        entry->expiration_model = material->expires_ms ? KMS_EXPIRATION_MODEL_TYPE_KEY_MATERIAL_EXPIRES
                                                       : KMS_EXPIRATION_MODEL_TYPE_KEY_MATERIAL_DOES_NOT_EXPIRE;
    if (material->expires_ms > 0)
        SET(entry, valid_to, material->expires_ms);
}

static KmsRotationsListEntry entry_of(const KmsKey *key, const Material *material)
{
    KmsRotationsListEntry entry = {.key_id = key->arn, .key_material_id = material->id};
    entry.key_material_state = material->state == MATERIAL_CURRENT       ? KMS_KEY_MATERIAL_STATE_CURRENT
                               : material->state == MATERIAL_NON_CURRENT ? KMS_KEY_MATERIAL_STATE_NON_CURRENT
                                                                         : KMS_KEY_MATERIAL_STATE_PENDING_ROTATION;
    if (material->rotation != ROTATION_NONE) {
        SET(&entry, rotation_date, material->rotated_ms);
        entry.rotation_type =
            material->rotation == ROTATION_AUTOMATIC ? KMS_ROTATION_TYPE_AUTOMATIC : KMS_ROTATION_TYPE_ON_DEMAND;
    }
    if (bytes_equal(key->origin, KMS_ORIGIN_TYPE_EXTERNAL))
        tell_import(material, &entry);
    return entry;
}

static Status list_key_rotations(Call *call, const KmsListKeyRotationsInput *in, KmsListKeyRotationsOutput *out)
{
    KmsKey key;
    size_t count, limit = in->has_limit ? (size_t)in->limit : ROTATIONS_PAGE;
    MaterialPage page = {0, limit + 1, true};
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(check_kind(call, &key));
    if (present(in->marker) && (!bytes_to_int64(in->marker, &page.after) || page.after < 0))
        return fail(call, &KMS_INVALID_MARKER, "The marker is not one that was given.");
    if (present(in->include_key_material))
        page.only_rotations = !bytes_equal(in->include_key_material, KMS_INCLUDE_KEY_MATERIAL_ALL_KEY_MATERIAL);
    Material *materials = arena_new_array(call->arena, Material, limit + 1);
    TRY(expect_ok(call, material_list(&call->scope, key.id, &page, materials, &count)));

    SET(out, truncated, count > limit);
    out->rotations.len = count > limit ? limit : count;
    out->rotations.items = arena_new_array(call->arena, KmsRotationsListEntry, out->rotations.len);
    for (size_t i = 0; i < out->rotations.len; i++)
        out->rotations.items[i] = entry_of(&key, &materials[i]);
    if (out->truncated)
        out->next_marker = arena_text(call->arena, "%lld", (long long)materials[limit - 1].serial);
    return OK;
}
