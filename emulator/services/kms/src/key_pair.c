/* key_pair.c - by GnuTLS, for RSA, NIST's curves and Ed25519. */
#include "key_pair.h"
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>

#define SIGNATURE_MAX_BYTES 512

static const SigningAlgorithm algorithms[] = {
    {"RSASSA_PKCS1_V1_5_SHA_256", SIGNATURE_PKCS1, GNUTLS_DIG_SHA256, 32},
    {"RSASSA_PKCS1_V1_5_SHA_384", SIGNATURE_PKCS1, GNUTLS_DIG_SHA384, 48},
    {"RSASSA_PKCS1_V1_5_SHA_512", SIGNATURE_PKCS1, GNUTLS_DIG_SHA512, 64},
    {"RSASSA_PSS_SHA_256", SIGNATURE_PSS, GNUTLS_DIG_SHA256, 32},
    {"RSASSA_PSS_SHA_384", SIGNATURE_PSS, GNUTLS_DIG_SHA384, 48},
    {"RSASSA_PSS_SHA_512", SIGNATURE_PSS, GNUTLS_DIG_SHA512, 64},
    {"ECDSA_SHA_256", SIGNATURE_ECDSA, GNUTLS_DIG_SHA256, 32},
    {"ECDSA_SHA_384", SIGNATURE_ECDSA, GNUTLS_DIG_SHA384, 48},
    {"ECDSA_SHA_512", SIGNATURE_ECDSA, GNUTLS_DIG_SHA512, 64},
    {"ED25519_SHA_512", SIGNATURE_EDDSA, GNUTLS_DIG_SHA512, 0},
    {"ED25519_PH_SHA_512", SIGNATURE_EDDSA_PH, GNUTLS_DIG_SHA512, 64},
};

const SigningAlgorithm *signing_algorithm_find(Bytes name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (bytes_is(name, algorithms[i].name))
            return &algorithms[i];
    return NULL;
}

void digest_make(const SigningAlgorithm *algorithm, Bytes message, unsigned char ret_digest[DIGEST_MAX_BYTES])
{
    gnutls_hash_fast((gnutls_digest_algorithm_t)algorithm->hash, message.ptr, message.len, ret_digest);
}

static gnutls_datum_t datum_of(Bytes bytes)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.ptr, (unsigned)bytes.len};
}

static bool take(gnutls_datum_t *datum, unsigned char *out, size_t room, size_t *ret_len)
{
    bool fits = datum->size <= room;
    if (fits) {
        memcpy(out, datum->data, datum->size);
        *ret_len = datum->size;
    }
    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
    return fits;
}

static gnutls_ecc_curve_t curve_of(const Spec *spec)
{
    switch (spec->bits) {
    case 256:
        return GNUTLS_ECC_CURVE_SECP256R1;
    case 384:
        return GNUTLS_ECC_CURVE_SECP384R1;
    default:
        return GNUTLS_ECC_CURVE_SECP521R1;
    }
}

static Bytes bytes_of_datum(const gnutls_datum_t *datum)
{
    return (Bytes){(const char *)datum->data, datum->size};
}

static bool write_ec_private(gnutls_x509_privkey_t key, const Spec *spec, KeyPair *ret_pair)
{
    gnutls_datum_t x, y, k;
    if (gnutls_x509_privkey_export_ecc_raw(key, NULL, &x, &y, &k) < 0)
        return false;
    EcNumbers numbers = {bytes_of_datum(&x), bytes_of_datum(&y), bytes_of_datum(&k)};
    ec_private_write(spec, &numbers, ret_pair);
    gnutls_memset(k.data, 0, k.size);
    gnutls_free(x.data);
    gnutls_free(y.data);
    gnutls_free(k.data);
    return true;
}

