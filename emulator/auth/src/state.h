/* state.h - what the layer remembers, and whom it knows. */
#pragma once
#include "auth.h"
#include "guard.h"
#include "signature.h"

#define ROOT_KEYS_MAX 64

typedef struct RootKey {
    Bytes access_key, secret;
    Bytes account; /* absent: the default one */
} RootKey;

struct Auth {
    Guard guard; /* first: a Guard * is its Auth * */
    Runtime *runtime;
    AuthMode mode;
    Arena *arena; /* of the root keys */
    RootKey root_keys[ROOT_KEYS_MAX];
    size_t root_keys_count;
    struct Notes *notes; /* soft.h */
};

typedef enum PrincipalKind {
    PRINCIPAL_NOBODY, /* signed nothing */
    PRINCIPAL_ROOT,
    PRINCIPAL_USER,
    PRINCIPAL_SESSION, /* of a role, of a user, of root, or a federated one */
} PrincipalKind;

/* Who calls. */
typedef struct Principal {
    PrincipalKind kind;
    Bytes account, arn, user_id;
    Bytes name;  /* of a user */
    Bytes basis; /* the ARN of the user, role or root whose policies they have */
    Bytes access_key, secret;
    Bytes token;       /* of a session */
    Bytes arn_of_root; /* of their account */
    Bytes service;     /* that calls by itself, or by a role: "firehose.amazonaws.com"; absent: none */
    bool is_federated; /* a session of GetFederationToken */
    bool is_active;    /* its key */
    bool has_expired;
    Bytes policy, policy_arns, tags, source_identity; /* of a session: sts.h */
    int64_t issued_ms;
} Principal;

bool authorize_act(Guard *guard, const Scope *scope, const GuardAct *act); /* authorize.c */
Status authenticate_form(Guard *guard, Call *call, const FormSignature *signature);
void auth_set_mode(Auth *auth, AuthMode mode);
void root_keys_read(Auth *auth, const char *list);
/* STORE_OK, STORE_NOT_FOUND: there is no such key, or below 0. */
MUST_CHECK int principal_find(const Auth *auth, Call *call, Bytes access_key, Principal *ret_principal);
