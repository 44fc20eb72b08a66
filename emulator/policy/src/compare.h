/* compare.h - one value of a policy held against one of a request, by the operator's type. */
#pragma once
#include "condition.h"
#include "policy_evaluate.h"

/* request: for variables; NULL: the policy has none. */
bool condition_compare(Arena *arena, const ConditionOperator *op, Bytes wanted, Bytes given,
                       const PolicyRequest *request);
