/* guard.h - what services ask of whoever looks at credentials (auth), beside what is done for every call before its
 * handler. */
#pragma once
#include "call.h"

/* A browser's form tells in its fields who made it. */
typedef struct FormSignature {
    Bytes policy;     /* as it was sent: what is signed; absent: nobody made it */
    Bytes credential; /* Version 4; absent: Version 2 */
    Bytes access_key; /* Version 2 */
    Bytes signature, token;
    Bytes action, resource; /* what it asks for: "s3:PutObject" */
} FormSignature;

/* A service does something by a role that was handed to it. */
typedef struct GuardAct {
    Bytes role;          /* its ARN */
    const char *service; /* "firehose.amazonaws.com", which the role must trust */
    Bytes action, resource;
    Bytes noted; /* what a policy should say of the resource, where its name comes by chance: may have wildcards */
} GuardAct;

typedef struct Guard {
    /* It is signed by a key that exists, whose owner may do that; the call is theirs from here on. */
    Status (*form)(struct Guard *guard, Call *call, const FormSignature *signature);
    bool (*act)(struct Guard *guard, const Scope *scope, const GuardAct *act);
} Guard;

/* Nobody looks: fine. */
static inline MUST_CHECK Status guard_form(Call *call, const FormSignature *signature)
{
    Guard *guard = call->runtime->guard;
    return guard ? guard->form(guard, call, signature) : OK;
}

/* Nobody looks: it may. */
static inline bool guard_may_act(const Scope *scope, const GuardAct *act)
{
    Guard *guard = scope->runtime->guard;
    return !guard || guard->act(guard, scope, act);
}
