/* ciphertext.h - what Encrypt and its like give for symmetric keys: opaque to clients.
 *
 *     1 byte    version
 *     36        the key's id (a UUID, or mrk- and 32 digits: both have 36 characters)
 *     32        the id of the material
 *     12        nonce
 *     16        MAC of all that, by the installation's secret: a head that nobody has made is told from one whose key
 * is gone n + 16    AES-256-GCM under the material; bound to the head and the encryption context */
#pragma once
#include "vault.h"

#define CIPHERTEXT_MAX_PLAIN 4096 /* aws: Encrypt: "up to 4 KB (4096 bytes)" */

typedef struct Ciphertext {
    Bytes key_id;
    Bytes material_id; /* 64 hex digits, in the arena */
    Bytes head, sealed;
} Ciphertext;

/* false: it is none of ours. */
MUST_CHECK bool ciphertext_read(const Kms *kms, Arena *arena, Bytes blob, Ciphertext *ret_ciphertext);
/* key: 32 bytes; bound: context_bytes. false: not with this key and context. */
MUST_CHECK bool ciphertext_open(Arena *arena, const Ciphertext *ciphertext, Bytes key, Bytes bound, Bytes *ret_plain);
Bytes ciphertext_make(const Scope *scope, const KmsKey *key, Bytes material, Bytes bound, Bytes plain);
/* One form of an encryption context, in whatever order its pairs came. */
Bytes context_bytes(Arena *arena, const KmsEncryptionContextType *context);
