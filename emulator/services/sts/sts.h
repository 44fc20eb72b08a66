/* sts.h - the Security Token Service. */
#pragma once
#include "call.h"

typedef struct Sts Sts;

extern const Service sts_service;

/* A session, for those who check signatures and who may do what. */
typedef struct StsSession {
    Bytes account, arn, user_id;
    Bytes secret, token;
    Bytes basis;           /* the ARN of the role, user or root whose policies it has */
    Bytes policy;          /* its own; absent: none */
    Bytes policy_arns;     /* managed ones that limit it, too, each with a line end behind it; empty: none */
    Bytes tags;            /* a line each for key and value, in turn */
    Bytes source_identity; /* absent: none */
    int64_t issued_ms, expires_ms;
} StsSession;
/* STORE_OK, STORE_NOT_FOUND, or below 0. It may have expired. */
MUST_CHECK int sts_find_session(const Scope *scope, Bytes access_key, StsSession *ret_session);
