/* grant.h - who else may use a key, for what. Kept and told; not enforced, as policies aren't. */
#pragma once
#include "key.h"

#define GRANT_ID_LEN 64
#define GRANTS_MAX   50000 /* aws: Quotas: "Grants per KMS key: 50,000" */

typedef struct Grant {
    Bytes key_id, id;                                                 /* id: 64 hex digits */
    Bytes name, grantee, grantee_service, retiring, retiring_service; /* absent where they were not given */
    Bytes operations;                                                 /* with spaces between */
    Bytes constraints;                                                /* JSON; absent: none */
    int64_t created_ms;
} Grant;

typedef struct GrantPage {
    Bytes key_id; /* of this key; absent: of all those with the retiring principal */
    Bytes id, grantee, grantee_service, retiring, retiring_service; /* absent: any */
    Bytes after_key, after;
    size_t limit;
} GrantPage;

MUST_CHECK int grant_put(const Scope *scope, const Grant *grant);
MUST_CHECK int grant_find(const Scope *scope, Bytes key_id, Bytes id, Grant *ret_grant);
MUST_CHECK int grant_list(const Scope *scope, const GrantPage *page, Grant *ret_grants, size_t *ret_count);
/* One with the same name and all else. */
MUST_CHECK int grant_find_same(const Scope *scope, const Grant *like, Grant *ret_grant);
MUST_CHECK int grant_count(const Scope *scope, Bytes key_id, int64_t *ret_count);
MUST_CHECK int grant_delete(const Scope *scope, Bytes key_id, Bytes id);

/* grant_token.c: base64 of the key's id, the grant's and a MAC: nobody else can make one. */
Bytes grant_token_make(const Scope *scope, Bytes key_id, Bytes id);
MUST_CHECK bool grant_token_read(const Kms *kms, Arena *arena, Bytes token, Bytes *ret_key_id, Bytes *ret_id);
/* grant_constraints.c */
Bytes constraints_write(Arena *arena, const KmsGrantConstraints *constraints);
/* Do they let this encryption context pass? context: NULL: the operation takes none. */
bool constraints_hold(Arena *arena, Bytes text, const KmsEncryptionContextType *context);
KmsGrantConstraints *constraints_read(Arena *arena, Bytes text); /* NULL: none */
