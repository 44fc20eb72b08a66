/* for_services.c - data keys that other services seal bytes with: each under the material of one of our keys, so that
 * nobody reads those bytes when the key's material is gone. */
#include "ciphertext.h"
#include "material.h"
#include <sodium.h>

int kms_new_data_key(const Scope *scope, const KmsKey *key, Bytes bound, Bytes plain, Bytes *ret_sealed)
{
    Bytes material;
    int code = bytes_equal(key->spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT)
                   ? material_open(scope, key->id, key->material_id, &material)
                   : STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return KMS_KEY_ABSENT;
    if (code != STORE_OK)
        return code;
    *ret_sealed = ciphertext_make(scope, key, material, bound, plain);
    return KMS_KEY_FOUND;
}

int kms_open_data_key(const Scope *scope, Bytes sealed, Bytes bound, Bytes *ret_plain)
{
    Ciphertext ciphertext;
    Bytes material;
    if (!ciphertext_read(scope->service, scope->arena, sealed, &ciphertext))
        return KMS_KEY_ABSENT;
    int code = material_open(scope, ciphertext.key_id, ciphertext.material_id, &material);
    if (code == STORE_NOT_FOUND)
        return KMS_KEY_ABSENT;
    if (code != STORE_OK)
        return code;
    return ciphertext_open(scope->arena, &ciphertext, material, bound, ret_plain) ? KMS_KEY_FOUND : KMS_KEY_ABSENT;
}
