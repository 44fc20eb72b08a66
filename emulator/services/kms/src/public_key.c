/* public_key.c - GetPublicKey, DeriveSharedSecret. */
#include "key_pair.h"
#include "material.h"

OPERATION(KmsGetPublicKey, get_public_key, WRITES);
OPERATION(KmsDeriveSharedSecret, derive_shared_secret, WRITES);

static Status get_public_key(Call *call, const KmsGetPublicKeyInput *in, KmsGetPublicKeyOutput *out)
{
    KmsKey key;
    KmsKeyMetadata *metadata;
    TRY(key_find(call, in->key_id, &key));
    TRY(key_check_managed_by_customer(call, &key));
    if (!spec_is_asymmetric(spec_find(key.spec)))
        return fail(call, &KMS_UNSUPPORTED_OPERATION, BYTES_FMT " is not an asymmetric key.", BYTES_ARG(key.arn));
    TRY(key_check_enabled(call, &key));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    TRY(expect_ok(call, key_public(&call->scope, &key, &out->public_key)));
    TRY(key_metadata(call, &key, &metadata));
    out->key_id = key.arn;
    out->key_spec = key.spec;
    out->customer_master_key_spec = key_old_spec(&key);
    out->key_usage = key.usage;
    out->encryption_algorithms = metadata->encryption_algorithms;
    out->signing_algorithms = metadata->signing_algorithms;
    out->key_agreement_algorithms = metadata->key_agreement_algorithms;
    return OK;
}

static Status derive_shared_secret(Call *call, const KmsDeriveSharedSecretInput *in, KmsDeriveSharedSecretOutput *out)
{
    KmsKey key;
    Bytes material;
    TRY(kms_check_no_recipient(call, in->recipient));
    TRY(key_find_for_use(call, in->key_id, KMS_KEY_USAGE_TYPE_KEY_AGREEMENT, &key));
    TRY(key_check_algorithm(call, &key, in->key_agreement_algorithm));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    TRY(kms_check_dry_run(call, in->dry_run));
    TRY(material_of(call, &key, &material));
    if (!key_agree(spec_find(key.spec), material, in->public_key, call->arena, &out->shared_secret))
        return fail(call, &COMMON_VALIDATION, "%s", "");
    out->key_id = key.arn;
    out->key_agreement_algorithm = in->key_agreement_algorithm;
    out->key_origin = key.origin;
    return OK;
}
