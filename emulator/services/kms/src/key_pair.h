/* key_pair.h - key pairs and what they do: made, read, signing, verifying, agreeing. Knows nothing of KMS; may be used
 * on any thread. Private keys are PKCS#8, public ones SubjectPublicKeyInfo, both in DER, as AWS gives and takes them.
 */
#pragma once
#include "arena.h"
#include "spec.h"

#define PRIVATE_KEY_MAX_BYTES 4096
#define PUBLIC_KEY_MAX_BYTES  1024
#define DIGEST_MAX_BYTES      64

typedef struct KeyPair {
    size_t private_len, public_len;
    unsigned char private_der[PRIVATE_KEY_MAX_BYTES], public_der[PUBLIC_KEY_MAX_BYTES];
} KeyPair;

static inline Bytes key_pair_private(const KeyPair *pair)
{
    return (Bytes){(const char *)pair->private_der, pair->private_len};
}
static inline Bytes key_pair_public(const KeyPair *pair)
{
    return (Bytes){(const char *)pair->public_der, pair->public_len};
}

/* Takes seconds where RSA is long. */
MUST_CHECK bool key_pair_make(const Spec *spec, KeyPair *ret_pair);
/* false: it is no PKCS#8 key of that kind. */
MUST_CHECK bool key_pair_read(const Spec *spec, Bytes pkcs8, KeyPair *ret_pair);

typedef enum SignatureKind {
    SIGNATURE_PKCS1,
    SIGNATURE_PSS,
    SIGNATURE_ECDSA,
    SIGNATURE_EDDSA,
    SIGNATURE_EDDSA_PH
} SignatureKind;
typedef struct SigningAlgorithm {
    const char *name;
    SignatureKind kind;
    int hash;          /* gnutls_digest_algorithm_t */
    size_t digest_len; /* 0: it takes no digest */
} SigningAlgorithm;
const SigningAlgorithm *signing_algorithm_find(Bytes name);
void digest_make(const SigningAlgorithm *algorithm, Bytes message, unsigned char ret_digest[DIGEST_MAX_BYTES]);

/* digest: of the length the algorithm has; of SIGNATURE_EDDSA the message itself. false: the key is broken. */
MUST_CHECK bool key_sign(const Spec *spec, Bytes private_der, const SigningAlgorithm *algorithm, Bytes digest,
                         Arena *arena, Bytes *ret_signature);
MUST_CHECK bool key_verify(const Spec *spec, Bytes public_der, const SigningAlgorithm *algorithm, Bytes digest,
                           Bytes signature);
/* ECDH: the x coordinate, as long as the curve's field. false: the other's is no point of the same curve. */
MUST_CHECK bool key_agree(const Spec *spec, Bytes private_der, Bytes other_public_der, Arena *arena, Bytes *ret_secret);

/* rsa_oaep.c: RSAES-OAEP of RFC 8017, MGF1 by the same hash, no label. */
typedef enum OaepHash { OAEP_SHA_1, OAEP_SHA_256 } OaepHash;
size_t oaep_plaintext_max(unsigned modulus_bits, OaepHash hash);
MUST_CHECK bool oaep_encrypt(Bytes public_der, OaepHash hash, Bytes plaintext, Arena *arena, Bytes *ret_ciphertext);
/* false: it isn't what the key has encrypted. */
MUST_CHECK bool oaep_decrypt(Bytes private_der, OaepHash hash, Bytes ciphertext, Arena *arena, Bytes *ret_plaintext);

/* ec_der.c: numbers may lack leading zeros. */
typedef struct EcNumbers {
    Bytes x, y, k;
} EcNumbers;
void ec_private_write(const Spec *spec, const EcNumbers *numbers, KeyPair *ret_pair);

/* secp256k1.c: the same for the one curve that GnuTLS has not. */
MUST_CHECK bool secp256k1_make(KeyPair *ret_pair);
MUST_CHECK bool secp256k1_read(Bytes pkcs8, KeyPair *ret_pair);
MUST_CHECK bool secp256k1_sign(Bytes private_der, Bytes digest, Arena *arena, Bytes *ret_signature);
MUST_CHECK bool secp256k1_verify(Bytes public_der, Bytes digest, Bytes signature);

/* ed25519ph.c: Ed25519ph of RFC 8032, of a digest that somebody else made. seed, public: 32 bytes. */
void ed25519ph_sign(const unsigned char *seed, Bytes digest, unsigned char ret_signature[64]);
MUST_CHECK bool ed25519ph_verify(const unsigned char *public_key, Bytes digest, const unsigned char *signature);
