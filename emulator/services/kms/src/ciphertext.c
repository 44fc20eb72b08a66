/* ciphertext.c - the form of symmetric ciphertexts, and AES-256-GCM by nettle. */
#include "ciphertext.h"
#include <nettle/gcm.h>
#include <sodium.h>
#include <stdlib.h>

#define VERSION      1
#define ID_LEN       36
#define MATERIAL_LEN 32
#define NONCE_AT     (1 + ID_LEN + MATERIAL_LEN)
#define MAC_AT       (NONCE_AT + GCM_IV_SIZE)
#define HEAD_LEN     (MAC_AT + VAULT_MAC_BYTES)
#define KEY_LEN      32

bool ciphertext_read(const Kms *kms, Arena *arena, Bytes blob, Ciphertext *ret_ciphertext)
{
    char text[2 * MATERIAL_LEN + 1];
    if (blob.len < HEAD_LEN + GCM_DIGEST_SIZE || blob.ptr[0] != VERSION ||
        !vault_check(kms, VAULT_CIPHERTEXT, bytes_slice(blob, 0, MAC_AT), blob.ptr + MAC_AT))
        return false;
    sodium_bin2hex(text, sizeof text, (const unsigned char *)blob.ptr + 1 + ID_LEN, MATERIAL_LEN);
    *ret_ciphertext = (Ciphertext){
        .key_id = bytes_slice(blob, 1, ID_LEN),
        .material_id = arena_copy(arena, (Bytes){text, sizeof text - 1}),
        .head = bytes_slice(blob, 0, HEAD_LEN),
        .sealed = bytes_slice(blob, HEAD_LEN, blob.len - HEAD_LEN),
    };
    return true;
}

/* Additional data are the head, whose length never varies, and then the context. */
static void begin(struct gcm_aes256_ctx *gcm, Bytes head, Bytes key, Bytes bound, Arena *arena)
{
    unsigned char *both = arena_take(arena, head.len + bound.len + 1);
    memcpy(both, head.ptr, head.len);
    if (bound.len)
        memcpy(both + head.len, bound.ptr, bound.len);
    gcm_aes256_set_key(gcm, (const uint8_t *)key.ptr);
    gcm_aes256_set_iv(gcm, GCM_IV_SIZE, (const uint8_t *)head.ptr + NONCE_AT);
    gcm_aes256_update(gcm, head.len + bound.len, both);
}

bool ciphertext_open(Arena *arena, const Ciphertext *ciphertext, Bytes key, Bytes bound, Bytes *ret_plain)
{
    struct gcm_aes256_ctx gcm;
    unsigned char tag[GCM_DIGEST_SIZE];
    size_t len = ciphertext->sealed.len - GCM_DIGEST_SIZE;
    if (key.len != KEY_LEN)
        return false;
    unsigned char *plain = arena_take(arena, len + 1);
    begin(&gcm, ciphertext->head, key, bound, arena);
    gcm_aes256_decrypt(&gcm, len, plain, (const uint8_t *)ciphertext->sealed.ptr);
    gcm_aes256_digest(&gcm, sizeof tag, tag);
    *ret_plain = (Bytes){(const char *)plain, len};
    return !sodium_memcmp(tag, ciphertext->sealed.ptr + len, sizeof tag);
}

Bytes ciphertext_make(const Scope *scope, const KmsKey *key, Bytes material, Bytes bound, Bytes plain)
{
    struct gcm_aes256_ctx gcm;
    size_t len = HEAD_LEN + plain.len + GCM_DIGEST_SIZE, ignored;
    unsigned char *blob = arena_take(scope->arena, len);
    blob[0] = VERSION;
    memcpy(blob + 1, key->id.ptr, key->id.len < ID_LEN ? key->id.len : ID_LEN);
    sodium_hex2bin(blob + 1 + ID_LEN, MATERIAL_LEN, key->material_id.ptr, key->material_id.len, NULL, &ignored, NULL);
    randombytes_buf(blob + NONCE_AT, GCM_IV_SIZE);
    vault_mac(scope->service, VAULT_CIPHERTEXT, (Bytes){(const char *)blob, MAC_AT}, blob + MAC_AT, VAULT_MAC_BYTES);
    begin(&gcm, (Bytes){(const char *)blob, HEAD_LEN}, material, bound, scope->arena);
    gcm_aes256_encrypt(&gcm, plain.len, blob + HEAD_LEN, (const uint8_t *)plain.ptr);
    gcm_aes256_digest(&gcm, GCM_DIGEST_SIZE, blob + HEAD_LEN + plain.len);
    return (Bytes){(const char *)blob, len};
}

static int by_key(const void *a, const void *b)
{
    const KmsEncryptionContextTypeEntry *one = a, *other = b;
    int order = bytes_compare(one->key, other->key);
    return order ? order : bytes_compare(one->value, other->value);
}

static char *append(char *out, Bytes text)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (char)(text.len >> shift);
    if (text.len)
        memcpy(out, text.ptr, text.len);
    return out + text.len;
}

Bytes context_bytes(Arena *arena, const KmsEncryptionContextType *context)
{
    size_t len = 0;
    if (!context->len)
        return (Bytes){0};
    KmsEncryptionContextTypeEntry *sorted = arena_new_array(arena, KmsEncryptionContextTypeEntry, context->len);
    memcpy(sorted, context->items, context->len * sizeof *sorted);
    qsort(sorted, context->len, sizeof *sorted, by_key);
    for (size_t i = 0; i < context->len; i++)
        len += 8 + sorted[i].key.len + sorted[i].value.len;
    char *bytes = arena_take_raw(arena, len), *end = bytes;
    for (size_t i = 0; i < context->len; i++)
        end = append(append(end, sorted[i].key), sorted[i].value);
    return (Bytes){bytes, len};
}
