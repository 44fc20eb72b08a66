/* key_condition.h - which rows of a tree a Query means: one hash, and a piece of the range.
 * aws: DynamoDB Developer Guide, "Key condition expressions for the Query operation in DynamoDB". */
#pragma once
#include "expression.h"
#include "key.h"

typedef struct KeyCondition {
    Bytes hash;
    Bytes range_from, range_to; /* [from, to) */
} KeyCondition;

typedef struct KeyComparison {
    NodeKind kind;
    Bytes attribute;
    const Value *value, *high; /* high: of BETWEEN */
} KeyComparison;

/* One of an attribute. Of more than are kept the number is told. */
#define KEY_COMPARISONS_MAX (2 * (size_t)KEY_ATTRIBUTES_MAX)
typedef struct KeyComparisons {
    KeyComparison items[KEY_COMPARISONS_MAX];
    size_t len;
} KeyComparisons;

/* Adds those of the tree of a KeyConditionExpression or of KeyConditions: what needs no table. */
MUST_CHECK Status key_condition_read(Call *call, const Node *condition, KeyComparisons *all);
/* keys: the table's or the index's. */
MUST_CHECK Status key_condition_of(Call *call, const Keys *keys, const KeyComparisons *comparisons, KeyCondition *ret);
/* A filter may not name the keys of what is queried. */
MUST_CHECK Status filter_check_keys(Call *call, const Keys *keys, const Node *filter, bool is_legacy);
