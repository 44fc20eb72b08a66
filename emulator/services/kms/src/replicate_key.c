/* replicate_key.c - ReplicateKey, UpdatePrimaryRegion: one key in several regions, with the same id and material. */
#include "due.h"
#include "material.h"

OPERATION(KmsReplicateKey, replicate_key, WRITES);
OPERATION(KmsUpdatePrimaryRegion, update_primary_region, WRITES);

static Status find_primary(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(key_find_for_change(call, name, ret_key));
    if (ret_key->multi_region != KMS_PRIMARY)
        return fail(call, &KMS_UNSUPPORTED_OPERATION, BYTES_FMT " is not a multi-region primary key.",
                    BYTES_ARG(ret_key->arn));
    return OK;
}

static Status replica_in(Call *call, const KmsKey *key, Bytes region, bool *ret_is_there)
{
    Regions regions;
    TRY(expect_ok(call, key_regions(&call->scope, key, &regions)));
    *ret_is_there = false;
    for (size_t i = 0; i < regions.len; i++)
        *ret_is_there = *ret_is_there || bytes_equal(regions.items[i], region);
    return OK;
}

/* aws: ReplicateKey: to another region of the same partition. */
static Status check_region(Call *call, const KmsKey *key, Bytes region)
{
    bool is_there;
    if (!bytes_equal(arn_partition(region), arn_partition(call->region)))
        return fail(call, &COMMON_VALIDATION, "Region " BYTES_FMT " is not in the partition of the key.",
                    BYTES_ARG(region));
    TRY(replica_in(call, key, region, &is_there));
    if (!is_there)
        return OK;
    return fail(call, &KMS_ALREADY_EXISTS, "Key " BYTES_FMT " already exists in region " BYTES_FMT ".",
                BYTES_ARG(key->arn), BYTES_ARG(region));
}

static KmsKey replica_of(Call *call, const KmsKey *key, const KmsReplicateKeyInput *in)
{
    KmsKey replica = *key;
    replica.arn = key_arn_in(&call->scope, in->replica_region, key->id);
    replica.description = present(in->description) ? in->description : TEXT("");
    replica.created_ms = call->now_ms;
    replica.multi_region = KMS_REPLICA;
    replica.rotation_days = 0;
    replica.rotation_next_ms = 0;
    if (bytes_equal(key->origin, KMS_ORIGIN_TYPE_EXTERNAL)) { /* aws: there: the same material is imported into each */
        replica.state = KMS_KEY_PENDING_IMPORT;
        replica.material_id = TEXT("");
        replica.expires_ms = -1;
    }
    return replica;
}

/* Recorded from AWS: the answer shows it while it is being made. */
static Status tell(Call *call, const Scope *there, const KmsKey *replica, KmsReplicateKeyOutput *out)
{
    Call other = *call;
    other.region = there->region;
    TRY(key_metadata(&other, replica, &out->replica_key_metadata));
    if (replica->state == KMS_KEY_PENDING_IMPORT)
        return OK;
    out->replica_key_metadata->key_state = KMS_KEY_STATE_CREATING;
    out->replica_key_metadata->current_key_material_id = (Bytes){0};
    SET(out->replica_key_metadata, enabled, false);
    return OK;
}

static Status replicate_key(Call *call, const KmsReplicateKeyInput *in, KmsReplicateKeyOutput *out)
{
    KmsKey key;
    Bytes public_der;
    Scope there = call->scope;
    TRY(find_primary(call, in->key_id, &key));
    TRY(key_check_enabled(call, &key));
    TRY(check_region(call, &key, in->replica_region));
    TRY(key_tags_check(call, &in->tags));
    TRY(key_policy_check(call, in->policy));
    TRY(expect_ok(call, key_public(&call->scope, &key, &public_der)));
    there.region = in->replica_region;
    KmsKey replica = replica_of(call, &key, in);

    TRY(expect_ok(call, key_insert(&there, &replica, in->policy, public_der)));
    TRY(expect_ok(call, key_tags_put(&there, key.id, &in->tags)));
    if (replica.state != KMS_KEY_PENDING_IMPORT)
        TRY(expect_ok(call, material_copy(&call->scope, key.id, in->replica_region)));
    out->replica_policy = present(in->policy) ? in->policy : key_default_policy(call);
    out->replica_tags = in->tags;
    return tell(call, &there, &replica, out);
}

/* aws: UpdatePrimaryRegion: "changes the current primary key to a replica key, and the replica in PrimaryRegion to
 * primary"; rotation goes with it. */
static Status update_primary_region(Call *call, const KmsUpdatePrimaryRegionInput *in,
                                    KmsUpdatePrimaryRegionOutput *out)
{
    KmsKey key;
    bool is_there;
    Regions regions;
    (void)out;
    TRY(find_primary(call, in->key_id, &key));
    TRY(key_check_enabled(call, &key));
    TRY(replica_in(call, &key, in->primary_region, &is_there));
    if (!is_there || bytes_equal(in->primary_region, call->region))
        return fail(call, &KMS_NOT_FOUND, "Key '" BYTES_FMT "' does not exist",
                    BYTES_ARG(key_arn_in(&call->scope, in->primary_region, key.id)));
    TRY(expect_ok(call, key_regions(&call->scope, &key, &regions)));
    int32_t rotation_days = key.rotation_days;
    int64_t rotation_next_ms = key.rotation_next_ms;

    for (size_t i = 0; i < regions.len; i++) {
        KmsKey each;
        Scope there = call->scope;
        there.region = regions.items[i];
        bool is_primary = bytes_equal(there.region, in->primary_region);
        TRY(expect_ok(call, key_at(&there, key.id, &each)));
        each.multi_region = is_primary ? KMS_PRIMARY : KMS_REPLICA;
        each.primary_region = in->primary_region;
        each.rotation_days = is_primary ? rotation_days : 0;
        each.rotation_next_ms = is_primary ? rotation_next_ms : 0;
        TRY(expect_ok(call, key_save(&there, &each)));
    }
    return OK;
}
