/* iam.h - Identity and Access Management: who is who, and which policies are whose. For other services: to find a role,
 * and whose a key is. */
#pragma once
#include "call.h"

typedef struct Iam Iam;

extern const Service iam_service;

typedef struct IamIdentity {
    Bytes name, id, arn;         /* "demo", "AROA…", "arn:aws:iam::…:role/demo" */
    int32_t max_session_seconds; /* of a role */
} IamIdentity;

/* scope: of the Iam that is asked, in the account the role is of. STORE_OK, STORE_NOT_FOUND, or the negative code. */
MUST_CHECK int iam_find_role(const Scope *scope, Bytes name, IamIdentity *ret_role);
/* How many roles the account has. */
MUST_CHECK int iam_count_roles(const Scope *scope, int64_t *ret_count);
/* The user whose access key that is. */
MUST_CHECK int iam_find_key(const Scope *scope, Bytes access_key, IamIdentity *ret_user);

/* The same, with what its signatures are checked by. */
typedef struct IamKey {
    IamIdentity user;
    Bytes account; /* the user's */
    Bytes secret;  /* absent: it was made before secrets were kept */
    bool is_active;
} IamKey;
MUST_CHECK int iam_find_secret(const Scope *scope, Bytes access_key, IamKey *ret_key);
/* Secret keys as they lie in the file, STS's too: only for the same access key are they opened. The store's codes. */
MUST_CHECK int iam_seal(const Scope *scope, Bytes access_key, Bytes secret, Bytes *ret_sealed);
MUST_CHECK int iam_unseal(const Scope *scope, Bytes access_key, Bytes *secret);
/* The entityID of a SAML provider's metadata, by the provider's ARN. */
MUST_CHECK int iam_find_saml_provider(const Scope *scope, Bytes arn, Bytes *ret_entity_id);
