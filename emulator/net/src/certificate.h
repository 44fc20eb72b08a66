/* certificate.h - who we are to TLS clients: a certificate given in files, or a CA and a certificate of our own. */
#pragma once
#include "arena.h"
#include <gnutls/gnutls.h>

typedef struct Identity {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priorities;
    gnutls_datum_t ticket_key;
    gnutls_datum_t ca_pem; /* NULL data with a given certificate */
} Identity;

/* GnuTLS's code, 0 where fine. The PEM files' chain and key. */
MUST_CHECK int identity_load(Identity *identity, const char *certificate_path, const char *key_path);
/* Reads CA and certificate from the directory (NULL: none), makes what is missing or expired there and keeps it, keys
 * with mode 0600; a directory that cannot be written to is no error. */
MUST_CHECK int identity_make(Identity *identity, const char *directory, int64_t now_ms);
void identity_done(Identity *identity); /* also fine on a zeroed one */
