/* digest.h - HMACs and hashes, nettle's. */
#pragma once
#include "signature.h"

typedef struct Digest {
    uint8_t bytes[SIGNATURE_DIGEST_BYTES];
} Digest;

Digest hmac_sha256_of(Bytes key, Bytes text);
/* The key that Version 4 signs by, under a scope. */
Digest signing_key(Arena *arena, const Signature *signature, Bytes secret);
Bytes v4_signature(Arena *arena, const Digest *key, Bytes text);
Bytes v2_signature(Arena *arena, Bytes secret, Bytes text); /* in base64 */
static inline Bytes digest_bytes(const Digest *digest)
{
    return (Bytes){(const char *)digest->bytes, sizeof digest->bytes};
}
