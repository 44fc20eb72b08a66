/* chain.c - each chunk's signature is over the one before it. aws: S3 API Reference, "Transferring Payload in Multiple
 * Chunks": "AWS4-HMAC-SHA256-PAYLOAD", and "-TRAILER". */
#include "digest.h"
#include "hex.h"
#include <nettle/sha2.h>

struct SignatureChain {
    Arena *arena;
    Digest key;
    Bytes time, scope;
    char last[SIGNATURE_HEX_BYTES];
    struct sha256_ctx sha256;
};

SignatureChain *signature_chain_new(Arena *arena, const Signature *signature, Bytes secret)
{
    SignatureChain *chain = arena_new_of(arena, SignatureChain);
    chain->arena = arena;
    chain->key = signing_key(arena, signature, secret);
    chain->time = signature->time;
    chain->scope = signature->scope;
    memcpy(chain->last, signature->signature.ptr, sizeof chain->last); /* it was the right one */
    sha256_init(&chain->sha256);
    return chain;
}

void signature_chain_add(SignatureChain *chain, Bytes piece)
{
    sha256_update(&chain->sha256, piece.len, (const uint8_t *)piece.ptr);
}

static bool check(SignatureChain *chain, Bytes to_sign, Bytes signature)
{
    Bytes wanted = v4_signature(chain->arena, &chain->key, to_sign);
    memcpy(chain->last, wanted.ptr, sizeof chain->last);
    return signature_texts_equal(wanted, signature);
}

/* What a chunk needs of the arena is given back: a body may have any number of them. */
bool signature_chain_end(SignatureChain *chain, Bytes signature)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    ArenaMark mark = arena_mark(chain->arena);
    sha256_digest(&chain->sha256, sizeof digest, digest); /* and begins anew */
    Bytes to_sign = arena_text(
        chain->arena, "AWS4-HMAC-SHA256-PAYLOAD\n" BYTES_FMT "\n" BYTES_FMT "\n%.64s\n" BYTES_FMT "\n" BYTES_FMT,
        BYTES_ARG(chain->time), BYTES_ARG(chain->scope), chain->last, BYTES_ARG(signature_hash(chain->arena, TEXT(""))),
        BYTES_ARG(hex_text(chain->arena, digest, sizeof digest)));
    bool is_right = check(chain, to_sign, signature);
    arena_rewind(chain->arena, mark);
    return is_right;
}

bool signature_chain_trailer(SignatureChain *chain, Bytes lines, Bytes signature)
{
    Bytes to_sign = arena_text(
        chain->arena, "AWS4-HMAC-SHA256-TRAILER\n" BYTES_FMT "\n" BYTES_FMT "\n%.64s\n" BYTES_FMT,
        BYTES_ARG(chain->time), BYTES_ARG(chain->scope), chain->last, BYTES_ARG(signature_hash(chain->arena, lines)));
    return check(chain, to_sign, signature);
}
