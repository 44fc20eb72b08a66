/* pattern_node.h - a filter pattern, read. */
#pragma once
#include "automaton.h"
#include "filter_pattern.h"

typedef enum PatternKind { PATTERN_ALL, PATTERN_TERMS, PATTERN_JSON, PATTERN_COLUMNS } PatternKind;

/* "a*b": what stands between the asterisks. */
typedef struct Wildcard {
    Bytes *parts;
    size_t count; /* 1: no asterisk */
} Wildcard;

typedef enum OperandKind { OPERAND_TEXT, OPERAND_NUMBER, OPERAND_REGEX } OperandKind;

typedef struct Operand {
    OperandKind kind;
    double number;
    Wildcard text; /* of a number, as it is spelled */
    const Automaton *automaton;
} Operand;

typedef enum SelectorStepKind { SELECT_NAME, SELECT_INDEX, SELECT_ANY } SelectorStepKind;

typedef struct SelectorStep {
    SelectorStepKind kind;
    Bytes name;
    uint64_t index;
} SelectorStep;

typedef struct Selector {
    Bytes text;
    SelectorStep *steps;
    size_t count;
} Selector;

typedef enum PatternTest {
    TEST_EQUAL,
    TEST_UNEQUAL,
    TEST_LESS,
    TEST_LESS_EQUAL,
    TEST_GREATER,
    TEST_GREATER_EQUAL,
    TEST_IS_NULL,
    TEST_IS_TRUE,
    TEST_IS_FALSE,
    TEST_IS_ABSENT, /* NOT EXISTS */
} PatternTest;

typedef enum NodeKind { NODE_AND, NODE_OR, NODE_TEST } NodeKind;

typedef struct PatternNode {
    NodeKind kind;
    PatternTest test;
    struct PatternNode *first, *second;
    Selector selector; /* of a column, its name in text */
    Operand operand;
} PatternNode;

typedef enum TermKind { TERM_INCLUDED, TERM_EXCLUDED, TERM_OPTIONAL } TermKind;

typedef struct PatternTerm {
    TermKind kind;
    Operand operand; /* a text without wildcards, or a regex */
    struct PatternTerm *next;
} PatternTerm;

typedef struct PatternColumn {
    Bytes name;             /* absent: the ellipsis */
    PatternNode *condition; /* NULL: none */
    struct PatternColumn *next;
} PatternColumn;

struct FilterPattern {
    PatternKind kind;
    PatternTerm *terms;
    bool has_included; /* then optional terms mean nothing */
    PatternNode *root;
    PatternColumn *columns;
    size_t columns_count; /* without the ellipsis */
    bool has_ellipsis;
    Selector *selectors; /* of JSON, as they stand in it */
    size_t selectors_count, regexes;
};

#define LOG_JSON_DEPTH_MAX 100

bool selector_read(Arena *arena, Bytes text, Selector *ret);
Wildcard wildcard_read(Arena *arena, Bytes text, bool has_wildcards);
bool wildcard_matches(Arena *arena, const Wildcard *wildcard, Bytes text);
bool operand_test(Arena *arena, PatternTest test, const Operand *operand, Bytes text, bool is_number);
/* Calls `look` for each value that the selector has; it ends with the first that it says true of. */
bool selector_each(Arena *arena, const Selector *selector, const Tree *root, bool (*look)(void *context, const Tree *),
                   void *context);
