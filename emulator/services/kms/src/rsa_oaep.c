/* rsa_oaep.c - RFC 8017, 7.1. The GnuTLS of our oldest platform has no OAEP: padding by hand, the numbers by nettle. */
#include "key_pair.h"
#include <gnutls/abstract.h>
#include <nettle/memxor.h>
#include <nettle/pss-mgf1.h>
#include <nettle/rsa.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <sodium.h>

#define MODULUS_MAX_BYTES 512
#define HASH_MAX_BYTES    32

typedef union HashContext {
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
} HashContext;

static const struct nettle_hash *hash_of(OaepHash hash)
{
    return hash == OAEP_SHA_1 ? &nettle_sha1 : &nettle_sha256;
}

size_t oaep_plaintext_max(unsigned modulus_bits, OaepHash hash)
{
    return modulus_bits / 8 - 2 * hash_of(hash)->digest_size - 2;
}

static void digest_of(const struct nettle_hash *hash, const unsigned char *bytes, size_t len, unsigned char *ret)
{
    HashContext context;
    hash->init(&context);
    hash->update(&context, len, bytes);
    hash->digest(&context, hash->digest_size, ret);
}

/* target ^= MGF1(seed) */
static void mask(const struct nettle_hash *hash, const unsigned char *seed, size_t seed_len, unsigned char *target,
                 size_t len)
{
    unsigned char bytes[MODULUS_MAX_BYTES];
    HashContext context;
    hash->init(&context);
    hash->update(&context, seed_len, seed);
    pss_mgf1(&context, hash, len, bytes);
    memxor(target, bytes, len);
}

static void number_of(mpz_t number, gnutls_datum_t *datum)
{
    mpz_import(number, datum->size, 1, 1, 0, 0, datum->data);
    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
}

static bool read_public(Bytes der, struct rsa_public_key *key)
{
    gnutls_pubkey_t parsed;
    gnutls_datum_t in = {(unsigned char *)(uintptr_t)der.ptr, (unsigned)der.len}, m, e;
    if (gnutls_pubkey_init(&parsed) < 0)
        return false;
    bool is_fine = gnutls_pubkey_import(parsed, &in, GNUTLS_X509_FMT_DER) >= 0 &&
                   gnutls_pubkey_export_rsa_raw(parsed, &m, &e) >= 0;
    gnutls_pubkey_deinit(parsed);
    if (!is_fine)
        return false;
    number_of(key->n, &m);
    number_of(key->e, &e);
    return rsa_public_key_prepare(key);
}

/* Exponents and coefficient of the Chinese remainder theorem are made anew: whose is whose differs by library. */
static void complete(struct rsa_private_key *key)
{
    mpz_t less;
    mpz_init(less);
    mpz_sub_ui(less, key->p, 1);
    mpz_fdiv_r(key->a, key->d, less);
    mpz_sub_ui(less, key->q, 1);
    mpz_fdiv_r(key->b, key->d, less);
    mpz_invert(key->c, key->q, key->p);
    mpz_clear(less);
}

static bool read_private(Bytes der, struct rsa_public_key *public_key, struct rsa_private_key *key)
{
    gnutls_privkey_t parsed;
    gnutls_datum_t in = {(unsigned char *)(uintptr_t)der.ptr, (unsigned)der.len}, m, e, d, p, q;
    if (gnutls_privkey_init(&parsed) < 0)
        return false;
    bool is_fine = gnutls_privkey_import_x509_raw(parsed, &in, GNUTLS_X509_FMT_DER, NULL, 0) >= 0 &&
                   gnutls_privkey_export_rsa_raw(parsed, &m, &e, &d, &p, &q, NULL, NULL, NULL) >= 0;
    gnutls_privkey_deinit(parsed);
    if (!is_fine)
        return false;
    number_of(public_key->n, &m);
    number_of(public_key->e, &e);
    number_of(key->d, &d);
    number_of(key->p, &p);
    number_of(key->q, &q);
    complete(key);
    return rsa_public_key_prepare(public_key) && rsa_private_key_prepare(key);
}

