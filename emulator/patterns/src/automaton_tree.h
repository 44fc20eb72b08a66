/* automaton_tree.h - an expression as a tree: what the reader makes, and the compiler makes steps of. */
#pragma once
#include "automaton_program.h"

typedef enum PartKind { PART_EMPTY, PART_STEP, PART_SEQUENCE, PART_CHOICE, PART_REPEAT, PART_GROUP } PartKind;

typedef struct Part {
    PartKind kind;
    Step step;                 /* of PART_STEP */
    struct Part *first, *next; /* what it is made of; its next in that list */
    uint32_t minimum, maximum; /* of PART_REPEAT */
    bool is_lazy;
    uint32_t group; /* of PART_GROUP; 0: none of its own */
} Part;

#define REPEAT_WITHOUT_END UINT32_MAX

/* Fills steps, from the tree. False: they would be too many. */
bool automaton_compile(Arena *arena, const Part *whole, Automaton *automaton);
/* Of a set: ranges, and its ASCII bits. */
void character_set_add(Arena *arena, CharacterSet *set, uint32_t from, uint32_t to);
void character_set_add_class(Arena *arena, CharacterSet *set, char name); /* d w s D W S */
