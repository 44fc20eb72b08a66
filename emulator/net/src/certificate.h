/* certificate.h - who we are to TLS clients: a certificate given in files; or a CA of our own, a certificate under it,
 * and one more for each other name by which clients call us. */
#pragma once
#include "arena.h"
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define IDENTITY_NAMES_MAX 64  /* certificates kept; the oldest goes for a new one */
#define NAME_BYTES_MAX     253 /* RFC 1035 */

/* A certificate and the name or address it is for, as text. */
typedef struct NamedCertificate {
    char name[NAME_BYTES_MAX + 1];
    gnutls_datum_t der;
} NamedCertificate;

typedef struct Identity {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priorities;
    gnutls_datum_t ticket_key;
    gnutls_datum_t ca_pem; /* NULL data with a given certificate, as all that follows */
    gnutls_x509_crt_t ca;
    gnutls_x509_privkey_t ca_key, server_key;
    gnutls_datum_t server; /* the usual certificate, DER */
    NamedCertificate *names;
    size_t names_count, names_next;
} Identity;

/* GnuTLS's code, 0 where fine. The PEM files' chain and key. */
MUST_CHECK int identity_load(Identity *identity, const char *certificate_path, const char *key_path);
/* Reads CA and certificate from the directory (NULL: none), makes what is missing or expired there and keeps it, keys
 * with mode 0600; a directory that cannot be written to is no error. */
MUST_CHECK int identity_make(Identity *identity, const char *directory, int64_t now_ms);
void identity_done(Identity *identity); /* also fine on a zeroed one */

/* Of an identity that was made: a certificate for the name ("kinesis.us-east-1.amazonaws.com") or address ("10.0.0.7"),
 * signed where there is none yet; NULL: the usual one. As GnuTLS's retrieve functions give it, to be freed by GnuTLS.
 */
MUST_CHECK int identity_present(Identity *identity, const char *name, int64_t now_ms, gnutls_pcert_st **ret_certificate,
                                gnutls_privkey_t *ret_key);
