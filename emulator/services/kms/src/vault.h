/* vault.h - the installation's secret: what key material is sealed with in the store, and what the heads of
 * ciphertexts, import tokens and grant tokens are signed with. It lies in the store, too, so that a snapshot can be
 * opened. */
#pragma once
#include "key.h"

#define VAULT_MAC_BYTES 16
typedef enum VaultPurpose {
    VAULT_MATERIAL,
    VAULT_CIPHERTEXT,
    VAULT_IMPORT,
    VAULT_GRANT,
    VAULT_MATERIAL_ID,
    VAULT_OLDER
} VaultPurpose;

/* Made once per file; read anew after a snapshot was restored. */
MUST_CHECK int vault_load(Kms *kms);
/* place: what it belongs to; it opens only there. */
Bytes vault_close(const Kms *kms, Arena *arena, Bytes place, Bytes plain);
MUST_CHECK bool vault_open(const Kms *kms, Arena *arena, Bytes place, Bytes sealed, Bytes *ret_plain);
/* len: up to 64 bytes. */
void vault_mac(const Kms *kms, VaultPurpose purpose, Bytes bytes, unsigned char *ret_mac, size_t len);
MUST_CHECK bool vault_check(const Kms *kms, VaultPurpose purpose, Bytes bytes, const void *mac);
