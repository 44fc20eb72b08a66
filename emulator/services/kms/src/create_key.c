/* create_key.c - CreateKey: symmetric keys with material of our own making. */
#include "key.h"
#include "uuid.h"

OPERATION(KmsCreateKey, create_key, WRITES);

/* What keys can be used for is not built: of other kinds there are none. */
static Status check_kind(Call *call, const KmsCreateKeyInput *in)
{
    Bytes spec = present(in->key_spec) ? in->key_spec : in->customer_master_key_spec;
    bool is_symmetric = !present(spec) || bytes_equal(spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT);
    if (present(in->key_spec) && present(in->customer_master_key_spec))
        return fail(call, &COMMON_VALIDATION,
                    "You cannot specify KeySpec and CustomerMasterKeySpec in the same request.");
    if (!is_symmetric && !present(in->key_usage))
        return fail(call, &COMMON_VALIDATION,
                    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
    if (is_symmetric && present(in->key_usage) && !bytes_equal(in->key_usage, KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT))
        return fail(call, &COMMON_VALIDATION,
                    "The operation failed because the KeyUsage value of the CMK is " BYTES_FMT
                    ". To perform this operation, the KeyUsage value must be ENCRYPT_DECRYPT.",
                    BYTES_ARG(in->key_usage));
    if (!is_symmetric)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "KeySpec " BYTES_FMT " is not implemented.", BYTES_ARG(spec));
    if (present(in->origin) && !bytes_equal(in->origin, KMS_ORIGIN_TYPE_AWS_KMS))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Origin " BYTES_FMT " is not implemented.", BYTES_ARG(in->origin));
    if (present(in->custom_key_store_id) || present(in->xks_key_id))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Custom key stores are not implemented.");
    if (in->multi_region)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Multi-Region keys are not implemented.");
    return OK;
}

static Status create_key(Call *call, const KmsCreateKeyInput *in, KmsCreateKeyOutput *out)
{
    TRY(check_kind(call, in));
    TRY(key_tags_check(call, &in->tags));
    TRY(key_policy_check(call, in->policy));
    KmsKey key = {
        .id = uuid_new(call->arena, call->runtime->random),
        .manager = TEXT("CUSTOMER"),
        .description = present(in->description) ? in->description : TEXT(""),
        .material_id = material_id_new(call->arena, call->runtime->random),
        .created_ms = call->now_ms,
    };
    key.arn = call_arn(call, "kms", "key/" BYTES_FMT, BYTES_ARG(key.id));

    TRY(expect_ok(call, key_insert(&call->scope, &key, in->policy)));
    TRY(expect_ok(call, key_tags_put(&call->scope, key.id, &in->tags)));
    out->key_metadata = key_metadata(call, &key);
    return OK;
}
