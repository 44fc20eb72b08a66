/* cipher.h - encrypting and decrypting under a key of any kind, as a call sees it. */
#pragma once
#include "key.h"

typedef struct Cipher {
    Bytes key_name;  /* as the call gave it; of a symmetric ciphertext it may be absent */
    Bytes algorithm; /* absent: SYMMETRIC_DEFAULT */
    const KmsEncryptionContextType *context;
} Cipher;

typedef struct Deciphered {
    KmsKey key;
    Bytes plain, material_id, algorithm;
} Deciphered;

/* Is it a key to encrypt with, and is the plaintext short enough? */
MUST_CHECK Status cipher_find_key(Call *call, const Cipher *cipher, size_t plain_len, KmsKey *ret_key);
MUST_CHECK Status cipher_encrypt(Call *call, const Cipher *cipher, const KmsKey *key, Bytes plain, Bytes *ret_blob);
MUST_CHECK Status cipher_decrypt(Call *call, const Cipher *cipher, Bytes blob, Deciphered *ret_deciphered);
/* A symmetric key that data keys are encrypted under. */
MUST_CHECK Status cipher_find_data_key(Call *call, Bytes name, KmsKey *ret_key);
static inline Bytes cipher_algorithm(const Cipher *cipher)
{
    return present(cipher->algorithm) ? cipher->algorithm : KMS_ENCRYPTION_ALGORITHM_SPEC_SYMMETRIC_DEFAULT;
}
