/* automaton_program.h - between what reads an expression and what runs it. */
#pragma once
#include "automaton.h"

typedef enum StepKind {
    STEP_CHARACTER, /* x: the code point */
    STEP_SET,       /* x: which of the sets */
    STEP_ANY,       /* but the end of a line */
    STEP_ALL,       /* any character */
    STEP_SPLIT,     /* x first, then y */
    STEP_JUMP,      /* x */
    STEP_SAVE,      /* x: which place */
    STEP_ASSERT,    /* x: an Assertion */
    STEP_FOUND,
} StepKind;

typedef enum Assertion {
    AT_START,
    AT_END,
    AT_LINE_START,
    AT_LINE_END,
    AT_LAST_LINE_END,
    AT_BOUNDARY,
    AT_NO_BOUNDARY
} Assertion;

typedef struct Step {
    uint8_t kind;
    bool ignores_case;
    uint32_t x, y;
} Step;

typedef struct CharacterRange {
    uint32_t from, to;
} CharacterRange;

typedef struct CharacterSet {
    uint32_t ascii[4]; /* a bit each */
    bool is_not;       /* beyond ASCII; the bits tell the truth already */
    CharacterRange *ranges;
    size_t ranges_count;
} CharacterSet;

struct Automaton {
    Step *steps;
    size_t steps_count;
    CharacterSet *sets;
    size_t sets_count;
    size_t groups;
    Bytes names[AUTOMATON_GROUPS_MAX + 1];
    Bytes prefix; /* what each match begins with, byte for byte; may be empty */
    bool is_at_start_only;
};

static inline bool is_word_character(uint32_t c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128);
}
