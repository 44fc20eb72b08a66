/* function.c - which there are, and where they may stand. */
#include "function.h"

static const Function functions[] = {
    {"attribute_exists", NODE_ATTRIBUTE_EXISTS, 1, false, true},
    {"attribute_not_exists", NODE_ATTRIBUTE_NOT_EXISTS, 1, false, true},
    {"attribute_type", NODE_ATTRIBUTE_TYPE, 2, false, true},
    {"begins_with", NODE_BEGINS_WITH, 2, false, false},
    {"contains", NODE_CONTAINS, 2, false, false},
    {"size", NODE_SIZE, 1, false, false},
    {"if_not_exists", NODE_IF_NOT_EXISTS, 2, true, true},
    {"list_append", NODE_LIST_APPEND, 2, true, false},
    {"set_add", NODE_SET_ADD, 2, true, false},
    {"set_delete", NODE_SET_DELETE, 2, true, false},
};

const Function *function_named(Bytes name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (bytes_is(name, functions[i].name))
            return &functions[i];
    return NULL;
}

bool function_is_of_sets(const Function *function)
{
    return function->kind == NODE_SET_ADD || function->kind == NODE_SET_DELETE;
}

Bytes function_refusal(Arena *arena, const Function *function, const Node *operands, bool is_in_update)
{
    size_t count = 0;
    for (const Node *at = operands; at; at = at->next)
        count++;
    if (function->is_of_updates != is_in_update)
        return arena_text(arena, "The function is not allowed in %s expression; function: %s",
                          is_in_update ? "an update" : "a condition", function->name);
    if (count != function->operands)
        return arena_text(
            arena,
            "Incorrect number of operands for operator or function; operator or function: %s, number of operands: %zu",
            function->name, count);
    if (function->needs_path && operands->kind != NODE_PATH)
        return arena_text(arena, "Operator or function requires a document path; operator or function: %s",
                          function->name);
    return (Bytes){0};
}
