/* auth.h - who may call: signatures against the keys that exist, then policies. One for all services: what an operation
 * needs, each service says in a table of its own (call/permission.h). */
#pragma once
#include "call.h"
#include "page.h"

typedef struct Auth Auth;

/* In the order of the setting's choices. */
typedef enum AuthMode {
    AUTH_OFF,       /* anybody's credentials */
    AUTH_SIGNATURE, /* right signatures of keys that exist; then anything */
    AUTH_SOFT,      /* any credentials; what policies would deny is let through, and noted */
    AUTH_IAM,       /* right signatures, and policies decide */
} AuthMode;

Auth *auth_new(Runtime *runtime); /* as the settings say; unless it is off, its guard is the runtime's */
Auth *auth_free(Auth *auth);      /* returns NULL */

typedef struct AuthRequest {
    const HttpHead *head;
    Bytes body;      /* as it was sent */
    bool is_flowing; /* the body is not there yet */
    bool is_tls;
    bool is_query; /* awsQuery: errors are told as such */
    const Service *service;
    void *service_state;
} AuthRequest;

/* Who calls: the call has their account, and what its body is checked by, from here on. Not where it is off. */
MUST_CHECK Status auth_authenticate(Auth *auth, Call *call, const AuthRequest *request);

/* May they do it? in: the operation's input, checked. Fine where policies are not asked, or where nobody looked who
 * calls. */
MUST_CHECK Status auth_authorize(Auth *auth, Call *call, const AuthRequest *request, const void *in);

extern const Page AUTH_PAGES[]; /* their context is the Auth */
