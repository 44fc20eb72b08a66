/* cipher.c - encrypting and decrypting, as Encrypt, Decrypt and those that use them refuse and do it. */
#include "cipher.h"
#include "ciphertext.h"
#include "key_pair.h"
#include "material.h"

#define ENCRYPTS KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT

static bool is_symmetric(Bytes algorithm)
{
    return bytes_equal(algorithm, KMS_ENCRYPTION_ALGORITHM_SPEC_SYMMETRIC_DEFAULT);
}

static OaepHash hash_of(Bytes algorithm)
{
    return bytes_equal(algorithm, KMS_ENCRYPTION_ALGORITHM_SPEC_RSAES_OAEP_SHA_1) ? OAEP_SHA_1 : OAEP_SHA_256;
}

/* aws: Encrypt: "An encryption context is supported only on operations with symmetric encryption KMS keys." */
static Status check_context(Call *call, const Cipher *cipher)
{
    if (!cipher->context->len || is_symmetric(cipher_algorithm(cipher)))
        return OK;
    return fail(call, &COMMON_VALIDATION,
                "EncryptionContext is not supported by the encryption algorithm " BYTES_FMT ".",
                BYTES_ARG(cipher_algorithm(cipher)));
}

Status cipher_find_key(Call *call, const Cipher *cipher, size_t plain_len, KmsKey *ret_key)
{
    Bytes algorithm = cipher_algorithm(cipher);
    TRY(check_context(call, cipher));
    TRY(key_find_for_use(call, cipher->key_name, ENCRYPTS, ret_key));
    TRY(key_check_algorithm(call, ret_key, algorithm));
    if (is_symmetric(algorithm))
        return OK;
    size_t most = oaep_plaintext_max(spec_find(ret_key->spec)->bits, hash_of(algorithm));
    if (plain_len <= most)
        return OK;
    return fail(call, &COMMON_VALIDATION,
                "Algorithm " BYTES_FMT " and key spec " BYTES_FMT " cannot encrypt data larger than %zu bytes.",
                BYTES_ARG(algorithm), BYTES_ARG(ret_key->spec), most);
}

Status cipher_encrypt(Call *call, const Cipher *cipher, const KmsKey *key, Bytes plain, Bytes *ret_blob)
{
    Bytes material, public_der;
    Bytes algorithm = cipher_algorithm(cipher);
    if (is_symmetric(algorithm)) {
        TRY(material_of(call, key, &material));
        *ret_blob = ciphertext_make(&call->scope, key, material, context_bytes(call->arena, cipher->context), plain);
        return OK;
    }
    TRY(expect_ok(call, key_public(&call->scope, key, &public_der)));
    return oaep_encrypt(public_der, hash_of(algorithm), plain, call->arena, ret_blob) ? OK : fault(call, -1);
}

static Status bad_ciphertext(Call *call)
{
    return fail(call, &KMS_INVALID_CIPHERTEXT, "%s", "");
}

static Status other_key(Call *call)
{
    return fail(call, &KMS_INCORRECT_KEY,
                "The key ID in the request does not identify a CMK that can perform this operation.");
}

/* Recorded from AWS of keys that are another account's, another region's, or gone. */
static Status no_key_of_it(Call *call)
{
    static const ErrorModel access_denied = {
        .code = "AccessDeniedException", .http_status = 400, .senders_fault = true, .message_name = "message"};
    return fail(
        call, &access_denied,
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.");
}

static Status decrypt_symmetric(Call *call, const Cipher *cipher, Bytes blob, Deciphered *ret)
{
    KmsKey named;
    Ciphertext ciphertext;
    Bytes material;
    TRY(keys_furnish_for(call));
    if (present(cipher->key_name))
        TRY(key_find(call, cipher->key_name, &named));
    if (!ciphertext_read(call->service, call->arena, blob, &ciphertext))
        return present(cipher->key_name) && !bytes_equal(named.spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT)
                   ? other_key(call)
                   : bad_ciphertext(call);
    if (present(cipher->key_name) && !bytes_equal(named.id, ciphertext.key_id))
        return other_key(call);
    int code = kms_look_up_key(&call->scope, ciphertext.key_id, &ret->key);
    if (code == KMS_KEY_ABSENT)
        return no_key_of_it(call);
    TRY(expect_ok(call, code));
    TRY(key_check_managed_by_customer(call, &ret->key));
    TRY(key_check_enabled(call, &ret->key));
    code = material_open(&call->scope, ciphertext.key_id, ciphertext.material_id, &material);
    if (code == STORE_NOT_FOUND)
        return bad_ciphertext(call);
    TRY(expect_ok(call, code));
    ret->material_id = ciphertext.material_id;
    Bytes bound = context_bytes(call->arena, cipher->context);
    return ciphertext_open(call->arena, &ciphertext, material, bound, &ret->plain) ? OK : bad_ciphertext(call);
}

/* aws: Decrypt: "required only when the ciphertext was encrypted under an asymmetric KMS key" */
static Status decrypt_rsa(Call *call, const Cipher *cipher, Bytes blob, Deciphered *ret)
{
    Bytes material;
    Bytes algorithm = cipher_algorithm(cipher);
    if (!present(cipher->key_name))
        return fail(call, &COMMON_VALIDATION, "KeyId is required when the encryption algorithm is " BYTES_FMT ".",
                    BYTES_ARG(algorithm));
    TRY(key_find_for_use(call, cipher->key_name, ENCRYPTS, &ret->key));
    TRY(key_check_algorithm(call, &ret->key, algorithm));
    TRY(material_of(call, &ret->key, &material));
    return oaep_decrypt(material, hash_of(algorithm), blob, call->arena, &ret->plain) ? OK : bad_ciphertext(call);
}

Status cipher_decrypt(Call *call, const Cipher *cipher, Bytes blob, Deciphered *ret_deciphered)
{
    ret_deciphered->algorithm = cipher_algorithm(cipher);
    ret_deciphered->material_id = (Bytes){0};
    TRY(check_context(call, cipher));
    return is_symmetric(ret_deciphered->algorithm) ? decrypt_symmetric(call, cipher, blob, ret_deciphered)
                                                   : decrypt_rsa(call, cipher, blob, ret_deciphered);
}

Status cipher_find_data_key(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(key_find_for_use(call, name, ENCRYPTS, ret_key));
    if (bytes_equal(ret_key->spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT))
        return OK;
    return fail(call, &KMS_INVALID_KEY_USAGE, "You cannot generate a data key with an asymmetric CMK");
}
