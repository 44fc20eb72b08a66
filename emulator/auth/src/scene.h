/* scene.h - who asks for what, by which policies, and what they say. */
#pragma once
#include "iam_policies.h"
#include "permission.h"
#include "state.h"

/* Everything of who calls that has a say. */
typedef struct Actor {
    const Principal *principal;
    IamPolicies own;
    Policy *session; /* each of them limits it */
    size_t session_count;
    bool has_session;
    Bytes role; /* its ARN, of a role's session; else absent */
} Actor;
MUST_CHECK Status actor_read(Call *call, const Principal *principal, Actor *ret_actor);

/* Of a request, for conditions. */
FactList facts_of(Call *call, const AuthRequest *request, const Actor *actor, const void *in);

/* What decided. */
typedef enum Ground {
    GROUND_NONE, /* it is allowed */
    GROUND_IDENTITY,
    GROUND_BOUNDARY,
    GROUND_SESSION,
    GROUND_RESOURCE,
} Ground;
typedef struct Decision {
    bool is_moot; /* there is nothing that it could be about */
    Ground ground;
    bool is_explicit; /* a statement denies */
    bool was_granted; /* by the resource's policy, or otherwise than by their own */
    Bytes resource;   /* the ARN put right */
    bool is_trust;    /* the resource is a role, to be assumed */
} Decision;

typedef struct Question {
    Call *call;
    const Actor *actor;
    const Need *need;
    const FactList *facts;
    const PermissionsOf *of;
    const void *in;
} Question;
MUST_CHECK Status decide(const Question *question, Decision *ret_decision);
/* Fine where policies are not asked. */
MUST_CHECK Status authorize_form(Auth *auth, Call *call, const FormSignature *form);
MUST_CHECK Status deny_in_awss_words(Call *call, const AuthRequest *request, const Need *need,
                                     const Decision *decision);
