/* spec.h - the kinds of keys: what each can be used for, and with which algorithms. */
#pragma once
#include "bytes.h"

typedef enum SpecFamily {
    SPEC_SYMMETRIC,
    SPEC_HMAC,
    SPEC_RSA,
    SPEC_ECC, /* of NIST's curves over prime fields */
    SPEC_SECP256K1,
    SPEC_ED25519,
    SPEC_UNBUILT /* no library we use has it: SM2, ML-DSA, ML-KEM */
} SpecFamily;

#define SPEC_USAGES_MAX     2
#define SPEC_ALGORITHMS_MAX 6

typedef struct SpecUse {
    const char *usage;                               /* "SIGN_VERIFY" */
    const char *algorithms[SPEC_ALGORITHMS_MAX + 1]; /* ends with NULL */
} SpecUse;

typedef struct Spec {
    const char *name; /* as CreateKey and KeyMetadata spell it */
    SpecFamily family;
    unsigned bits; /* of the modulus, the curve, the MAC */
    SpecUse uses[SPEC_USAGES_MAX];
} Spec;

const Spec *spec_find(Bytes name); /* NULL: no such */
/* What it can do under this usage; NULL: it can't be used so. */
const SpecUse *spec_use(const Spec *spec, Bytes usage);
bool spec_has_algorithm(const Spec *spec, Bytes usage, Bytes algorithm);
bool spec_is_asymmetric(const Spec *spec);