/* 0 ‖ masked seed ‖ masked (label's hash ‖ 0 … ‖ 1 ‖ message) */
static void pad(const struct nettle_hash *hash, Bytes message, unsigned char *block, size_t size)
{
    size_t hash_len = hash->digest_size, data_len = size - hash_len - 1;
    unsigned char *seed = block + 1, *data = seed + hash_len;
    memset(block, 0, size);
    digest_of(hash, (const unsigned char *)"", 0, data);
    data[data_len - message.len - 1] = 1;
    memcpy(data + data_len - message.len, message.ptr, message.len);
    randombytes_buf(seed, hash_len);
    mask(hash, seed, hash_len, data, data_len);
    mask(hash, data, data_len, seed, hash_len);
}

static bool unpad(const struct nettle_hash *hash, unsigned char *block, size_t size, Bytes *ret_message)
{
    size_t hash_len = hash->digest_size, data_len = size - hash_len - 1, at = hash_len;
    unsigned char *seed = block + 1, *data = seed + hash_len, label[HASH_MAX_BYTES];
    mask(hash, data, data_len, seed, hash_len);
    mask(hash, seed, hash_len, data, data_len);
    digest_of(hash, (const unsigned char *)"", 0, label);
    bool is_fine = !sodium_memcmp(label, data, hash_len) && !block[0];
    while (at < data_len && !data[at])
        at++;
    if (!is_fine || at == data_len || data[at] != 1)
        return false;
    *ret_message = (Bytes){(const char *)data + at + 1, data_len - at - 1};
    return true;
}

bool oaep_encrypt(Bytes public_der, OaepHash hash, Bytes plaintext, Arena *arena, Bytes *ret_ciphertext)
{
    struct rsa_public_key key;
    unsigned char *block = arena_take(arena, MODULUS_MAX_BYTES); /* before any handle is held */
    rsa_public_key_init(&key);
    bool is_fine = read_public(public_der, &key) && key.size <= MODULUS_MAX_BYTES &&
                   plaintext.len <= oaep_plaintext_max((unsigned)key.size * 8, hash);
    if (is_fine) {
        mpz_t number;
        pad(hash_of(hash), plaintext, block, key.size);
        mpz_init(number);
        mpz_import(number, key.size, 1, 1, 0, 0, block);
        mpz_powm(number, number, key.e, key.n);
        memset(block, 0, key.size);
        mpz_export(block + key.size - (mpz_sizeinbase(number, 2) + 7) / 8, NULL, 1, 1, 0, 0, number);
        mpz_clear(number);
        *ret_ciphertext = (Bytes){(const char *)block, key.size};
    }
    rsa_public_key_clear(&key);
    return is_fine;
}

static void random_bytes(void *context, size_t len, uint8_t *out)
{
    (void)context;
    randombytes_buf(out, len);
}

bool oaep_decrypt(Bytes private_der, OaepHash hash, Bytes ciphertext, Arena *arena, Bytes *ret_plaintext)
{
    struct rsa_public_key public_key;
    struct rsa_private_key key;
    mpz_t number;
    unsigned char *block = arena_take(arena, MODULUS_MAX_BYTES); /* before any handle is held */
    rsa_public_key_init(&public_key);
    rsa_private_key_init(&key);
    mpz_init(number);
    bool is_fine = read_private(private_der, &public_key, &key) && public_key.size <= MODULUS_MAX_BYTES &&
                   ciphertext.len == public_key.size;
    if (is_fine) {
        mpz_import(number, ciphertext.len, 1, 1, 0, 0, ciphertext.ptr);
        is_fine = mpz_cmp(number, public_key.n) < 0 && mpz_sgn(number) > 0 &&
                  rsa_compute_root_tr(&public_key, &key, NULL, random_bytes, number, number);
        if (is_fine) {
            size_t len = (mpz_sizeinbase(number, 2) + 7) / 8;
            mpz_export(block + public_key.size - len, NULL, 1, 1, 0, 0, number);
            is_fine = unpad(hash_of(hash), block, public_key.size, ret_plaintext);
        }
    }
    mpz_clear(number);
    rsa_private_key_clear(&key);
    rsa_public_key_clear(&public_key);
    return is_fine;
}
