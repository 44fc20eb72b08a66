/* simulated.h - the policies that a simulation is about, read. */
#pragma once
#include "attached.h"
#include "policy_document.h"

typedef struct SimulatedPolicies {
    Policy *items;
    Bytes *names; /* what MatchedStatements calls them */
    size_t len, room;
} SimulatedPolicies;

/* InvalidInput where it is none. */
MUST_CHECK Status simulated_add(Call *call, SimulatedPolicies *policies, Bytes document, Bytes name);
MUST_CHECK Status simulated_add_managed(Call *call, SimulatedPolicies *policies, Bytes arn);
/* A user, group or role of the account, by its ARN. */
MUST_CHECK Status simulated_source(Call *call, Bytes arn, Entity *ret_source);
/* All that are its own and, of a user, its groups'. */
MUST_CHECK Status simulated_collect(Call *call, const Entity *source, SimulatedPolicies *policies);