static bool write_private(gnutls_x509_privkey_t key, const Spec *spec, KeyPair *ret_pair)
{
    gnutls_datum_t out;
    if (spec->family == SPEC_ECC)
        return write_ec_private(key, spec, ret_pair);
    return gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &out) >= 0 &&
           take(&out, ret_pair->private_der, sizeof ret_pair->private_der, &ret_pair->private_len);
}

/* Both halves in DER, of a key that is there. */
static bool write_pair(gnutls_x509_privkey_t key, const Spec *spec, KeyPair *ret_pair)
{
    gnutls_datum_t out;
    gnutls_privkey_t abstract;
    gnutls_pubkey_t public_key;
    if (!write_private(key, spec, ret_pair))
        return false;
    if (gnutls_privkey_init(&abstract) < 0)
        return false;
    bool is_fine = gnutls_pubkey_init(&public_key) >= 0;
    if (is_fine) {
        is_fine = gnutls_privkey_import_x509(abstract, key, GNUTLS_PRIVKEY_IMPORT_COPY) >= 0 &&
                  gnutls_pubkey_import_privkey(public_key, abstract, 0, 0) >= 0 &&
                  gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &out) >= 0 &&
                  take(&out, ret_pair->public_der, sizeof ret_pair->public_der, &ret_pair->public_len);
        gnutls_pubkey_deinit(public_key);
    }
    gnutls_privkey_deinit(abstract);
    return is_fine;
}

static int generate(gnutls_x509_privkey_t key, const Spec *spec)
{
    switch (spec->family) {
    case SPEC_RSA:
        return gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, spec->bits, 0);
    case SPEC_ECC:
        return gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(curve_of(spec)), 0);
    default:
        return gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), 0);
    }
}

bool key_pair_make(const Spec *spec, KeyPair *ret_pair)
{
    gnutls_x509_privkey_t key;
    if (spec->family == SPEC_SECP256K1)
        return secp256k1_make(ret_pair);
    if (gnutls_x509_privkey_init(&key) < 0)
        return false;
    bool is_fine = generate(key, spec) >= 0 && write_pair(key, spec, ret_pair);
    gnutls_x509_privkey_deinit(key);
    return is_fine;
}

static bool is_of(gnutls_x509_privkey_t key, const Spec *spec)
{
    unsigned bits = 0;
    int algorithm = gnutls_x509_privkey_get_pk_algorithm2(key, &bits);
    switch (spec->family) {
    case SPEC_RSA:
        return algorithm == GNUTLS_PK_RSA && bits == spec->bits;
    case SPEC_ECC:
        return algorithm == GNUTLS_PK_ECDSA && bits == (spec->bits + 7) / 8 * 8; /* of P-521 it tells 528 */
    default:
        return algorithm == GNUTLS_PK_EDDSA_ED25519;
    }
}

bool key_pair_read(const Spec *spec, Bytes pkcs8, KeyPair *ret_pair)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t in = datum_of(pkcs8);
    if (spec->family == SPEC_SECP256K1)
        return secp256k1_read(pkcs8, ret_pair);
    if (gnutls_x509_privkey_init(&key) < 0)
        return false;
    bool is_fine = gnutls_x509_privkey_import_pkcs8(key, &in, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN) >= 0 &&
                   is_of(key, spec) && gnutls_x509_privkey_verify_params(key) >= 0 && write_pair(key, spec, ret_pair);
    gnutls_x509_privkey_deinit(key);
    return is_fine;
}

static bool open_private(Bytes private_der, gnutls_privkey_t *ret_key)
{
    gnutls_datum_t in = datum_of(private_der);
    if (gnutls_privkey_init(ret_key) < 0)
        return false;
    if (gnutls_privkey_import_x509_raw(*ret_key, &in, GNUTLS_X509_FMT_DER, NULL, 0) >= 0)
        return true;
    gnutls_privkey_deinit(*ret_key);
    return false;
}

