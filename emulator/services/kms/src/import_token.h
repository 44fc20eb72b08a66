/* import_token.h - what GetParametersForImport gives for ImportKeyMaterial: the private half of the wrapping key,
 * sealed, so that nothing has to be kept. And the unwrapping itself. */
#pragma once
#include "key_pair.h"
#include "vault.h"

typedef struct ImportToken {
    Bytes key_id, algorithm;
    int64_t valid_to_ms;
    Bytes private_der;
} ImportToken;

Bytes import_token_make(const Kms *kms, Arena *arena, const ImportToken *token);
/* false: it is none of ours. */
MUST_CHECK bool import_token_read(const Kms *kms, Arena *arena, Bytes text, ImportToken *ret_token);
/* RSAES_OAEP_SHA_… or RSA_AES_KEY_WRAP_SHA_… (an AES key wrapped so, then RFC 5649 with it). false: it isn't wrapped
 * with this key. */
MUST_CHECK bool import_unwrap(const ImportToken *token, Arena *arena, Bytes wrapped, Bytes *ret_plain);
