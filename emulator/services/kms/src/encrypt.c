/* encrypt.c - Encrypt, Decrypt, ReEncrypt. */
#include "cipher.h"

OPERATION(KmsEncrypt, encrypt, WRITES);
OPERATION(KmsDecrypt, decrypt, WRITES);
OPERATION(KmsReEncrypt, re_encrypt, WRITES);

static Status encrypt(Call *call, const KmsEncryptInput *in, KmsEncryptOutput *out)
{
    KmsKey key;
    Cipher cipher = {in->key_id, in->encryption_algorithm, &in->encryption_context};
    TRY(cipher_find_key(call, &cipher, in->plaintext.len, &key));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    TRY(kms_check_dry_run(call, in->dry_run));
    TRY(cipher_encrypt(call, &cipher, &key, in->plaintext, &out->ciphertext_blob));
    out->key_id = key.arn;
    out->encryption_algorithm = cipher_algorithm(&cipher);
    return OK;
}

/* DryRunModifiers: where only the permission is asked for, there may be no ciphertext. */
static Status check_blob(Call *call, Bytes blob, const KmsDryRunModifierList *modifiers)
{
    if (modifiers->len)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "DryRunModifiers are not implemented.");
    if (!present(blob))
        return fail(
            call, &COMMON_VALIDATION,
            "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null");
    return OK;
}

static Status decrypt(Call *call, const KmsDecryptInput *in, KmsDecryptOutput *out)
{
    Deciphered deciphered;
    Cipher cipher = {in->key_id, in->encryption_algorithm, &in->encryption_context};
    TRY(kms_check_no_recipient(call, in->recipient));
    TRY(check_blob(call, in->ciphertext_blob, &in->dry_run_modifiers));
    TRY(cipher_decrypt(call, &cipher, in->ciphertext_blob, &deciphered));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    TRY(kms_check_dry_run(call, in->dry_run));
    out->key_id = deciphered.key.arn;
    out->plaintext = deciphered.plain;
    out->encryption_algorithm = deciphered.algorithm;
    out->key_material_id = deciphered.material_id;
    return OK;
}

static Status re_encrypt(Call *call, const KmsReEncryptInput *in, KmsReEncryptOutput *out)
{
    KmsKey key;
    Deciphered source;
    Cipher from = {in->source_key_id, in->source_encryption_algorithm, &in->source_encryption_context};
    Cipher to = {in->destination_key_id, in->destination_encryption_algorithm, &in->destination_encryption_context};
    TRY(check_blob(call, in->ciphertext_blob, &in->dry_run_modifiers));
    TRY(cipher_decrypt(call, &from, in->ciphertext_blob, &source));
    TRY(cipher_find_key(call, &to, source.plain.len, &key));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    TRY(kms_check_dry_run(call, in->dry_run));
    TRY(cipher_encrypt(call, &to, &key, source.plain, &out->ciphertext_blob));
    out->source_key_id = source.key.arn;
    out->key_id = key.arn;
    out->source_encryption_algorithm = source.algorithm;
    out->destination_encryption_algorithm = cipher_algorithm(&to);
    out->source_key_material_id = source.material_id;
    if (bytes_equal(key.spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT))
        out->destination_key_material_id = key.material_id;
    return OK;
}
