/* legacy.h - the parameters that were before expressions, brought into the same trees: Expected, QueryFilter,
 * ScanFilter, KeyConditions, AttributeUpdates, AttributesToGet. The KCL still sends them. aws: DynamoDB Developer
 * Guide, "Legacy DynamoDB conditional parameters". */
#pragma once
#include "expression.h"

/* ConditionalOperator: absent is AND. *ret NULL: no condition. */
MUST_CHECK Status legacy_expected(Call *call, const DynamodbExpectedAttributeMap *expected, Bytes conditional_operator,
                                  Node **ret);
/* QueryFilter, ScanFilter and KeyConditions are one shape. */
MUST_CHECK Status legacy_conditions(Call *call, const DynamodbFilterConditionMap *conditions,
                                    Bytes conditional_operator, Node **ret);
MUST_CHECK Status legacy_updates(Call *call, const DynamodbAttributeUpdates *updates, Expression *ret);
/* *ret NULL: no names. */
MUST_CHECK Status legacy_attributes(Call *call, const DynamodbAttributeNameList *names, const PathSet **ret);

/* One parameter of a request, for the refusal to mix old and new. */
typedef struct Parameter {
    const char *name;
    bool is_given;
} Parameter;
/* Both lists end with a NULL name. */
MUST_CHECK Status legacy_check_mix(Call *call, const Parameter *legacy, const Parameter *expressions);
