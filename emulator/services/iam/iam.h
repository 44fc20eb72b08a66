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
