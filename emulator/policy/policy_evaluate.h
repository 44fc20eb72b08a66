/* policy_evaluate.h - what policies say to a request. aws: IAM User Guide, "Policy evaluation logic". */
#pragma once
#include "policy_document.h"

typedef struct PolicyContextEntry {
    Bytes key; /* "aws:SourceIp"; found without regard to case */
    PolicyValues values;
} PolicyContextEntry;

typedef struct PolicyRequest {
    Bytes action, resource;
    Bytes principal_arn, principal_account; /* who calls; absent: nobody is asked for */
    Bytes principal_role;                   /* of a role's session: the role's ARN; else absent */
    Bytes principal_service;                /* "firehose.amazonaws.com", where a service calls */
    Bytes principal_federated;              /* the provider whose token is brought */
    const PolicyContextEntry *context;
    size_t context_count;
} PolicyRequest;

typedef struct PolicyMatch {
    size_t policy, statement; /* which of them */
} PolicyMatch;

typedef enum PolicyDecision { POLICY_IMPLICIT_DENY, POLICY_EXPLICIT_DENY, POLICY_ALLOWED } PolicyDecision;

/* As whom a policy with principals allows it: the closer one is named, the more it means. aws: IAM User Guide, "Policy
 * evaluation for requests within a single account". */
typedef enum PolicyGrant {
    POLICY_TO_NOBODY,
    POLICY_TO_ACCOUNT,   /* all of the account: it may say who */
    POLICY_TO_ROLE,      /* by the role's ARN: within what boundary and session allow */
    POLICY_TO_PRINCIPAL, /* by its own ARN, or anybody: that is enough */
} PolicyGrant;

typedef struct PolicyVerdict {
    PolicyDecision decision;
    PolicyGrant grant;    /* of those that allow */
    PolicyMatch *matches; /* the statements that made it: those that deny, or else those that allow */
    size_t matches_count;
} PolicyVerdict;

/* Policies of one kind together: a statement that denies decides, else one that allows. */
PolicyVerdict policies_judge(Arena *arena, const Policy *policies, size_t count, const PolicyRequest *request);

/* Everything that has a say. An empty list of boundaries is none. */
typedef struct PolicyScene {
    const Policy *identity;
    size_t identity_count;
    const Policy *boundaries;
    size_t boundaries_count;
    const Policy *resource; /* NULL: the resource has none */
    Bytes resource_account; /* whose the resource is; absent: the caller's */
} PolicyScene;

typedef struct PolicyOutcome {
    PolicyDecision decision;
    PolicyVerdict identity, boundary, resource;
} PolicyOutcome;

PolicyOutcome policies_decide(Arena *arena, const PolicyScene *scene, const PolicyRequest *request);

/* The context keys that conditions and variables of a policy name, each once, in their order: appended. */
void policy_context_keys(Arena *arena, const Policy *policy, PolicyValues *keys);
/* NULL: not there. */
const PolicyContextEntry *policy_context_find(const PolicyRequest *request, Bytes key);
