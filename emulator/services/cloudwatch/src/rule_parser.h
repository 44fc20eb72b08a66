/* rule_parser.h - between the words (rule_tokens.re), the grammar (rule_grammar.y) and rule.c. */
#pragma once
#include "rule.h"

typedef struct RuleToken {
    int type;
    Bytes text;
} RuleToken;

typedef struct RuleParser {
    Arena *arena;
    Rule *rule;
    size_t names_capacity;
    bool is_broken;
} RuleParser;

/* The next word from *at on; type 0 at the end, -1 where nothing fits. */
RuleToken rule_token(const char **at, const char *end);

/* Feeds the grammar; a NUL stands behind the text. */
void rule_parser_run(RuleParser *parser, Bytes text);

RuleNode *rule_node(RuleParser *parser, RuleKind kind, RuleNode *first, RuleNode *second);
RuleNode *rule_truth(RuleParser *parser, bool truth);
RuleNode *rule_name(RuleParser *parser, RuleToken name);
RuleNode *rule_at_least(RuleParser *parser, RuleToken least, RuleToken state, RuleNode *names);
