/* key_condition.c */
#include "key_condition.h"
#include "budget.h"

static Status refuse_operator(Call *call, NodeKind kind)
{
    return fail(call, &DYNAMODB_VALIDATION, "Invalid operator used in KeyConditionExpression: %s",
                node_operator_name(kind));
}

/* `:v < a` says `a > :v`. */
static NodeKind mirrored(NodeKind kind)
{
    switch (kind) {
    case NODE_LT:
        return NODE_GT;
    case NODE_LE:
        return NODE_GE;
    case NODE_GT:
        return NODE_LT;
    case NODE_GE:
        return NODE_LE;
    default:
        return kind;
    }
}

static Status read_comparison(Call *call, const Node *node, KeyComparison *ret)
{
    const Node *first = node->first, *second = first->next;
    bool is_mirrored = first->kind == NODE_VALUE && second->kind == NODE_PATH && node->kind != NODE_BETWEEN &&
                       node->kind != NODE_BEGINS_WITH;
    const Node *path = is_mirrored ? second : first, *value = is_mirrored ? first : second;
    if (path->kind == NODE_SIZE || value->kind == NODE_SIZE)
        return fail(call, &DYNAMODB_VALIDATION, "KeyConditionExpressions cannot contain nested operations");
    if (path->kind != NODE_PATH)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid condition in KeyConditionExpression: No key attribute specified");
    if (path->path->len > 1)
        return fail(call, &DYNAMODB_VALIDATION, "KeyConditionExpressions cannot have conditions on nested attributes");
    if (value->kind != NODE_VALUE || (value->next && !is_mirrored && value->next->kind != NODE_VALUE))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
    *ret = (KeyComparison){is_mirrored ? mirrored(node->kind) : node->kind, path->path->steps[0].name, value->value,
                           node->kind == NODE_BETWEEN ? value->next->value : NULL};
    return OK;
}

/* Of one attribute there is one condition. */
static Status add_comparison(Call *call, const Node *node, KeyComparisons *all)
{
    KeyComparison comparison;
    TRY(read_comparison(call, node, &comparison));
    for (size_t i = 0; i < all->len && i < KEY_COMPARISONS_MAX; i++)
        if (bytes_equal(all->items[i].attribute, comparison.attribute))
            return fail(
                call, &DYNAMODB_VALIDATION,
                "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key");
    if (all->len < KEY_COMPARISONS_MAX)
        all->items[all->len] = comparison;
    all->len++;
    return OK;
}

Status key_condition_read(Call *call, const Node *node, KeyComparisons *all)
{
    switch (node->kind) {
    case NODE_AND:
        budget_descend(call->arena);
        for (const Node *operand = node->first; operand; operand = operand->next)
            TRY(key_condition_read(call, operand, all));
        return OK;
    case NODE_EQ:
    case NODE_LT:
    case NODE_LE:
    case NODE_GT:
    case NODE_GE:
    case NODE_BETWEEN:
    case NODE_BEGINS_WITH:
        return add_comparison(call, node, all);
    default:
        return refuse_operator(call, node->kind);
    }
}

static Status check_type(Call *call, const KeyAttribute *key, const KeyComparison *comparison)
{
    const Value *value = comparison->value, *high = comparison->high;
    if (value->kind != key->kind || (high && high->kind != key->kind) ||
        (comparison->kind == NODE_BEGINS_WITH && key->kind == VALUE_N))
        return fail(call, &DYNAMODB_VALIDATION,
                    "One or more parameter values were invalid: Condition parameter type does not match schema type");
    if (key->kind != VALUE_N && !value->s.len)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: " BYTES_FMT,
            key->kind == VALUE_S ? "string" : "binary", BYTES_ARG(key->name));
    return OK;
}

static Bytes joined(Arena *arena, Bytes a, Bytes b)
{
    char *both = arena_take_raw(arena, a.len + b.len);
    memcpy(mempcpy(both, a.ptr, a.len), b.ptr, b.len);
    return (Bytes){both, a.len + b.len};
}

/* before: the values of range attributes that stand before this one. */
static void bound_range(Arena *arena, Bytes before, const KeyComparison *comparison, KeyCondition *ret)
{
    Bytes at = comparison->kind == NODE_BEGINS_WITH ? key_prefix(arena, comparison->value)
                                                    : key_value(arena, comparison->value);
    at = joined(arena, before, at);
    /* What stands behind a value in an index's range (the item's own key) belongs to that value still. */
    Bytes above = key_above(arena, at), kind_begin = {at.ptr, before.len + 1}, kind_end = key_above(arena, kind_begin);
    bool from_lowest = comparison->kind == NODE_LT || comparison->kind == NODE_LE;
    bool to_highest = comparison->kind == NODE_GT || comparison->kind == NODE_GE;
    ret->range_from = from_lowest ? kind_begin : comparison->kind == NODE_GT ? above : at;
    ret->range_to = to_highest ? kind_end : comparison->kind == NODE_LT ? at : above;
    if (comparison->kind == NODE_BETWEEN)
        ret->range_to = key_above(arena, joined(arena, before, key_value(arena, comparison->high)));
}

/* The comparisons of a key's attributes, by their places; NULL: none. */
typedef struct Placed {
    const KeyComparison *hashes[KEY_ATTRIBUTES_MAX], *ranges[KEY_ATTRIBUTES_MAX];
    bool has_other; /* of what is no key */
} Placed;

