/* x509.h - certificates and public keys in PEM, as far as IAM looks into them. Knows nothing of IAM. */
#pragma once
#include "arena.h"

typedef enum X509Verdict {
    X509_FINE,
    X509_BAD_CERTIFICATE,
    X509_BAD_CHAIN, /* the first of it has not signed the certificate, or the next not the one before */
    X509_BAD_KEY,
    X509_MISMATCH, /* the key isn't the certificate's */
} X509Verdict;

typedef struct X509Bundle {
    Bytes certificate, chain, key; /* PEM; chain and key may be absent */
} X509Bundle;
X509Verdict x509_check(const X509Bundle *bundle, int64_t *ret_expires_ms);

/* SHA-256 of the text, in base64. */
Bytes x509_fingerprint(Arena *arena, Bytes pem);

/* An RSA key as "ssh-rsa AAAA…", or as PEM; of 2048 bits at least. */
typedef struct SshKey {
    Bytes ssh, pem;
    Bytes fingerprint; /* MD5 of the blob: "d7:49:…" */
} SshKey;
bool ssh_key_read(Arena *arena, Bytes text, SshKey *ret_key);
bool is_ssh_or_pem(Bytes text); /* as far as its first letters say */
