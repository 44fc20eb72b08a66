/* secp256k1.c - by libsecp256k1; DER by hand, since its forms are few and fixed. RFC 5915, RFC 5480. */
#include "key_pair.h"
#include <secp256k1.h>
#include <sodium.h>

/* SEQUENCE { SEQUENCE { id-ecPublicKey, secp256k1 }, BIT STRING { 4 ‖ x ‖ y } } */
static const unsigned char public_head[] = {0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
                                            0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a, 0x03, 0x42, 0x00};
/* SEQUENCE { 0, SEQUENCE { … }, OCTET STRING { SEQUENCE { 1, OCTET STRING d, [1] { BIT STRING { 4 ‖ x ‖ y } } } } } */
static const unsigned char private_head[] = {0x30, 0x81, 0x84, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2a,
                                             0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
                                             0x00, 0x0a, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20};
static const unsigned char private_middle[] = {0xa1, 0x44, 0x03, 0x42, 0x00};
#define SECRET_LEN 32
#define POINT_LEN  65

static secp256k1_context *context_new(void)
{
    unsigned char seed[32];
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    randombytes_buf(seed, sizeof seed);
    return secp256k1_context_randomize(context, seed) ? context : (secp256k1_context_destroy(context), NULL);
}

static void append(unsigned char *out, size_t *len, const unsigned char *bytes, size_t count)
{
    memcpy(out + *len, bytes, count);
    *len += count;
}

static bool write_pair(const unsigned char secret[SECRET_LEN], KeyPair *ret_pair)
{
    secp256k1_pubkey key;
    unsigned char point[POINT_LEN];
    size_t len = sizeof point;
    secp256k1_context *context = context_new();
    if (!context)
        return false;
    bool is_fine = secp256k1_ec_pubkey_create(context, &key, secret) &&
                   secp256k1_ec_pubkey_serialize(context, point, &len, &key, SECP256K1_EC_UNCOMPRESSED);
    secp256k1_context_destroy(context);
    if (!is_fine)
        return false;
    ret_pair->private_len = ret_pair->public_len = 0;
    append(ret_pair->private_der, &ret_pair->private_len, private_head, sizeof private_head);
    append(ret_pair->private_der, &ret_pair->private_len, secret, SECRET_LEN);
    append(ret_pair->private_der, &ret_pair->private_len, private_middle, sizeof private_middle);
    append(ret_pair->private_der, &ret_pair->private_len, point, sizeof point);
    append(ret_pair->public_der, &ret_pair->public_len, public_head, sizeof public_head);
    append(ret_pair->public_der, &ret_pair->public_len, point, sizeof point);
    return true;
}

bool secp256k1_make(KeyPair *ret_pair)
{
    unsigned char secret[SECRET_LEN];
    bool is_fine = false;
    for (int i = 0; i < 8 && !is_fine; i++) { /* 0 and what is above the order are no keys: as good as never */
        randombytes_buf(secret, sizeof secret);
        is_fine = write_pair(secret, ret_pair);
    }
    sodium_memzero(secret, sizeof secret);
    return is_fine;
}

/* The contents of the next value, where it has that tag. */
static bool read_value(Bytes *rest, unsigned char tag, Bytes *ret_value)
{
    const unsigned char *at = (const unsigned char *)rest->ptr;
    if (rest->len < 2 || at[0] != tag)
        return false;
    size_t len = at[1], head = 2;
    if (len == 0x81) {
        if (rest->len < 3)
            return false;
        len = at[2];
        head = 3;
    } else if (len > 0x7f) {
        return false; /* none of these is longer than 255 bytes */
    }
    if (rest->len - head < len)
        return false;
    *ret_value = bytes_slice(*rest, head, len);
    *rest = bytes_slice(*rest, head + len, rest->len - head - len);
    return true;
}

bool secp256k1_read(Bytes pkcs8, KeyPair *ret_pair)
{
    Bytes outer, version, algorithm, octets, key, number, secret;
    const Bytes wanted = {(const char *)public_head + 4, 16}; /* both object identifiers */
    if (!read_value(&pkcs8, 0x30, &outer) || pkcs8.len || !read_value(&outer, 0x02, &version) ||
        !read_value(&outer, 0x30, &algorithm) || !bytes_equal(algorithm, wanted) ||
        !read_value(&outer, 0x04, &octets) || !read_value(&octets, 0x30, &key) || !read_value(&key, 0x02, &number) ||
        !read_value(&key, 0x04, &secret) || secret.len != SECRET_LEN)
        return false;
    return write_pair((const unsigned char *)secret.ptr, ret_pair);
}

bool secp256k1_sign(Bytes private_der, Bytes digest, Arena *arena, Bytes *ret_signature)
{
    secp256k1_ecdsa_signature signature;
    unsigned char der[80];
    size_t len = sizeof der;
    if (private_der.len < sizeof private_head + SECRET_LEN || digest.len != 32)
        return false;
    secp256k1_context *context = context_new();
    if (!context)
        return false;
    bool is_fine = secp256k1_ecdsa_sign(context, &signature, (const unsigned char *)digest.ptr,
                                        (const unsigned char *)private_der.ptr + sizeof private_head, NULL, NULL) &&
                   secp256k1_ecdsa_signature_serialize_der(context, der, &len, &signature);
    secp256k1_context_destroy(context);
    if (is_fine)
        *ret_signature = arena_copy(arena, (Bytes){(const char *)der, len});
    return is_fine;
}

bool secp256k1_verify(Bytes public_der, Bytes digest, Bytes signature)
{
    secp256k1_pubkey key;
    secp256k1_ecdsa_signature parsed;
    if (public_der.len != sizeof public_head + POINT_LEN || digest.len != 32)
        return false;
    secp256k1_context *context = context_new();
    if (!context)
        return false;
    bool is_fine =
        secp256k1_ec_pubkey_parse(context, &key, (const unsigned char *)public_der.ptr + sizeof public_head,
                                  POINT_LEN) &&
        secp256k1_ecdsa_signature_parse_der(context, &parsed, (const unsigned char *)signature.ptr, signature.len);
    if (is_fine) { /* the library verifies only the lower of the two S that are good; others make either */
        secp256k1_ecdsa_signature_normalize(context, &parsed, &parsed);
        is_fine = secp256k1_ecdsa_verify(context, &parsed, (const unsigned char *)digest.ptr, &key);
    }
    secp256k1_context_destroy(context);
    return is_fine;
}
