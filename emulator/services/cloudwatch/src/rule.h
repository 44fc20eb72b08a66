/* rule.h - the rule of a composite alarm. aws: PutCompositeAlarm, AlarmRule. */
#pragma once
#include "arena.h"
#include "bytes.h"

typedef enum RuleKind { RULE_TRUTH, RULE_STATE, RULE_AND, RULE_OR, RULE_NOT, RULE_AT_LEAST } RuleKind;

typedef struct RuleNode {
    RuleKind kind;
    bool truth;
    Bytes state; /* of RULE_STATE and RULE_AT_LEAST: ALARM, OK, INSUFFICIENT_DATA */
    Bytes name;  /* of an alarm, or its ARN */
    struct RuleNode *first, *second;
    struct RuleNode *next; /* of the names of AT_LEAST, in first */
    size_t least;
    bool is_percent;
} RuleNode;

typedef struct Rule {
    RuleNode *root;
    Bytes *names; /* as they stand in the rule, each once for each time */
    size_t names_count;
    size_t error_at; /* where root is NULL: the byte that no rule has there */
    bool is_too_deep;
} Rule;

/* root NULL: it is none. */
Rule rule_parse(Arena *arena, Bytes text);

/* Of a rule that holds: state tells how an alarm stands, absent where it isn't there. */
bool rule_holds(const RuleNode *node, Bytes (*state)(void *context, Bytes name), void *context);
