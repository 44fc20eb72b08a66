/* update.c - what an UpdateExpression, or AttributeUpdates, make of an item.
 * aws: API reference, UpdateItem: all operands are those of the item as it was before. */
#include "expression.h"

#define VALUE_REMOVED VALUE_NONE /* a list's member until the gaps are closed */

static Status wrong_type(Call *call)
{
    return fail(call, &DYNAMODB_VALIDATION, "An operand in the update expression has an incorrect data type");
}

static Status wrong_path(Call *call)
{
    return fail(call, &DYNAMODB_VALIDATION,
                "The document path provided in the update expression is invalid for update");
}

static Status add_numbers(Call *call, Bytes a, Bytes b, bool subtracts, Value *ret)
{
    Number one, other, sum = {0};
    TRY(number_check(call, number_parse(a, &one), a));
    TRY(number_check(call, number_parse(b, &other), b));
    if (subtracts)
        other = number_negated(&other);
    TRY(number_check(call, number_add(&one, &other, &sum), a));
    *ret = (Value){.kind = VALUE_N, .n = number_text(call->arena, &sum)};
    return OK;
}

static Status evaluate(Call *call, const Item *item, const Node *node, Value *ret);

static Status append_lists(Call *call, const Value *a, const Value *b, Value *ret)
{
    if (a->kind != VALUE_L || b->kind != VALUE_L)
        return wrong_type(call);
    *ret =
        (Value){.kind = VALUE_L, .l = {arena_new_array(call->arena, Value, a->l.len + b->l.len), a->l.len + b->l.len}};
    if (a->l.len)
        memcpy(ret->l.items, a->l.items, a->l.len * sizeof *a->l.items);
    if (b->l.len)
        memcpy(ret->l.items + a->l.len, b->l.items, b->l.len * sizeof *b->l.items);
    return OK;
}

static Status evaluate_two(Call *call, const Item *item, const Node *node, Value *ret)
{
    Value first, second;
    TRY(evaluate(call, item, node->first, &first));
    TRY(evaluate(call, item, node->first->next, &second));
    if (node->kind == NODE_LIST_APPEND)
        return append_lists(call, &first, &second, ret);
    if (first.kind != VALUE_N || second.kind != VALUE_N)
        return wrong_type(call);
    return add_numbers(call, first.n, second.n, node->kind == NODE_MINUS, ret);
}

static Status evaluate(Call *call, const Item *item, const Node *node, Value *ret)
{
    const Value *found;
    switch (node->kind) {
    case NODE_IF_NOT_EXISTS:
        found = path_find(item, node->first->path);
        if (!found)
            return evaluate(call, item, node->first->next, ret);
        *ret = value_clone(call->arena, found);
        return OK;
    case NODE_PLUS:
    case NODE_MINUS:
    case NODE_LIST_APPEND:
        return evaluate_two(call, item, node, ret);
    default:
        found = operand_value(call->arena, item, node);
        if (!found)
            return fail(call, &DYNAMODB_VALIDATION,
                        "The provided expression refers to an attribute that does not exist in the item");
        *ret = value_clone(call->arena, found);
        return OK;
    }
}

/* The value that holds the path's last step; NULL with an attribute of the item itself. */
static Status find_parent(Call *call, const Item *item, const Path *path, Value **ret_parent)
{
    Path above = {path->steps, path->len - 1, NULL};
    *ret_parent = NULL;
    if (path->len == 1)
        return OK;
    *ret_parent = (Value *)(uintptr_t)path_find(item, &above); /* the item is ours to change: item_update cloned it */
    const PathStep *last = &path->steps[path->len - 1];
    int wanted = present(last->name) ? VALUE_M : VALUE_L;
    return *ret_parent && (*ret_parent)->kind == wanted ? OK : wrong_path(call);
}

/* aws: an index beyond the end appends */
static void list_put(Arena *arena, DynamodbListAttributeValue *list, size_t index, Value value)
{
    if (index < list->len) {
        list->items[index] = value;
        return;
    }
    Value *grown = arena_new_array(arena, Value, list->len + 1);
    if (list->len)
        memcpy(grown, list->items, list->len * sizeof *grown);
    grown[list->len++] = value;
    list->items = grown;
}

