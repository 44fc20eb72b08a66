/* data_key_pair.c - GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext. */
#include "cipher.h"
#include "key_making.h"

OPERATION(KmsGenerateDataKeyPair, generate_data_key_pair, WRITES);
OPERATION(KmsGenerateDataKeyPairWithoutPlaintext, generate_data_key_pair_without_plaintext, WRITES);

typedef struct DataKeyPair {
    Cipher cipher;
    Bytes spec;
    KmsGenerateDataKeyPairOutput *out; /* one of the two */
    KmsGenerateDataKeyPairWithoutPlaintextOutput *out_without_plain;
} DataKeyPair;

/* The key may have changed while the pair was made. */
static Status pair_is_made(Call *call, const KeyPair *pair, void *context)
{
    KmsKey key;
    Bytes blob;
    DataKeyPair *wanted = context;
    TRY(cipher_find_data_key(call, wanted->cipher.key_name, &key));
    TRY(cipher_encrypt(call, &wanted->cipher, &key, key_pair_private(pair), &blob));
    if (wanted->out)
        *wanted->out = (KmsGenerateDataKeyPairOutput){
            .private_key_ciphertext_blob = blob,
            .private_key_plaintext = key_pair_private(pair),
            .public_key = key_pair_public(pair),
            .key_id = key.arn,
            .key_pair_spec = wanted->spec,
            .key_material_id = key.material_id,
        };
    else
        *wanted->out_without_plain = (KmsGenerateDataKeyPairWithoutPlaintextOutput){
            .private_key_ciphertext_blob = blob,
            .public_key = key_pair_public(pair),
            .key_id = key.arn,
            .key_pair_spec = wanted->spec,
            .key_material_id = key.material_id,
        };
    return OK;
}

static Status make_pair(Call *call, const DataKeyPair *wanted, const KmsGrantTokenList *tokens, bool is_dry_run)
{
    KmsKey key;
    const Spec *spec = spec_find(wanted->spec);
    DataKeyPair *kept = arena_new_of(call->arena, DataKeyPair);
    *kept = *wanted;
    if (!spec || spec->family == SPEC_UNBUILT)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "KeyPairSpec " BYTES_FMT " is not implemented.",
                    BYTES_ARG(wanted->spec));
    TRY(cipher_find_data_key(call, wanted->cipher.key_name, &key));
    TRY(grant_tokens_check(call, tokens));
    TRY(kms_check_dry_run(call, is_dry_run));
    return key_pair_for(call, spec, pair_is_made, kept);
}

static Status generate_data_key_pair(Call *call, const KmsGenerateDataKeyPairInput *in,
                                     KmsGenerateDataKeyPairOutput *out)
{
    DataKeyPair wanted = {{in->key_id, {0}, &in->encryption_context}, in->key_pair_spec, out, NULL};
    TRY(kms_check_no_recipient(call, in->recipient));
    return make_pair(call, &wanted, &in->grant_tokens, in->dry_run);
}

static Status generate_data_key_pair_without_plaintext(Call *call,
                                                       const KmsGenerateDataKeyPairWithoutPlaintextInput *in,
                                                       KmsGenerateDataKeyPairWithoutPlaintextOutput *out)
{
    DataKeyPair wanted = {{in->key_id, {0}, &in->encryption_context}, in->key_pair_spec, NULL, out};
    return make_pair(call, &wanted, &in->grant_tokens, in->dry_run);
}