static bool open_public(Bytes public_der, gnutls_pubkey_t *ret_key)
{
    gnutls_datum_t in = datum_of(public_der);
    if (gnutls_pubkey_init(ret_key) < 0)
        return false;
    if (gnutls_pubkey_import(*ret_key, &in, GNUTLS_X509_FMT_DER) >= 0)
        return true;
    gnutls_pubkey_deinit(*ret_key);
    return false;
}

static gnutls_sign_algorithm_t gnutls_name_of(const SigningAlgorithm *algorithm)
{
    bool is_256 = algorithm->hash == GNUTLS_DIG_SHA256, is_384 = algorithm->hash == GNUTLS_DIG_SHA384;
    switch (algorithm->kind) {
    case SIGNATURE_PKCS1:
        return is_256 ? GNUTLS_SIGN_RSA_SHA256 : is_384 ? GNUTLS_SIGN_RSA_SHA384 : GNUTLS_SIGN_RSA_SHA512;
    case SIGNATURE_PSS:
        return is_256   ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA256
               : is_384 ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA384
                        : GNUTLS_SIGN_RSA_PSS_RSAE_SHA512;
    case SIGNATURE_ECDSA:
        return is_256 ? GNUTLS_SIGN_ECDSA_SHA256 : is_384 ? GNUTLS_SIGN_ECDSA_SHA384 : GNUTLS_SIGN_ECDSA_SHA512;
    default:
        return GNUTLS_SIGN_EDDSA_ED25519;
    }
}

static bool sign_prehashed(gnutls_privkey_t key, Bytes digest, unsigned char *signature, size_t *ret_len)
{
    gnutls_datum_t seed;
    if (gnutls_privkey_export_ecc_raw(key, NULL, NULL, NULL, &seed) < 0)
        return false;
    bool is_fine = seed.size == 32;
    if (is_fine)
        ed25519ph_sign(seed.data, digest, signature);
    gnutls_memset(seed.data, 0, seed.size);
    gnutls_free(seed.data);
    *ret_len = 64;
    return is_fine;
}

bool key_sign(const Spec *spec, Bytes private_der, const SigningAlgorithm *algorithm, Bytes digest, Arena *arena,
              Bytes *ret_signature)
{
    gnutls_privkey_t key;
    gnutls_datum_t in = datum_of(digest), out = {0};
    if (spec->family == SPEC_SECP256K1)
        return secp256k1_sign(private_der, digest, arena, ret_signature);
    unsigned char *signature = arena_take(arena, SIGNATURE_MAX_BYTES); /* before any handle is held */
    size_t len = 0;
    if (!open_private(private_der, &key))
        return false;
    bool is_fine;
    if (algorithm->kind == SIGNATURE_EDDSA_PH) {
        is_fine = sign_prehashed(key, digest, signature, &len);
    } else {
        gnutls_sign_algorithm_t name = gnutls_name_of(algorithm);
        is_fine = (algorithm->kind == SIGNATURE_EDDSA ? gnutls_privkey_sign_data2(key, name, 0, &in, &out)
                                                      : gnutls_privkey_sign_hash2(key, name, 0, &in, &out)) >= 0;
        is_fine = is_fine && take(&out, signature, SIGNATURE_MAX_BYTES, &len);
    }
    gnutls_privkey_deinit(key);
    *ret_signature = (Bytes){(const char *)signature, len};
    return is_fine;
}

static bool verify_prehashed(gnutls_pubkey_t key, Bytes digest, Bytes signature)
{
    gnutls_datum_t x;
    if (signature.len != 64 || gnutls_pubkey_export_ecc_raw(key, NULL, &x, NULL) < 0)
        return false;
    bool is_fine = x.size == 32 && ed25519ph_verify(x.data, digest, (const unsigned char *)signature.ptr);
    gnutls_free(x.data);
    return is_fine;
}

