/* session.h - temporary credentials: who they stand for, and until when, by the emulator's clock. */
#pragma once
#include "iam.h"
#include "sts.h"
#include "sts_model.h"

struct Sts {
    Runtime *runtime;
};

typedef struct Session {
    Bytes access_key;
    Bytes arn, user_id; /* what GetCallerIdentity tells */
    Bytes transitive;   /* its transitive tag keys, each in lower case and followed by a line end */
    int64_t expires_ms;
    /* What sts.h tells of it. */
    Bytes basis, policy, policy_arns, tags, source_identity;
} Session;

extern const ErrorModel STS_INVALID_PARAMETER; /* InvalidParameterValue */
extern const ErrorModel STS_EXPIRED;           /* ExpiredToken, 403: of the caller's own */

/* Fills in the key and makes the credentials; lasts that long from now on. */
MUST_CHECK Status session_open(Call *call, Session *session, int32_t seconds, StsCredentials **ret_credentials);
/* Of the key the call bears. *ret_is_there false: it is no session's. STS_EXPIRED where its time is over. */
MUST_CHECK Status session_of_caller(Call *call, Session *ret_session, bool *ret_is_there);
/* Who calls: a session, a user by its key, else the account's root. */
typedef struct Caller {
    Bytes arn, user_id;
    bool is_session, is_user;
    Session session;
} Caller;
MUST_CHECK Status caller_find(Call *call, Caller *ret_caller);

/* Policy, PolicyArns and DurationSeconds of a session. */
typedef struct SessionLimits {
    Bytes policy;
    StspolicyDescriptorListType arns;
} SessionLimits;
MUST_CHECK Status session_policies_check(Call *call, const SessionLimits *limits, int32_t *ret_packed_percent);
/* As the session keeps them. */
Bytes tag_lines(Call *call, const StstagListType *tags);
void session_limit(Call *call, Session *session, const SessionLimits *limits);
