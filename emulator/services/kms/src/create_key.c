/* create_key.c - CreateKey. */
#include "due.h"
#include "key_making.h"
#include "material.h"
#include "uuid.h"
#include <sodium.h>

OPERATION(KmsCreateKey, create_key, WRITES);

static Bytes spec_name(const KmsCreateKeyInput *in)
{
    Bytes name = present(in->key_spec) ? in->key_spec : in->customer_master_key_spec;
    return present(name) ? name : KMS_KEY_SPEC_SYMMETRIC_DEFAULT;
}

static Status check_usage(Call *call, const KmsCreateKeyInput *in, const Spec *spec)
{
    if (spec->family != SPEC_SYMMETRIC && !present(in->key_usage))
        return fail(call, &COMMON_VALIDATION,
                    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
    if (spec->family == SPEC_SYMMETRIC && present(in->key_usage) &&
        !bytes_equal(in->key_usage, KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT))
        return fail(call, &COMMON_VALIDATION,
                    "The operation failed because the KeyUsage value of the CMK is " BYTES_FMT
                    ". To perform this operation, the KeyUsage value must be ENCRYPT_DECRYPT.",
                    BYTES_ARG(in->key_usage));
    if (spec->family == SPEC_UNBUILT)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "KeySpec %s is not implemented.", spec->name);
    if (present(in->key_usage) && !spec_use(spec, in->key_usage))
        return fail(call, &COMMON_VALIDATION, "KeyUsage " BYTES_FMT " is not compatible with KeySpec %s",
                    BYTES_ARG(in->key_usage), spec->name);
    return OK;
}

static Status check_kind(Call *call, const KmsCreateKeyInput *in, const Spec *spec)
{
    if (present(in->key_spec) && present(in->customer_master_key_spec))
        return fail(call, &COMMON_VALIDATION,
                    "You cannot specify KeySpec and CustomerMasterKeySpec in the same request.");
    TRY(check_usage(call, in, spec));
    if (present(in->origin) && !bytes_equal(in->origin, KMS_ORIGIN_TYPE_AWS_KMS) &&
        !bytes_equal(in->origin, KMS_ORIGIN_TYPE_EXTERNAL))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Origin " BYTES_FMT " is not implemented.", BYTES_ARG(in->origin));
    if (present(in->custom_key_store_id) || present(in->xks_key_id))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Custom key stores are not implemented.");
    return OK;
}

/* aws: Developer Guide, "Multi-Region keys": "a distinctive key ID that begins with mrk-" */
static Bytes new_id(Call *call, bool multi_region)
{
    char text[4 + 32];
    Bytes id = uuid_new(call->arena, call->runtime->random);
    size_t len = 4;
    if (!multi_region)
        return id;
    memcpy(text, "mrk-", 4);
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] != '-')
            text[len++] = id.ptr[i];
    return arena_copy(call->arena, (Bytes){text, len});
}

typedef struct Creation {
    const KmsCreateKeyInput *in;
    KmsCreateKeyOutput *out;
    const Spec *spec;
} Creation;

static KmsKey new_key(Call *call, const Creation *creation)
{
    const KmsCreateKeyInput *in = creation->in;
    bool is_external = present(in->origin) && bytes_equal(in->origin, KMS_ORIGIN_TYPE_EXTERNAL);
    KmsKey key = {
        .id = new_id(call, in->multi_region),
        .state = is_external ? KMS_KEY_PENDING_IMPORT : KMS_KEY_ENABLED,
        .manager = TEXT("CUSTOMER"),
        .description = present(in->description) ? in->description : TEXT(""),
        .material_id = TEXT(""),
        .created_ms = call->now_ms,
        .spec = bytes_of(creation->spec->name),
        .usage = present(in->key_usage) ? in->key_usage : KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT,
        .origin = is_external ? KMS_ORIGIN_TYPE_EXTERNAL : KMS_ORIGIN_TYPE_AWS_KMS,
        .multi_region = in->multi_region ? KMS_PRIMARY : KMS_SINGLE_REGION,
        .primary_region = in->multi_region ? call->region : TEXT(""),
        .expires_ms = -1,
    };
    key.arn = key_arn_in(&call->scope, call->region, key.id);
    return key;
}

/* plain, public_der: absent where there is none (yet). */
static Status create(Call *call, const Creation *creation, Bytes plain, Bytes public_der)
{
    KmsKey key = new_key(call, creation);
    Material material = {.id = TEXT(""), .expires_ms = -1};
    if (present(plain) && creation->spec->family == SPEC_SYMMETRIC)
        material.id = key.material_id = material_id_new(&call->scope);

    TRY(expect_ok(call, key_insert(&call->scope, &key, creation->in->policy, public_der)));
    TRY(expect_ok(call, key_tags_put(&call->scope, key.id, &creation->in->tags)));
    if (present(plain))
        TRY(expect_ok(call, material_put(&call->scope, key.id, &material, plain)));
    return key_metadata(call, &key, &creation->out->key_metadata);
}

static Status pair_is_made(Call *call, const KeyPair *pair, void *context)
{
    TRY(keys_furnish_for(call));
    return create(call, context, key_pair_private(pair), key_pair_public(pair));
}

static Status create_key(Call *call, const KmsCreateKeyInput *in, KmsCreateKeyOutput *out)
{
    unsigned char bytes[64];
    const Spec *spec = spec_find(spec_name(in));
    Creation *creation = arena_new_of(call->arena, Creation);
    *creation = (Creation){in, out, spec};
    if (!spec)
        return fail(call, &COMMON_VALIDATION, "KeySpec " BYTES_FMT " is not valid.", BYTES_ARG(spec_name(in)));
    TRY(check_kind(call, in, spec));
    TRY(key_tags_check(call, &in->tags));
    TRY(key_policy_check(call, in->policy));
    TRY(keys_furnish_for(call));

    if (present(in->origin) && bytes_equal(in->origin, KMS_ORIGIN_TYPE_EXTERNAL))
        return create(call, creation, (Bytes){0}, (Bytes){0});
    if (spec_is_asymmetric(spec))
        return key_pair_for(call, spec, pair_is_made, creation);
    randombytes_buf(bytes, sizeof bytes);
    Status status = create(call, creation, (Bytes){(const char *)bytes, spec->bits / 8}, (Bytes){0});
    sodium_memzero(bytes, sizeof bytes);
    return status;
}
