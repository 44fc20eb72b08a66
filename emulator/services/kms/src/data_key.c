/* data_key.c - GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom. */
#include "cipher.h"
#include <sodium.h>

OPERATION(KmsGenerateDataKey, generate_data_key, WRITES);
OPERATION(KmsGenerateDataKeyWithoutPlaintext, generate_data_key_without_plaintext, WRITES);
OPERATION(KmsGenerateRandom, generate_random, WRITES);

typedef struct DataKey {
    const Cipher cipher;
    Bytes spec;
    bool has_number;
    int32_t number;
    const KmsGrantTokenList *tokens;
    bool is_dry_run;
} DataKey;

static Bytes random_of(Arena *arena, size_t len)
{
    char *bytes = arena_take_raw(arena, len);
    randombytes_buf(bytes, len);
    return (Bytes){bytes, len};
}

/* Of the input of either operation. */
#define WANTED(in)                                                                                                     \
    {                                                                                                                  \
        {(in)->key_id, {0}, &(in)->encryption_context}, (in)->key_spec, (in)->has_number_of_bytes,                     \
            (in)->number_of_bytes, &(in)->grant_tokens, (in)->dry_run                                                  \
    }

/* aws: GenerateDataKey: "You must specify either the KeySpec or the NumberOfBytes parameter (but not both)" */
static Status data_key(Call *call, const DataKey *wanted, KmsKey *ret_key, Bytes *ret_plain, Bytes *ret_blob)
{
    if (wanted->has_number == present(wanted->spec))
        return fail(call, &COMMON_VALIDATION, "Please specify either number of bytes or key spec.");
    TRY(cipher_find_data_key(call, wanted->cipher.key_name, ret_key));
    TRY(grant_tokens_check(call, wanted->tokens));
    TRY(kms_check_dry_run(call, wanted->is_dry_run));
    size_t len = wanted->has_number                                     ? (size_t)wanted->number
                 : bytes_equal(wanted->spec, KMS_DATA_KEY_SPEC_AES_128) ? 16
                                                                        : 32;
    *ret_plain = random_of(call->arena, len);
    return cipher_encrypt(call, &wanted->cipher, ret_key, *ret_plain, ret_blob);
}

static Status generate_data_key(Call *call, const KmsGenerateDataKeyInput *in, KmsGenerateDataKeyOutput *out)
{
    KmsKey key;
    DataKey wanted = WANTED(in);
    TRY(kms_check_no_recipient(call, in->recipient));
    TRY(data_key(call, &wanted, &key, &out->plaintext, &out->ciphertext_blob));
    out->key_id = key.arn;
    out->key_material_id = key.material_id;
    return OK;
}

static Status generate_data_key_without_plaintext(Call *call, const KmsGenerateDataKeyWithoutPlaintextInput *in,
                                                  KmsGenerateDataKeyWithoutPlaintextOutput *out)
{
    KmsKey key;
    Bytes plain;
    DataKey wanted = WANTED(in);
    TRY(data_key(call, &wanted, &key, &plain, &out->ciphertext_blob));
    out->key_id = key.arn;
    out->key_material_id = key.material_id;
    return OK;
}

static Status generate_random(Call *call, const KmsGenerateRandomInput *in, KmsGenerateRandomOutput *out)
{
    TRY(kms_check_no_recipient(call, in->recipient));
    if (present(in->custom_key_store_id))
        return fail(call, &KMS_CUSTOM_KEY_STORE_NOT_FOUND, "Custom key store " BYTES_FMT " does not exist.",
                    BYTES_ARG(in->custom_key_store_id));
    if (!in->has_number_of_bytes)
        return fail(call, &COMMON_VALIDATION, "NumberOfBytes is required.");
    out->plaintext = random_of(call->arena, (size_t)in->number_of_bytes);
    return OK;
}
