/* digest.c */
#include "digest.h"
#include "base64.h"
#include "hex.h"
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

static const uint8_t *octets(Bytes bytes)
{
    return (const uint8_t *)(bytes.ptr ? bytes.ptr : "");
}

Bytes signature_hash(Arena *arena, Bytes text)
{
    struct sha256_ctx sha256;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha256);
    sha256_update(&sha256, text.len, octets(text));
    sha256_digest(&sha256, sizeof digest, digest);
    return hex_text(arena, digest, sizeof digest);
}

bool signature_texts_equal(Bytes a, Bytes b)
{
    return a.len == b.len && (!a.len || memeql_sec(a.ptr, b.ptr, a.len));
}

Digest hmac_sha256_of(Bytes key, Bytes text)
{
    struct hmac_sha256_ctx hmac;
    Digest digest;
    hmac_sha256_set_key(&hmac, key.len, octets(key));
    hmac_sha256_update(&hmac, text.len, octets(text));
    hmac_sha256_digest(&hmac, sizeof digest.bytes, digest.bytes);
    return digest;
}

Digest signing_key(Arena *arena, const Signature *signature, Bytes secret)
{
    Bytes first = arena_text(arena, "AWS4" BYTES_FMT, BYTES_ARG(secret));
    const Bytes parts[] = {signature->date, signature->region, signature->service, signature->terminator};
    Digest key = hmac_sha256_of(first, parts[0]);
    for (size_t i = 1; i < sizeof parts / sizeof *parts; i++)
        key = hmac_sha256_of(digest_bytes(&key), parts[i]);
    return key;
}

Bytes v4_signature(Arena *arena, const Digest *key, Bytes text)
{
    Digest digest = hmac_sha256_of(digest_bytes(key), text);
    return hex_text(arena, digest.bytes, sizeof digest.bytes);
}

Bytes v2_signature(Arena *arena, Bytes secret, Bytes text)
{
    struct hmac_sha1_ctx hmac;
    uint8_t digest[SHA1_DIGEST_SIZE];
    hmac_sha1_set_key(&hmac, secret.len, octets(secret));
    hmac_sha1_update(&hmac, text.len, octets(text));
    hmac_sha1_digest(&hmac, sizeof digest, digest);
    return base64_text(arena, (Bytes){(const char *)digest, sizeof digest});
}
