/* import_token.c - import tokens, and what is wrapped for them. */
#include "import_token.h"
#include <nettle/nist-keywrap.h>

#define PLACE     TEXT("import token")
#define ID_LEN    36
#define HEAD_LEN  (8 + 1 + ID_LEN)
#define BLOCK_LEN 8

/* Ours, in an order that stays. */
static const char *const algorithms[] = {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1",
                                         "RSA_AES_KEY_WRAP_SHA_256"};
#define ALGORITHMS (sizeof algorithms / sizeof *algorithms)

Bytes import_token_make(const Kms *kms, Arena *arena, const ImportToken *token)
{
    size_t len = HEAD_LEN + token->private_der.len;
    char *plain = arena_take(arena, len);
    for (int i = 0; i < 8; i++)
        plain[i] = (char)(token->valid_to_ms >> (56 - 8 * i));
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (bytes_is(token->algorithm, algorithms[i]))
            plain[8] = (char)i;
    memcpy(plain + 9, token->key_id.ptr, token->key_id.len < ID_LEN ? token->key_id.len : ID_LEN);
    memcpy(plain + HEAD_LEN, token->private_der.ptr, token->private_der.len);
    return vault_close(kms, arena, PLACE, (Bytes){plain, len});
}

bool import_token_read(const Kms *kms, Arena *arena, Bytes text, ImportToken *ret_token)
{
    Bytes plain;
    if (!vault_open(kms, arena, PLACE, text, &plain) || plain.len <= HEAD_LEN ||
        (unsigned char)plain.ptr[8] >= ALGORITHMS)
        return false;
    uint64_t valid_to = 0;
    for (int i = 0; i < 8; i++)
        valid_to = valid_to << 8 | (unsigned char)plain.ptr[i];
    *ret_token = (ImportToken){.key_id = bytes_slice(plain, 9, ID_LEN),
                               .algorithm = bytes_of(algorithms[(unsigned char)plain.ptr[8]]),
                               .valid_to_ms = (int64_t)valid_to,
                               .private_der = bytes_slice(plain, HEAD_LEN, plain.len - HEAD_LEN)};
    return true;
}

/* RFC 5649: the initial value tells the length, of which only the number of blocks is known: one of eight fits. */
static bool key_unwrap(Bytes key, Bytes wrapped, Arena *arena, Bytes *ret_plain)
{
    struct aes256_ctx aes;
    uint8_t initial[BLOCK_LEN] = {0xa6, 0x59, 0x59, 0xa6};
    if (key.len != AES256_KEY_SIZE || wrapped.len % BLOCK_LEN || wrapped.len < 3 * BLOCK_LEN)
        return false;
    size_t len = wrapped.len - BLOCK_LEN;
    unsigned char *plain = arena_take(arena, len);
    aes256_set_decrypt_key(&aes, (const uint8_t *)key.ptr);
    for (size_t padding = 0; padding < BLOCK_LEN; padding++) {
        size_t told = len - padding;
        for (int i = 0; i < 4; i++)
            initial[4 + i] = (uint8_t)(told >> (24 - 8 * i));
        if (!aes256_keyunwrap(&aes, initial, len, plain, (const uint8_t *)wrapped.ptr))
            continue;
        for (size_t i = told; i < len; i++)
            if (plain[i])
                return false;
        *ret_plain = (Bytes){(const char *)plain, told};
        return true;
    }
    return false;
}

#define MODULUS_MAX_BYTES 512

/* Which part of it is the AES key follows from the length of the modulus: 256, 384 or 512 bytes. */
static bool unwrap_twice(const ImportToken *token, OaepHash hash, Arena *arena, Bytes wrapped, Bytes *ret_plain)
{
    Bytes key;
    for (size_t size = MODULUS_MAX_BYTES / 2; size <= MODULUS_MAX_BYTES; size += MODULUS_MAX_BYTES / 4)
        if (wrapped.len > size && oaep_decrypt(token->private_der, hash, bytes_slice(wrapped, 0, size), arena, &key))
            return key_unwrap(key, bytes_slice(wrapped, size, wrapped.len - size), arena, ret_plain);
    return false;
}

bool import_unwrap(const ImportToken *token, Arena *arena, Bytes wrapped, Bytes *ret_plain)
{
    bool is_sha1 =
        bytes_is(token->algorithm, "RSAES_OAEP_SHA_1") || bytes_is(token->algorithm, "RSA_AES_KEY_WRAP_SHA_1");
    OaepHash hash = is_sha1 ? OAEP_SHA_1 : OAEP_SHA_256;
    return bytes_starts_with(token->algorithm, TEXT("RSAES_"))
               ? oaep_decrypt(token->private_der, hash, wrapped, arena, ret_plain)
               : unwrap_twice(token, hash, arena, wrapped, ret_plain);
}