static Placed placed(const Keys *keys, const KeyComparison each[], size_t len)
{
    Placed placed = {.has_other = false};
    for (size_t i = 0; i < len; i++) {
        bool is_found = false;
        for (size_t at = 0; at < KEY_ATTRIBUTES_MAX && !is_found; at++) {
            bool is_hash = present(keys->hashes[at].name) && bytes_equal(each[i].attribute, keys->hashes[at].name);
            bool is_range = present(keys->ranges[at].name) && bytes_equal(each[i].attribute, keys->ranges[at].name);
            is_found = is_hash || is_range;
            if (is_found)
                *(is_hash ? &placed.hashes[at] : &placed.ranges[at]) = &each[i];
        }
        placed.has_other |= !is_found;
    }
    return placed;
}

static Status check_hashes(Call *call, const Keys *keys, const Placed *placed)
{
    size_t hashes = key_attributes_count(keys->hashes), ranges = key_attributes_count(keys->ranges);
    const KeyAttribute *missed = NULL;
    for (size_t at = ranges; at-- && placed->has_other;)
        missed = placed->ranges[at] ? missed : &keys->ranges[at];
    if (placed->has_other && !missed)
        missed = &keys->hash;
    for (size_t at = hashes; at--;)
        missed = placed->hashes[at] ? missed : &keys->hashes[at];
    if (missed)
        return fail(call, &DYNAMODB_VALIDATION, "Query condition missed key schema element: " BYTES_FMT,
                    BYTES_ARG(missed->name));
    for (size_t at = 0; at < hashes; at++)
        if (placed->hashes[at]->kind != NODE_EQ)
            return fail(call, &DYNAMODB_VALIDATION, "Query key condition not supported");
    for (size_t at = 0; at < hashes; at++)
        TRY(check_type(call, &keys->hashes[at], placed->hashes[at]));
    return OK;
}

/* aws: Developer Guide, Multi-attribute keys pattern: from left to right, without a gap, and only the last one may be
 * other than equal. The words: github.com/paritysuite/dynamodb-conformance, multiAttributeGsiKey. */
static Status check_ranges(Call *call, const Keys *keys, const Placed *placed, size_t last)
{
    Bytes loose[KEY_ATTRIBUTES_MAX];
    size_t count = 0;
    for (size_t at = 0; at < last; at++)
        if (!placed->ranges[at] || placed->ranges[at]->kind != NODE_EQ)
            loose[count++] = keys->ranges[at].name;
    if (count)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "RANGE key attributes " BYTES_FMT
            " must have equality conditions specified in the query because a condition is present on key attribute " BYTES_FMT,
            BYTES_ARG(names_listed(call->arena, loose, count, sizeof *loose)), BYTES_ARG(keys->ranges[last].name));
    for (size_t at = 0; at <= last; at++)
        TRY(check_type(call, &keys->ranges[at], placed->ranges[at]));
    return OK;
}

static Status find_range(Call *call, const Keys *keys, const Placed *placed, KeyCondition *ret)
{
    Bytes before = KEY_LOWEST;
    size_t count = key_attributes_count(keys->ranges);
    while (count && !placed->ranges[count - 1])
        count--;
    if (!count)
        return OK;
    TRY(check_ranges(call, keys, placed, count - 1));
    for (size_t at = 0; at + 1 < count; at++)
        before = joined(call->arena, before, key_value(call->arena, placed->ranges[at]->value));
    bound_range(call->arena, before, placed->ranges[count - 1], ret);
    return OK;
}

static Bytes hash_of(Arena *arena, const Keys *keys, const Placed *placed)
{
    const Value *values[KEY_ATTRIBUTES_MAX];
    size_t count = key_attributes_count(keys->hashes);
    for (size_t at = 0; at < count; at++)
        values[at] = placed->hashes[at]->value;
    return key_hash_of_all(arena, values, count);
}

Status key_condition_of(Call *call, const Keys *keys, const KeyComparisons *comparisons, KeyCondition *ret)
{
    size_t schema = key_attributes_count(keys->hashes) + key_attributes_count(keys->ranges);
    if (comparisons->len > 2 && comparisons->len > schema)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The number of query conditions (%zu) exceeds the number of key attributes defined in the schema (%zu)",
            comparisons->len, schema);
    Placed by_key = placed(keys, comparisons->items, comparisons->len);
    TRY(check_hashes(call, keys, &by_key));
    *ret = (KeyCondition){hash_of(call->arena, keys, &by_key), KEY_LOWEST, KEY_HIGHEST};
    return find_range(call, keys, &by_key, ret);
}

Status filter_check_keys(Call *call, const Keys *keys, const Node *filter, bool is_legacy)
{
    if (!filter)
        return OK;
    if (filter->kind == NODE_PATH && keys_have(keys, filter->path->steps[0].name))
        return fail(
            call, &DYNAMODB_VALIDATION,
            is_legacy
                ? "QueryFilter can only contain non-primary key attributes: Primary key attribute: " BYTES_FMT
                : "Filter Expression can only contain non-primary key attributes: Primary key attribute: " BYTES_FMT,
            BYTES_ARG(filter->path->steps[0].name));
    budget_descend(call->arena);
    for (const Node *operand = filter->first; operand; operand = operand->next)
        TRY(filter_check_keys(call, keys, operand, is_legacy));
    return OK;
}
