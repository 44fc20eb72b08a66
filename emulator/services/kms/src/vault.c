/* vault.c - XChaCha20-Poly1305 and BLAKE2b, of libsodium. */
#include "vault.h"
#include "seal.h"
#include <sodium.h>

static const SealTable secret_table = SEAL_TABLE("kms_secret");

int vault_load(Kms *kms)
{
    int code = kms->has_secret ? STORE_OK : seal_secret_load(kms->runtime->store, &secret_table, kms->secret);
    kms->has_secret = code == STORE_OK;
    return code;
}

void vault_mac(const Kms *kms, VaultPurpose purpose, Bytes bytes, unsigned char *ret_mac, size_t len)
{
    crypto_generichash_state state;
    unsigned char first = (unsigned char)purpose;
    crypto_generichash_init(&state, kms->secret, sizeof kms->secret, len);
    crypto_generichash_update(&state, &first, 1);
    crypto_generichash_update(&state, (const unsigned char *)bytes.ptr, bytes.len);
    crypto_generichash_final(&state, ret_mac, len);
}

bool vault_check(const Kms *kms, VaultPurpose purpose, Bytes bytes, const void *mac)
{
    unsigned char own[VAULT_MAC_BYTES];
    vault_mac(kms, purpose, bytes, own, sizeof own);
    return !sodium_memcmp(own, mac, sizeof own);
}

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES

static void sealing_key(const Kms *kms, unsigned char key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES])
{
    vault_mac(kms, VAULT_MATERIAL, TEXT("material"), key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
}

Bytes vault_close(const Kms *kms, Arena *arena, Bytes place, Bytes plain)
{
    unsigned char key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    size_t len = NONCE_BYTES + plain.len + TAG_BYTES;
    unsigned char *sealed = (unsigned char *)arena_take_raw(arena, len);
    sealing_key(kms, key);
    randombytes_buf(sealed, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL, (const unsigned char *)plain.ptr, plain.len,
                                               (const unsigned char *)place.ptr, place.len, NULL, sealed, key);
    sodium_memzero(key, sizeof key);
    return (Bytes){(const char *)sealed, len};
}

bool vault_open(const Kms *kms, Arena *arena, Bytes place, Bytes sealed, Bytes *ret_plain)
{
    unsigned char key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
    const unsigned char *bytes = (const unsigned char *)sealed.ptr;
    if (sealed.len < NONCE_BYTES + TAG_BYTES)
        return false;
    size_t len = sealed.len - NONCE_BYTES - TAG_BYTES;
    unsigned char *plain = (unsigned char *)arena_take_raw(arena, len + 1);
    sealing_key(kms, key);
    bool is_fine =
        !crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, bytes + NONCE_BYTES, sealed.len - NONCE_BYTES,
                                                    (const unsigned char *)place.ptr, place.len, bytes, key);
    sodium_memzero(key, sizeof key);
    *ret_plain = (Bytes){(const char *)plain, len};
    return is_fine;
}
