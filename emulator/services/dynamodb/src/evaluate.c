/* evaluate.c - what an expression says of an item. */
#include "budget.h"
#include "expression.h"

const Value *path_find(Lookup *lookup, const Item *item, const Path *path)
{
    const Value *value = lookup_member(lookup, item, path->steps[0].name);
    for (size_t i = 1; i < path->len && value; i++) {
        const PathStep *step = &path->steps[i];
        if (present(step->name))
            value = value->kind == VALUE_M ? lookup_member(lookup, AS_ITEM(&value->m), step->name) : NULL;
        else
            value = value->kind == VALUE_L && step->index < value->l.len ? &value->l.items[step->index] : NULL;
    }
    return value;
}

#define BYTES_OF_STEP 128 /* searched, counted or compared in the time of one step of a budget */

/* aws: size: length of texts, count of members; nothing else has one */
static const Value *measure(Arena *arena, const Value *value)
{
    size_t size;
    if (!value)
        return NULL;
    switch (value->kind) {
    case VALUE_S:
        budget_work(arena, value->s.len / BYTES_OF_STEP);
        size = bytes_utf8_length(value->s);
        break;
    case VALUE_B:
        size = value->b.len;
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        size = value->ss.len;
        break;
    case VALUE_L:
        size = value->l.len;
        break;
    case VALUE_M:
        size = value->m.len;
        break;
    default:
        return NULL;
    }
    Value *number = arena_new_of(arena, Value);
    number->kind = VALUE_N;
    number->n = arena_text(arena, "%zu", size);
    return number;
}

const Value *operand_value(Lookup *lookup, const Item *item, const Node *node)
{
    switch (node->kind) {
    case NODE_PATH:
        return path_find(lookup, item, node->path);
    case NODE_VALUE:
        return node->value;
    case NODE_SIZE:
        return measure(lookup->arena, operand_value(lookup, item, node->first));
    default:
        return NULL;
    }
}

static bool begins_with(const Value *value, const Value *prefix)
{
    return value->kind == prefix->kind && (value->kind == VALUE_S || value->kind == VALUE_B) &&
           bytes_starts_with(value->s, prefix->s);
}

static bool contains(Lookup *lookup, const Value *value, const Value *wanted)
{
    switch (value->kind) {
    case VALUE_S:
    case VALUE_B:
        budget_work(lookup->arena, value->s.len / BYTES_OF_STEP);
        return wanted->kind == value->kind &&
               (!wanted->s.len || memmem(value->s.ptr, value->s.len, wanted->s.ptr, wanted->s.len));
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        return lookup_contains(lookup, value, wanted);
    default:
        return false;
    }
}

static bool ordered(NodeKind kind, const Value *a, const Value *b)
{
    int order;
    if (!value_order(a, b, &order))
        return false;
    switch (kind) {
    case NODE_LT:
        return order < 0;
    case NODE_LE:
        return order <= 0;
    case NODE_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool is_one_of(Lookup *lookup, const Item *item, const Value *value, const Node *operands)
{
    for (const Node *operand = operands; operand; operand = operand->next) {
        const Value *other = operand_value(lookup, item, operand);
        if (other && lookup_equal(lookup, value, other))
            return true;
    }
    return false;
}

/* All of them need their first operand; a missing one makes only "<>" true. */
static bool holds_of_values(Lookup *lookup, const Item *item, const Node *node)
{
    const Value *value = operand_value(lookup, item, node->first);
    const Value *other = node->first->next ? operand_value(lookup, item, node->first->next) : NULL;
    switch (node->kind) {
    case NODE_ATTRIBUTE_EXISTS:
        return value != NULL;
    case NODE_ATTRIBUTE_NOT_EXISTS:
        return value == NULL;
    case NODE_IN:
        return value && is_one_of(lookup, item, value, node->first->next);
    default:
        break;
    }
    if (!value || !other)
        return node->kind == NODE_NE;
    switch (node->kind) {
    case NODE_EQ:
        return lookup_equal(lookup, value, other);
    case NODE_NE:
        return !lookup_equal(lookup, value, other);
    case NODE_ATTRIBUTE_TYPE:
        return other->kind == VALUE_S && value->kind == value_kind_of(other->s);
    case NODE_BEGINS_WITH:
        return begins_with(value, other);
    case NODE_CONTAINS:
        return contains(lookup, value, other);
    case NODE_BETWEEN: {
        const Value *high = operand_value(lookup, item, node->first->next->next);
        return high && ordered(NODE_GE, value, other) && ordered(NODE_LE, value, high);
    }
    default:
        return ordered(node->kind, value, other);
    }
}

/* AND and OR have any number of operands: the older parameters join thousands. */
static bool holds(Lookup *lookup, const Item *item, const Node *condition)
{
    bool is_and = condition->kind == NODE_AND;
    budget_work(lookup->arena, 1);
    switch (condition->kind) {
    case NODE_AND:
    case NODE_OR:
        budget_descend(lookup->arena);
        for (const Node *operand = condition->first; operand; operand = operand->next)
            if (holds(lookup, item, operand) != is_and)
                return !is_and;
        return is_and;
    case NODE_NOT:
        budget_descend(lookup->arena);
        return !holds(lookup, item, condition->first);
    default:
        return holds_of_values(lookup, item, condition);
    }
}

bool condition_holds(Arena *arena, const Item *item, const Node *condition)
{
    Lookup lookup = {.arena = arena};
    return holds(&lookup, item, condition);
}
