/* spec.c - aws: Developer Guide, "Key spec reference". */
#include "spec.h"

#define ENCRYPTS(...)                                                                                                  \
    {                                                                                                                  \
        "ENCRYPT_DECRYPT",                                                                                             \
        {                                                                                                              \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
#define SIGNS(...)                                                                                                     \
    {                                                                                                                  \
        "SIGN_VERIFY",                                                                                                 \
        {                                                                                                              \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
#define AGREES                                                                                                         \
    {                                                                                                                  \
        "KEY_AGREEMENT",                                                                                               \
        {                                                                                                              \
            "ECDH"                                                                                                     \
        }                                                                                                              \
    }
#define RSA_USES                                                                                                       \
    {                                                                                                                  \
        ENCRYPTS("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"),                                                            \
            SIGNS("RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",               \
                  "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512")                                    \
    }
#define HMAC_USES(name)                                                                                                \
    {                                                                                                                  \
        {                                                                                                              \
            "GENERATE_VERIFY_MAC",                                                                                     \
            {                                                                                                          \
                name                                                                                                   \
            }                                                                                                          \
        }                                                                                                              \
    }
#define UNBUILT(name)                                                                                                  \
    {                                                                                                                  \
        name, SPEC_UNBUILT, 0,                                                                                         \
        {                                                                                                              \
            {                                                                                                          \
                0                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

static const Spec specs[] = {
    {"SYMMETRIC_DEFAULT", SPEC_SYMMETRIC, 256, {ENCRYPTS("SYMMETRIC_DEFAULT")}},
    {"RSA_2048", SPEC_RSA, 2048, RSA_USES},
    {"RSA_3072", SPEC_RSA, 3072, RSA_USES},
    {"RSA_4096", SPEC_RSA, 4096, RSA_USES},
    {"ECC_NIST_P256", SPEC_ECC, 256, {SIGNS("ECDSA_SHA_256"), AGREES}},
    {"ECC_NIST_P384", SPEC_ECC, 384, {SIGNS("ECDSA_SHA_384"), AGREES}},
    {"ECC_NIST_P521", SPEC_ECC, 521, {SIGNS("ECDSA_SHA_512"), AGREES}},
    {"ECC_SECG_P256K1", SPEC_SECP256K1, 256, {SIGNS("ECDSA_SHA_256")}},
    {"ECC_NIST_EDWARDS25519", SPEC_ED25519, 256, {SIGNS("ED25519_SHA_512", "ED25519_PH_SHA_512")}},
    {"HMAC_224", SPEC_HMAC, 224, HMAC_USES("HMAC_SHA_224")},
    {"HMAC_256", SPEC_HMAC, 256, HMAC_USES("HMAC_SHA_256")},
    {"HMAC_384", SPEC_HMAC, 384, HMAC_USES("HMAC_SHA_384")},
    {"HMAC_512", SPEC_HMAC, 512, HMAC_USES("HMAC_SHA_512")},
    UNBUILT("SM2"),
    UNBUILT("ML_DSA_44"),
    UNBUILT("ML_DSA_65"),
    UNBUILT("ML_DSA_87"),
    UNBUILT("ML_KEM_512"),
    UNBUILT("ML_KEM_768"),
    UNBUILT("ML_KEM_1024"),
};

const Spec *spec_find(Bytes name)
{
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        if (bytes_is(name, specs[i].name))
            return &specs[i];
    return NULL;
}

const SpecUse *spec_use(const Spec *spec, Bytes usage)
{
    for (size_t i = 0; i < SPEC_USAGES_MAX && spec->uses[i].usage; i++)
        if (bytes_is(usage, spec->uses[i].usage))
            return &spec->uses[i];
    return NULL;
}

bool spec_has_algorithm(const Spec *spec, Bytes usage, Bytes algorithm)
{
    const SpecUse *use = spec_use(spec, usage);
    for (size_t i = 0; use && use->algorithms[i]; i++)
        if (bytes_is(algorithm, use->algorithms[i]))
            return true;
    return false;
}

bool spec_is_asymmetric(const Spec *spec)
{
    return spec->family != SPEC_SYMMETRIC && spec->family != SPEC_HMAC;
}
