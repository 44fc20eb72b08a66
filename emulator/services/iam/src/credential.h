/* credential.h - what a user has to show besides access keys: credentials of one service, SSH keys, certificates to
 * sign with, MFA devices. They share one table. */
#pragma once
#include "users.h"

typedef enum CredentialKind {
    CREDENTIAL_OF_SERVICE = 1,
    CREDENTIAL_SSH_KEY = 2,
    CREDENTIAL_CERTIFICATE = 3,
    CREDENTIAL_MFA = 4,
} CredentialKind;

typedef struct Credential {
    int64_t owner; /* the user's key */
    unsigned kind; /* CredentialKind */
    Bytes id;
    Bytes status;                   /* "Active", "Inactive" */
    int64_t created_ms, expires_ms; /* 0: it does not expire */
    Bytes subject;                  /* of a service: its name; of a key or certificate: its fingerprint */
    Bytes body;
    Bytes user_name; /* only read */
} Credential;

/* NoSuchEntity in the words of the kind; user_name absent: who calls. */
MUST_CHECK Status credential_find(Call *call, CredentialKind kind, Bytes user_name, Bytes id, Credential *ret);
/* STORE_OK or STORE_NOT_FOUND; of whomever in the account. */
MUST_CHECK int credential_look_up(const Scope *scope, CredentialKind kind, Bytes id, Credential *ret);
/* By its subject, of whomever in the account. */
MUST_CHECK int credential_by_subject(const Scope *scope, CredentialKind kind, Bytes subject, Credential *ret);
/* LimitExceeded, where the user has as many of the kind as AWS allows; subject absent: of any. */
MUST_CHECK Status credential_check_room(Call *call, CredentialKind kind, const Entity *user, Bytes subject);
MUST_CHECK int credential_put(const Scope *scope, const Credential *credential);
MUST_CHECK int credential_delete(const Scope *scope, const Credential *credential);

typedef struct CredentialList {
    Credential *items;
    size_t len;
} CredentialList;
/* By id, one more than the page's limit; user NULL: all the account's. Subject absent: any. */
typedef struct CredentialFilter {
    const Entity *user;
    Bytes subject;
} CredentialFilter;
MUST_CHECK int credentials_list(const Scope *scope, CredentialKind kind, const CredentialFilter *filter,
                                const EntityPage *page, CredentialList *ret_list);
/* How many of the kind. */
MUST_CHECK int credentials_count(const Scope *scope, CredentialKind kind, int64_t owner, int64_t *ret_count);
