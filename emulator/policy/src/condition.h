/* condition.h - the operators of conditions. */
#pragma once
#include "policy_document.h"

typedef enum ConditionType {
    CONDITION_STRING,
    CONDITION_STRING_IGNORING_CASE,
    CONDITION_STRING_LIKE,
    CONDITION_NUMBER,
    CONDITION_DATE,
    CONDITION_BOOL,
    CONDITION_BINARY,
    CONDITION_ADDRESS,
    CONDITION_ARN,
    CONDITION_NULL,
} ConditionType;

typedef enum ConditionRelation {
    CONDITION_EQUAL,
    CONDITION_LESS,
    CONDITION_LESS_EQUAL,
    CONDITION_GREATER,
    CONDITION_GREATER_EQUAL,
} ConditionRelation;

typedef enum ConditionSet { CONDITION_OF_ONE, CONDITION_FOR_ALL, CONDITION_FOR_ANY } ConditionSet;

typedef struct ConditionOperator {
    ConditionType type;
    ConditionRelation relation;
    bool is_not; /* StringNotEquals … */
    bool if_exists;
    ConditionSet set;
} ConditionOperator;

/* false: there is none of that name. */
MUST_CHECK bool condition_operator(Bytes name, ConditionOperator *ret_operator);
static inline bool condition_is_known(Bytes name)
{
    ConditionOperator ignored;
    return condition_operator(name, &ignored);
}