bool key_verify(const Spec *spec, Bytes public_der, const SigningAlgorithm *algorithm, Bytes digest, Bytes signature)
{
    gnutls_pubkey_t key;
    gnutls_datum_t in = datum_of(digest), sign = datum_of(signature);
    if (spec->family == SPEC_SECP256K1)
        return secp256k1_verify(public_der, digest, signature);
    if (!open_public(public_der, &key))
        return false;
    gnutls_sign_algorithm_t name = gnutls_name_of(algorithm);
    bool is_fine;
    if (algorithm->kind == SIGNATURE_EDDSA_PH)
        is_fine = verify_prehashed(key, digest, signature);
    else if (algorithm->kind == SIGNATURE_EDDSA)
        is_fine = gnutls_pubkey_verify_data2(key, name, 0, &in, &sign) >= 0;
    else
        is_fine = gnutls_pubkey_verify_hash2(key, name, 0, &in, &sign) >= 0;
    gnutls_pubkey_deinit(key);
    return is_fine;
}

static const struct ecc_curve *nettle_curve_of(const Spec *spec)
{
    switch (spec->bits) {
    case 256:
        return nettle_get_secp_256r1();
    case 384:
        return nettle_get_secp_384r1();
    default:
        return nettle_get_secp_521r1();
    }
}

static void number_of(mpz_t number, gnutls_datum_t *datum)
{
    mpz_init(number);
    mpz_import(number, datum->size, 1, 1, 0, 0, datum->data);
    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
}

/* x of scalar · point, big-endian. ecc_point_set refuses what is not on the curve. */
static bool multiply(const Spec *spec, mpz_t scalar, mpz_t x, mpz_t y, unsigned char *ret_x)
{
    struct ecc_point point, product;
    struct ecc_scalar by;
    size_t len = (spec->bits + 7) / 8;
    const struct ecc_curve *curve = nettle_curve_of(spec);
    ecc_point_init(&point, curve);
    ecc_point_init(&product, curve);
    ecc_scalar_init(&by, curve);
    bool is_fine = ecc_point_set(&point, x, y) && ecc_scalar_set(&by, scalar);
    if (is_fine) {
        ecc_point_mul(&product, &by, &point);
        ecc_point_get(&product, x, y);
        size_t count = (mpz_sizeinbase(x, 2) + 7) / 8;
        mpz_export(ret_x + len - count, NULL, 1, 1, 0, 0, x);
    }
    ecc_point_clear(&point);
    ecc_point_clear(&product);
    ecc_scalar_clear(&by);
    return is_fine;
}

bool key_agree(const Spec *spec, Bytes private_der, Bytes other_public_der, Arena *arena, Bytes *ret_secret)
{
    gnutls_privkey_t own;
    gnutls_pubkey_t other;
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t k = {0}, x = {0}, y = {0};
    size_t len = (spec->bits + 7) / 8;
    unsigned char *secret = arena_take(arena, len); /* before any handle is held */
    if (!open_public(other_public_der, &other))
        return false;
    bool is_fine = gnutls_pubkey_get_pk_algorithm(other, NULL) == GNUTLS_PK_ECDSA &&
                   gnutls_pubkey_export_ecc_raw(other, &curve, &x, &y) >= 0 && curve == curve_of(spec) &&
                   open_private(private_der, &own);
    gnutls_pubkey_deinit(other);
    if (is_fine) {
        is_fine = gnutls_privkey_export_ecc_raw(own, NULL, NULL, NULL, &k) >= 0;
        gnutls_privkey_deinit(own);
    }
    if (!is_fine) {
        gnutls_free(x.data);
        gnutls_free(y.data);
        return false;
    }
    mpz_t scalar, at_x, at_y;
    number_of(scalar, &k);
    number_of(at_x, &x);
    number_of(at_y, &y);
    is_fine = multiply(spec, scalar, at_x, at_y, secret);
    mpz_clears(scalar, at_x, at_y, NULL);
    *ret_secret = (Bytes){(const char *)secret, len};
    return is_fine;
}
