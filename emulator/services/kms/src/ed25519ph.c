/* ed25519ph.c - RFC 8032, 5.1.6 and 5.1.7, with "SigEd25519 no Ed25519 collisions", phflag 1 and no context.
 * libsodium's own Ed25519ph hashes the message itself; AWS's callers give the digest. */
#include "key_pair.h"
#include <sodium.h>

static void hash_begin(crypto_hash_sha512_state *hash)
{
    static const unsigned char domain[] = "SigEd25519 no Ed25519 collisions\1"; /* its NUL is the context's length */
    crypto_hash_sha512_init(hash);
    crypto_hash_sha512_update(hash, domain, sizeof domain);
}

/* H(dom2 ‖ R ‖ A ‖ PH(M)) mod L */
static void challenge(const unsigned char r[32], const unsigned char public_key[32], Bytes digest,
                      unsigned char ret[32])
{
    unsigned char wide[64];
    crypto_hash_sha512_state hash;
    hash_begin(&hash);
    crypto_hash_sha512_update(&hash, r, 32);
    crypto_hash_sha512_update(&hash, public_key, 32);
    crypto_hash_sha512_update(&hash, (const unsigned char *)digest.ptr, digest.len);
    crypto_hash_sha512_final(&hash, wide);
    crypto_core_ed25519_scalar_reduce(ret, wide);
}

void ed25519ph_sign(const unsigned char *seed, Bytes digest, unsigned char ret_signature[64])
{
    unsigned char expanded[64], wide[64] = {0}, scalar[32], nonce[32], times[32], public_key[32], secret_key[64];
    crypto_hash_sha512_state hash;
    crypto_sign_seed_keypair(public_key, secret_key, seed);
    crypto_hash_sha512(expanded, seed, 32);
    hash_begin(&hash);
    crypto_hash_sha512_update(&hash, expanded + 32, 32);
    crypto_hash_sha512_update(&hash, (const unsigned char *)digest.ptr, digest.len);
    crypto_hash_sha512_final(&hash, wide);
    crypto_core_ed25519_scalar_reduce(nonce, wide);
    crypto_scalarmult_ed25519_base_noclamp(ret_signature, nonce);
    challenge(ret_signature, public_key, digest, times);
    expanded[0] &= 248;
    expanded[31] = (unsigned char)((expanded[31] & 127) | 64);
    memset(wide, 0, sizeof wide);
    memcpy(wide, expanded, 32);
    crypto_core_ed25519_scalar_reduce(scalar, wide);
    crypto_core_ed25519_scalar_mul(times, times, scalar);
    crypto_core_ed25519_scalar_add(ret_signature + 32, times, nonce);
    sodium_memzero(expanded, sizeof expanded);
    sodium_memzero(wide, sizeof wide);
    sodium_memzero(scalar, sizeof scalar);
    sodium_memzero(secret_key, sizeof secret_key);
}

bool ed25519ph_verify(const unsigned char *public_key, Bytes digest, const unsigned char *signature)
{
    unsigned char times[32], reduced[32], wide[64] = {0}, left[32], right[32], point[32];
    memcpy(wide, signature + 32, 32);
    crypto_core_ed25519_scalar_reduce(reduced, wide);
    if (sodium_memcmp(reduced, signature + 32, 32))
        return false; /* S is not below L */
    challenge(signature, public_key, digest, times);
    return !crypto_scalarmult_ed25519_base_noclamp(left, signature + 32) &&
           !crypto_scalarmult_ed25519_noclamp(right, times, public_key) &&
           !crypto_core_ed25519_sub(point, left, right) && !sodium_memcmp(point, signature, 32);
}
