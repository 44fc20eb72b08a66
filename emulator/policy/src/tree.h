/* tree.h - a policy's JSON. */
#pragma once
#include "json_tree.h"
#include "policy_document.h"

/* NULL: no JSON, a name twice in an object, or deeper than POLICY_DEPTH_MAX. */
static inline Tree *tree_read(Arena *arena, Bytes document)
{
    return json_tree_read(arena, document, (TreeRules){.depth_max = POLICY_DEPTH_MAX});
}
