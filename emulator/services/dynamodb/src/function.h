/* function.h - the functions of conditions and updates, as expressions and statements have them. */
#pragma once
#include "expression.h"

typedef struct Function {
    const char *name;
    NodeKind kind;
    size_t operands;
    bool is_of_updates, needs_path;
} Function;

/* By its name in small letters; NULL: there is none. */
const Function *function_named(Bytes name);
/* set_add and set_delete: only statements have them. */
bool function_is_of_sets(const Function *function);
/* Why it may not stand there with these operands; absent: it may. */
Bytes function_refusal(Arena *arena, const Function *function, const Node *operands, bool is_in_update);
