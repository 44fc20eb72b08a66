/* evaluate.c - what an expression says of an item. */
#include "expression.h"

const Value *path_find(const Item *item, const Path *path)
{
    const Value *value = item_get(item, path->steps[0].name);
    for (size_t i = 1; i < path->len && value; i++) {
        const PathStep *step = &path->steps[i];
        if (present(step->name))
            value = value->kind == VALUE_M ? item_get(AS_ITEM(&value->m), step->name) : NULL;
        else
            value = value->kind == VALUE_L && step->index < value->l.len ? &value->l.items[step->index] : NULL;
    }
    return value;
}

/* aws: size: length of texts, count of members; nothing else has one */
static const Value *measure(Arena *arena, const Value *value)
{
    size_t size;
    if (!value)
        return NULL;
    switch (value->kind) {
    case VALUE_S:
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

const Value *operand_value(Arena *arena, const Item *item, const Node *node)
{
    switch (node->kind) {
    case NODE_PATH:
        return path_find(item, node->path);
    case NODE_VALUE:
        return node->value;
    case NODE_SIZE:
        return measure(arena, operand_value(arena, item, node->first));
    default:
        return NULL;
    }
}

static bool begins_with(const Value *value, const Value *prefix)
{
    return value->kind == prefix->kind && (value->kind == VALUE_S || value->kind == VALUE_B) &&
           bytes_starts_with(value->s, prefix->s);
}

static bool contains(const Value *value, const Value *wanted)
{
    switch (value->kind) {
    case VALUE_S:
    case VALUE_B:
        return wanted->kind == value->kind &&
               (!wanted->s.len || memmem(value->s.ptr, value->s.len, wanted->s.ptr, wanted->s.len));
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return wanted->kind == value->kind - VALUE_SS + VALUE_S &&
               list_of_bytes_has(value->ss.items, value->ss.len, wanted->s);
    case VALUE_L:
        for (size_t i = 0; i < value->l.len; i++)
            if (value_equal(&value->l.items[i], wanted))
                return true;
        return false;
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

static bool is_one_of(Arena *arena, const Item *item, const Value *value, const Node *operands)
{
    for (const Node *operand = operands; operand; operand = operand->next) {
        const Value *other = operand_value(arena, item, operand);
        if (other && value_equal(value, other))
            return true;
    }
    return false;
}

/* All of them need their first operand; a missing one makes only "<>" true. */
static bool holds_of_values(Arena *arena, const Item *item, const Node *node)
{
    const Value *value = operand_value(arena, item, node->first);
    const Value *other = node->first->next ? operand_value(arena, item, node->first->next) : NULL;
    switch (node->kind) {
    case NODE_ATTRIBUTE_EXISTS:
        return value != NULL;
    case NODE_ATTRIBUTE_NOT_EXISTS:
        return value == NULL;
    case NODE_IN:
        return value && is_one_of(arena, item, value, node->first->next);
    default:
        break;
    }
    if (!value || !other)
        return node->kind == NODE_NE;
    switch (node->kind) {
    case NODE_EQ:
        return value_equal(value, other);
    case NODE_NE:
        return !value_equal(value, other);
    case NODE_ATTRIBUTE_TYPE:
        return other->kind == VALUE_S && value->kind == value_kind_of(other->s);
    case NODE_BEGINS_WITH:
        return begins_with(value, other);
    case NODE_CONTAINS:
        return contains(value, other);
    case NODE_BETWEEN: {
        const Value *high = operand_value(arena, item, node->first->next->next);
        return high && ordered(NODE_GE, value, other) && ordered(NODE_LE, value, high);
    }
    default:
        return ordered(node->kind, value, other);
    }
}

bool condition_holds(Arena *arena, const Item *item, const Node *condition)
{
    switch (condition->kind) {
    case NODE_AND:
        return condition_holds(arena, item, condition->first) && condition_holds(arena, item, condition->first->next);
    case NODE_OR:
        return condition_holds(arena, item, condition->first) || condition_holds(arena, item, condition->first->next);
    case NODE_NOT:
        return !condition_holds(arena, item, condition->first);
    default:
        return holds_of_values(arena, item, condition);
    }
}

/* Those paths that go on with a step, one step shorter. *ret_whole: one of them ends here. */
static const Path *paths_below(Arena *arena, const Path *paths, const PathStep *step, bool *ret_whole)
{
    Path *below = NULL;
    for (const Path *path = paths; path; path = path->next) {
        if (!bytes_equal(path->steps[0].name, step->name) || path->steps[0].index != step->index ||
            present(path->steps[0].name) != present(step->name))
            continue;
        if (path->len == 1)
            *ret_whole = true;
        Path *shorter = arena_new_of(arena, Path);
        *shorter = (Path){path->steps + 1, path->len - 1, below};
        below = shorter;
    }
    return below;
}

static bool project_value(Arena *arena, const Value *value, const Path *paths, Value *ret);

static bool project_member(Arena *arena, const Value *value, const Path *paths, PathStep step, Value *ret)
{
    bool is_whole = false;
    const Path *below = paths_below(arena, paths, &step, &is_whole);
    if (is_whole)
        *ret = *value;
    return is_whole || (below && project_value(arena, value, below, ret));
}

static bool project_value(Arena *arena, const Value *value, const Path *paths, Value *ret)
{
    *ret = (Value){.kind = value->kind};
    if (value->kind == VALUE_M) {
        *AS_ITEM(&ret->m) = item_project(arena, AS_ITEM(&value->m), paths);
        return ret->m.len;
    }
    if (value->kind != VALUE_L)
        return false;
    ret->l.items = arena_new_array(arena, Value, value->l.len);
    for (size_t i = 0; i < value->l.len; i++)
        if (project_member(arena, &value->l.items[i], paths, (PathStep){.index = i}, &ret->l.items[ret->l.len]))
            ret->l.len++;
    return ret->l.len;
}

Item item_project(Arena *arena, const Item *item, const Path *paths)
{
    Item projected = {arena_new_array(arena, Attribute, item->len), 0};
    for (size_t i = 0; i < item->len; i++) {
        Attribute *attribute = &projected.items[projected.len];
        if (project_member(arena, &item->items[i].value, paths, (PathStep){.name = item->items[i].key},
                           &attribute->value)) {
            attribute->key = item->items[i].key;
            projected.len++;
        }
    }
    return projected;
}
