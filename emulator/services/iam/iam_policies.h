/* iam_policies.h - which policies somebody has: for whoever decides by them. */
#pragma once
#include "iam.h"
#include "policy_evaluate.h"

typedef struct IamPolicies {
    Policy *identity; /* its own and its groups', inline and managed */
    size_t identity_count;
    Policy *boundary; /* its permissions boundary, as a list of at most one */
    size_t boundary_count;
    bool has_boundary; /* which may be gone, and allows nothing then */
    Bytes tags;        /* a line each for key and value, in turn */
} IamPolicies;
/* scope: of any service; arn: a user's or a role's. What is not there has none. A managed policy of AWS's whose
 * document is not kept says nothing. */
MUST_CHECK int iam_policies_of(const Scope *scope, Bytes arn, IamPolicies *ret_policies);
/* One managed policy more, appended to the list. */
MUST_CHECK int iam_managed_policy(const Scope *scope, Bytes arn, Policy *ret_policy);
/* A role's trust policy; absent: there is no such role. */
MUST_CHECK int iam_trust_of(const Scope *scope, Bytes role_arn, Bytes *ret_document);
