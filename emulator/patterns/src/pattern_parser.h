/* pattern_parser.h - between the words (pattern_tokens.re), the grammar (pattern_grammar.y) and filter_pattern.c. */
#pragma once
#include "pattern_node.h"

typedef struct PatternToken {
    int type;
    Bytes text;
} PatternToken;

typedef struct PatternParser {
    Arena *arena;
    FilterPattern *pattern;
    FilterPatternFault fault;
    Bytes detail;
    PatternTerm **last_term;
    PatternColumn **last_column;
    bool is_broken;
} PatternParser;

/* The next word from *at on; type 0 at the end, -1 where nothing fits. */
PatternToken pattern_term_token(const char **at, const char *end);
PatternToken pattern_condition_token(const char **at, const char *end); /* of JSON and of columns */

/* Feeds the grammar; a NUL stands behind the text. */
void pattern_parser_run(PatternParser *parser, Bytes text);

void pattern_term(PatternParser *parser, PatternToken token);
void pattern_column(PatternParser *parser, PatternToken name, PatternNode *condition);
PatternNode *pattern_join(PatternParser *parser, NodeKind kind, PatternNode *first, PatternNode *second);
PatternNode *pattern_test(PatternParser *parser, PatternToken subject, PatternTest test);
PatternNode *pattern_compare(PatternParser *parser, PatternToken subject, PatternTest test, PatternToken operand);
