/* key_condition.c */
#include "key_condition.h"
#include "budget.h"

/* At most two comparisons, of hash and range in either order. */
typedef struct Comparisons {
    const Node *items[2];
    size_t len;
} Comparisons;

static Status refuse_operator(Call *call, NodeKind kind)
{
    return fail(call, &DYNAMODB_VALIDATION, "Invalid operator used in KeyConditionExpression: %s",
                node_operator_name(kind));
}

static Status collect(Call *call, const Node *node, Comparisons *comparisons)
{
    switch (node->kind) {
    case NODE_AND:
        budget_descend(call->arena);
        for (const Node *operand = node->first; operand; operand = operand->next)
            TRY(collect(call, operand, comparisons));
        return OK;
    case NODE_EQ:
    case NODE_LT:
    case NODE_LE:
    case NODE_GT:
    case NODE_GE:
    case NODE_BETWEEN:
    case NODE_BEGINS_WITH:
        if (comparisons->len == 2)
            return fail(call, &DYNAMODB_VALIDATION, "Conditions can be of length 1 or 2 only");
        comparisons->items[comparisons->len++] = node;
        return OK;
    default:
        return refuse_operator(call, node->kind);
    }
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

typedef struct Comparison {
    NodeKind kind;
    Bytes attribute;
    const Value *value, *high; /* high: of BETWEEN */
} Comparison;

static Status read_comparison(Call *call, const Node *node, Comparison *ret)
{
    const Node *first = node->first, *second = first->next;
    bool is_mirrored = first->kind == NODE_VALUE && second->kind == NODE_PATH && node->kind != NODE_BETWEEN &&
                       node->kind != NODE_BEGINS_WITH;
    const Node *path = is_mirrored ? second : first, *value = is_mirrored ? first : second;
    if (path->kind == NODE_SIZE || value->kind == NODE_SIZE)
        return refuse_operator(call, NODE_SIZE);
    if (path->kind != NODE_PATH)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid condition in KeyConditionExpression: No key attribute specified");
    if (path->path->len > 1)
        return fail(call, &DYNAMODB_VALIDATION, "KeyConditionExpressions cannot have conditions on nested attributes");
    if (value->kind != NODE_VALUE || (value->next && !is_mirrored && value->next->kind != NODE_VALUE))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
    *ret = (Comparison){is_mirrored ? mirrored(node->kind) : node->kind, path->path->steps[0].name, value->value,
                        node->kind == NODE_BETWEEN ? value->next->value : NULL};
    return OK;
}

static Status check_type(Call *call, const KeyAttribute *key, const Comparison *comparison)
{
    const Value *value = comparison->value, *high = comparison->high;
    if (value->kind != key->kind || (high && high->kind != key->kind) ||
        (comparison->kind == NODE_BEGINS_WITH && key->kind == VALUE_N))
        return fail(call, &DYNAMODB_VALIDATION,
                    "One or more parameter values were invalid: Condition parameter type does not match schema type");
    if (key->kind != VALUE_N && !value->s.len && comparison->kind != NODE_BEGINS_WITH)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: " BYTES_FMT,
            key->kind == VALUE_S ? "string" : "binary", BYTES_ARG(key->name));
    return OK;
}

static void bound_range(Arena *arena, const Comparison *comparison, KeyCondition *ret)
{
    Bytes at = comparison->kind == NODE_BEGINS_WITH ? key_prefix(arena, comparison->value)
                                                    : key_value(arena, comparison->value);
    /* What stands behind a value in an index's range (the item's own key) belongs to that value still. */
    Bytes above = key_above(arena, at), kind_begin = {at.ptr, 1}, kind_end = key_above(arena, kind_begin);
    bool from_lowest = comparison->kind == NODE_LT || comparison->kind == NODE_LE;
    bool to_highest = comparison->kind == NODE_GT || comparison->kind == NODE_GE;
    ret->range_from = from_lowest ? kind_begin : comparison->kind == NODE_GT ? above : at;
    ret->range_to = to_highest ? kind_end : comparison->kind == NODE_LT ? at : above;
    if (comparison->kind == NODE_BETWEEN)
        ret->range_to = key_above(arena, key_value(arena, comparison->high));
}

Status key_condition_of(Call *call, const Keys *keys, const Node *condition, KeyCondition *ret)
{
    Comparisons comparisons = {.len = 0};
    Comparison each[2], *hash = NULL, *range = NULL;
    TRY(collect(call, condition, &comparisons));
    for (size_t i = 0; i < comparisons.len; i++) {
        TRY(read_comparison(call, comparisons.items[i], &each[i]));
        if (i && bytes_equal(each[0].attribute, each[1].attribute))
            return fail(call, &DYNAMODB_VALIDATION, "KeyConditionExpressions must only contain one condition per key");
        if (bytes_equal(each[i].attribute, keys->hash.name))
            hash = &each[i];
        else if (has_range(keys) && bytes_equal(each[i].attribute, keys->range.name))
            range = &each[i];
    }
    if (!hash || (comparisons.len == 2 && !range))
        return fail(call, &DYNAMODB_VALIDATION, "Query condition missed key schema element: " BYTES_FMT,
                    BYTES_ARG(hash && has_range(keys) ? keys->range.name : keys->hash.name));
    if (hash->kind != NODE_EQ)
        return fail(call, &DYNAMODB_VALIDATION, "Query key condition not supported");
    TRY(check_type(call, &keys->hash, hash));
    *ret = (KeyCondition){key_hash(call->arena, hash->value), KEY_LOWEST, KEY_HIGHEST};
    if (range) {
        TRY(check_type(call, &keys->range, range));
        bound_range(call->arena, range, ret);
    }
    return OK;
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
