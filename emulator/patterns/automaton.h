/* automaton.h - regular expressions whose search takes time in proportion to the text, whatever they are: all ways
 * through the expression are followed at once, character by character (Thompson, Pike). What can't be done so,
 * references back and looks around, is refused. */
#pragma once
#include "arena.h"

typedef struct Automaton Automaton;

typedef enum AutomatonDialect {
    AUTOMATON_OF_FILTERS,  /* aws: CloudWatch Logs User Guide, "Supported regular expressions (regex) syntax" */
    AUTOMATON_OF_INSIGHTS, /* of queries: Java's, as far as it is regular */
} AutomatonDialect;

typedef enum AutomatonFault {
    AUTOMATON_FINE,
    AUTOMATON_BAD_SYNTAX,
    AUTOMATON_BAD_CHARACTER, /* that the dialect does not have */
    AUTOMATON_NOT_REGULAR,   /* look-around, a reference back, a possessive or atomic group */
    AUTOMATON_TOO_LARGE,
} AutomatonFault;

#define AUTOMATON_GROUPS_MAX 64

/* NULL with the fault. Everything is of the arena; `text` is copied where it is kept. */
const Automaton *automaton_read(Arena *arena, Bytes text, AutomatonDialect dialect, AutomatonFault *ret_fault);

size_t automaton_groups(const Automaton *automaton);                  /* without the whole, which is group 0 */
Bytes automaton_group_name(const Automaton *automaton, size_t group); /* from 1; absent: it has none */

/* Is it anywhere in the text? groups: NULL, or room for 1 + automaton_groups: what each of the first match has, absent
 * where it took no part. arena: for what it takes meanwhile, given back, and for the budget. */
bool automaton_search(Arena *arena, const Automaton *automaton, Bytes text, Bytes *groups);
