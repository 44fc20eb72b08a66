/* key_condition.h - which rows of a tree a Query means: one hash, and a piece of the range.
 * aws: DynamoDB Developer Guide, "Key condition expressions for the Query operation in DynamoDB". */
#pragma once
#include "expression.h"
#include "key.h"

typedef struct KeyCondition {
    Bytes hash;
    Bytes range_from, range_to; /* [from, to) */
} KeyCondition;

/* From the tree of a KeyConditionExpression or of KeyConditions. keys: the table's or the index's. */
MUST_CHECK Status key_condition_of(Call *call, const Keys *keys, const Node *condition, KeyCondition *ret);
/* A filter may not name the keys of what is queried. */
MUST_CHECK Status filter_check_keys(Call *call, const Keys *keys, const Node *filter, bool is_legacy);