static Status put_at(Call *call, Item *item, const Path *path, Value value)
{
    const PathStep *last = &path->steps[path->len - 1];
    Value *parent;
    TRY(find_parent(call, item, path, &parent));
    if (!parent)
        item_set(call->arena, item, last->name, value);
    else if (parent->kind == VALUE_M)
        item_set(call->arena, AS_ITEM(&parent->m), last->name, value);
    else
        list_put(call->arena, &parent->l, last->index, value);
    return OK;
}

static Status remove_at(Call *call, Item *item, const Path *path)
{
    const PathStep *last = &path->steps[path->len - 1];
    Value *parent;
    TRY(find_parent(call, item, path, &parent));
    if (!parent)
        item_remove(item, last->name);
    else if (parent->kind == VALUE_M)
        item_remove(AS_ITEM(&parent->m), last->name);
    else if (last->index < parent->l.len)
        parent->l.items[last->index].kind = VALUE_REMOVED;
    return OK;
}

static void close_gaps(Value *value)
{
    size_t kept = 0;
    if (value->kind == VALUE_M)
        for (size_t i = 0; i < value->m.len; i++)
            close_gaps(&AS_ITEM(&value->m)->items[i].value);
    if (value->kind != VALUE_L)
        return;
    for (size_t i = 0; i < value->l.len; i++) {
        close_gaps(&value->l.items[i]);
        if (value->l.items[i].kind != VALUE_REMOVED)
            value->l.items[kept++] = value->l.items[i];
    }
    value->l.len = kept;
}

/* All of one set and those of the other that it has not; or, subtracting, all that the other has not. */
static Value combine_sets(Arena *arena, const Value *set, const Value *other, bool subtracts)
{
    Value result = {.kind = set->kind};
    result.ss.items = arena_new_array(arena, Bytes, set->ss.len + other->ss.len);
    for (size_t i = 0; i < set->ss.len; i++)
        if (!subtracts || !list_of_bytes_has(other->ss.items, other->ss.len, set->ss.items[i]))
            result.ss.items[result.ss.len++] = set->ss.items[i];
    for (size_t i = 0; i < other->ss.len && !subtracts; i++)
        if (!list_of_bytes_has(set->ss.items, set->ss.len, other->ss.items[i]))
            result.ss.items[result.ss.len++] = other->ss.items[i];
    return result;
}

static Status apply_add(Call *call, const Item *before, Item *item, const Action *action)
{
    const Value *there = path_find(before, action->path), *more = action->operand->value;
    Value sum;
    if (!there)
        return put_at(call, item, action->path, value_clone(call->arena, more));
    if (there->kind != more->kind)
        return wrong_type(call);
    if (there->kind == VALUE_N)
        TRY(add_numbers(call, there->n, more->n, false, &sum));
    else if (there->kind == VALUE_L)
        TRY(append_lists(call, there, more, &sum));
    else
        sum = combine_sets(call->arena, there, more, false);
    return put_at(call, item, action->path, sum);
}

static Status apply_delete(Call *call, const Item *before, Item *item, const Action *action)
{
    const Value *there = path_find(before, action->path), *less = action->operand->value;
    if (!there)
        return OK;
    if (there->kind != less->kind)
        return wrong_type(call);
    Value rest = combine_sets(call->arena, there, less, true);
    return rest.ss.len ? put_at(call, item, action->path, rest) : remove_at(call, item, action->path);
}

static Status apply(Call *call, const Item *before, Item *item, const Action *action)
{
    Value value;
    switch (action->kind) {
    case ACTION_SET:
        TRY(evaluate(call, before, action->operand, &value));
        return put_at(call, item, action->path, value);
    case ACTION_REMOVE:
        return remove_at(call, item, action->path);
    case ACTION_ADD:
        return apply_add(call, before, item, action);
    default:
        return apply_delete(call, before, item, action);
    }
}

Status item_update(Call *call, const Item *item, const Action *actions, Item *ret_item)
{
    Item after = item_clone(call->arena, item);
    for (int kind = 0; kind < ACTION_KINDS; kind++)
        for (const Action *action = actions; action; action = action->next)
            if ((int)action->kind == kind)
                TRY(apply(call, item, &after, action));
    for (size_t i = 0; i < after.len; i++)
        close_gaps(&after.items[i].value);
    *ret_item = after;
    return OK;
}
