/* role.h - what the ways to assume a role have in common. */
#pragma once
#include "session.h"

/* A role by its ARN, and the account it is of. AccessDenied: see assume_role.c. */
MUST_CHECK Status role_find(Call *call, Bytes role_arn, const char *action, IamIdentity *ret_role, Bytes *ret_account);
MUST_CHECK Status role_check_duration(Call *call, int32_t seconds, int32_t most);
/* The session's ARN and id, and the credentials. */
MUST_CHECK Status role_open_session(Call *call, const IamIdentity *role, Bytes account, Session *session,
                                    const int32_t *seconds, Bytes name, StsCredentials **ret_credentials,
                                    StsAssumedRoleUser **ret_user);
