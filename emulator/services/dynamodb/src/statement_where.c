/* statement_where.c - what a WHERE says of keys: its parts joined by AND, and the values that one of them lets a key
 * have. */
#include "budget.h"
#include "statement.h"

static void collect(Arena *arena, NodeKind joint, Node *node, Conjuncts *ret)
{
    budget_descend(arena);
    if (node->kind != joint) {
        if (ret->items)
            ret->items[ret->len] = node;
        ret->len++;
        return;
    }
    for (Node *operand = node->first; operand; operand = operand->next)
        collect(arena, joint, operand, ret);
}

static Conjuncts parts_of(Arena *arena, NodeKind joint, Node *where)
{
    Conjuncts counted = {NULL, 0}, parts = {NULL, 0};
    if (!where)
        return parts;
    collect(arena, joint, where, &counted);
    parts.items = arena_new_array(arena, Node *, counted.len);
    collect(arena, joint, where, &parts);
    return parts;
}

Conjuncts conjuncts_of(Arena *arena, Node *where)
{
    return parts_of(arena, NODE_AND, where);
}

Conjuncts disjuncts_of(Arena *arena, Node *where)
{
    return parts_of(arena, NODE_OR, where);
}

Node *conjuncts_join(Arena *arena, const Conjuncts *conjuncts)
{
    Node *chain = NULL;
    size_t count = 0;
    for (size_t i = 0; i < conjuncts->len; i++) {
        if (!conjuncts->items[i])
            continue;
        Node *copy = node_new(arena, conjuncts->items[i]->kind, NULL, NULL);
        *copy = *conjuncts->items[i];
        copy->next = copy->last = NULL;
        chain = chain ? node_append(chain, copy) : copy;
        count++;
    }
    return count > 1 ? node_new(arena, NODE_AND, chain, NULL) : chain;
}

static bool is_of(const Node *node, Bytes name)
{
    return node->kind == NODE_PATH && node->path->len == 1 && bytes_equal(node->path->steps[0].name, name);
}

typedef struct Allowed {
    const Value **values;
    size_t len, capacity;
} Allowed;

static bool allow(Allowed *allowed, const Node *node)
{
    if (node->kind != NODE_VALUE)
        return false;
    if (allowed->len < allowed->capacity)
        allowed->values[allowed->len] = node->value;
    allowed->len++;
    return true;
}

static bool allow_all(Allowed *allowed, Arena *arena, const Node *condition, Bytes name)
{
    const Node *first = condition->first;
    budget_descend(arena);
    switch (condition->kind) {
    case NODE_OR:
        for (const Node *operand = first; operand; operand = operand->next)
            if (!allow_all(allowed, arena, operand, name))
                return false;
        return true;
    case NODE_EQ:
        return is_of(first, name) ? allow(allowed, first->next) : is_of(first->next, name) && allow(allowed, first);
    case NODE_IN:
        if (!is_of(first, name))
            return false;
        for (const Node *value = first->next; value; value = value->next)
            if (!allow(allowed, value))
                return false;
        return true;
    default:
        return false;
    }
}

size_t values_allowed(Arena *arena, const Node *condition, Bytes name, const Value ***ret_values)
{
    Allowed counted = {0}, allowed = {0};
    if (!allow_all(&counted, arena, condition, name))
        return 0;
    allowed.capacity = counted.len;
    allowed.values = arena_new_array(arena, const Value *, counted.len);
    (void)allow_all(&allowed, arena, condition, name);
    *ret_values = allowed.values;
    return allowed.len;
}

Status key_value_check(Call *call, const KeyAttribute *key, const Value *value)
{
    if (value->kind != key->kind)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Key attribute's data type should match its data type in table's schema: Key " BYTES_FMT,
                    BYTES_ARG(key->name));
    return OK;
}
