/* expression_check.c - what no expression may say, whatever the item: literals of the wrong type, paths in each other's
 * way. */
#include "budget.h"
#include "expression.h"
#include <stdio.h>

static const char *const operator_names[] = {
    [NODE_EQ] = "=",
    [NODE_NE] = "<>",
    [NODE_LT] = "<",
    [NODE_LE] = "<=",
    [NODE_GT] = ">",
    [NODE_GE] = ">=",
    [NODE_BETWEEN] = "BETWEEN",
    [NODE_IN] = "IN",
    [NODE_AND] = "AND",
    [NODE_OR] = "OR",
    [NODE_NOT] = "NOT",
    [NODE_PLUS] = "+",
    [NODE_MINUS] = "-",
    [NODE_ATTRIBUTE_EXISTS] = "attribute_exists",
    [NODE_ATTRIBUTE_NOT_EXISTS] = "attribute_not_exists",
    [NODE_ATTRIBUTE_TYPE] = "attribute_type",
    [NODE_BEGINS_WITH] = "begins_with",
    [NODE_CONTAINS] = "contains",
    [NODE_SIZE] = "size",
    [NODE_IF_NOT_EXISTS] = "if_not_exists",
    [NODE_LIST_APPEND] = "list_append",
    [NODE_SET_ADD] = "set_add",
    [NODE_SET_DELETE] = "set_delete",
};

const char *node_operator_name(NodeKind kind)
{
    return operator_names[kind];
}

#define KIND_BIT(kind)   (1u << (kind))
#define ORDERED_KINDS    (KIND_BIT(VALUE_S) | KIND_BIT(VALUE_N) | KIND_BIT(VALUE_B))
#define PREFIX_KINDS     (KIND_BIT(VALUE_S) | KIND_BIT(VALUE_B))
#define SET_KINDS        (KIND_BIT(VALUE_SS) | KIND_BIT(VALUE_NS) | KIND_BIT(VALUE_BS))
#define MEASURABLE_KINDS (SET_KINDS | PREFIX_KINDS | KIND_BIT(VALUE_M) | KIND_BIT(VALUE_L))

/* A literal operand must be of these kinds; paths are known only with the item. */
static Status check_literal(Call *call, ExpressionKind kind, const Node *node, const Node *operand, unsigned allowed)
{
    if (operand->kind != NODE_VALUE || KIND_BIT(operand->value->kind) & allowed)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Invalid %s: Incorrect operand type for operator or function; operator or function: %s, operand type: %s",
        expression_title(kind), operator_names[node->kind], value_kind_name(operand->value->kind));
}

static Bytes literal_text(Arena *arena, const Value *value)
{
    const char *kind = value_kind_name(value->kind);
    return arena_text(arena, "AttributeValue: {%s:" BYTES_FMT "}", kind, BYTES_ARG(value->s));
}

static Status check_between(Call *call, ExpressionKind kind, const Node *node)
{
    const Node *low = node->first->next, *high = low->next;
    int order;
    TRY(check_literal(call, kind, node, low, ORDERED_KINDS));
    TRY(check_literal(call, kind, node, high, ORDERED_KINDS));
    if (low->kind != NODE_VALUE || high->kind != NODE_VALUE)
        return OK;
    Bytes low_text = literal_text(call->arena, low->value), high_text = literal_text(call->arena, high->value);
    if (!value_order(low->value, high->value, &order))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Invalid %s: The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: " BYTES_FMT
            ", upper bound operand: " BYTES_FMT,
            expression_title(kind), BYTES_ARG(low_text), BYTES_ARG(high_text));
    if (order > 0)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Invalid %s: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: " BYTES_FMT
            ", upper bound operand: " BYTES_FMT,
            expression_title(kind), BYTES_ARG(low_text), BYTES_ARG(high_text));
    return OK;
}

static Status check_attribute_type(Call *call, ExpressionKind kind, const Node *node)
{
    const Node *type = node->first->next;
    TRY(check_literal(call, kind, node, type, KIND_BIT(VALUE_S)));
    if (type->kind == NODE_VALUE && !value_kind_of(type->value->s))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid %s: Invalid attribute type name found; type: " BYTES_FMT
                    ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                    expression_title(kind), BYTES_ARG(type->value->s));
    return OK;
}

bool path_equal(const Path *a, const Path *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (!bytes_equal(a->steps[i].name, b->steps[i].name) || a->steps[i].index != b->steps[i].index)
            return false;
    return true;
}

/* aws: an attribute compared with itself says nothing */
static Status check_distinct(Call *call, ExpressionKind kind, const Node *node)
{
    const Node *first = node->first;
    for (const Node *other = first->next; other && first->kind == NODE_PATH; other = other->next)
        if (other->kind == NODE_PATH && path_equal(first->path, other->path))
            return fail(
                call, &DYNAMODB_VALIDATION,
                "Invalid %s: The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: " BYTES_FMT,
                expression_title(kind), operator_names[node->kind], BYTES_ARG(path_text(call->arena, first->path)));
    return OK;
}

static Status check_in(Call *call, ExpressionKind kind, const Node *node)
{
    int count = 0;
    for (const Node *at = node->first->next; at; at = at->next)
        count++;
    if (count > EXPRESSION_IN_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid %s: The IN operator is provided with too many operands; number of operands: %d",
                    expression_title(kind), count);
    return check_distinct(call, kind, node);
}

Status node_check_operands(Call *call, ExpressionKind kind, const Node *node)
{
    switch (node->kind) {
    case NODE_LT:
    case NODE_LE:
    case NODE_GT:
    case NODE_GE:
        TRY(check_literal(call, kind, node, node->first, ORDERED_KINDS));
        TRY(check_literal(call, kind, node, node->first->next, ORDERED_KINDS));
        return check_distinct(call, kind, node);
    case NODE_EQ:
    case NODE_NE:
    case NODE_CONTAINS:
        return check_distinct(call, kind, node);
    case NODE_BETWEEN:
        return check_between(call, kind, node);
    case NODE_IN:
        return check_in(call, kind, node);
    case NODE_BEGINS_WITH:
        TRY(check_literal(call, kind, node, node->first, PREFIX_KINDS));
        TRY(check_literal(call, kind, node, node->first->next, PREFIX_KINDS));
        return check_distinct(call, kind, node);
    case NODE_ATTRIBUTE_TYPE:
        return check_attribute_type(call, kind, node);
    case NODE_SIZE:
        return check_literal(call, kind, node, node->first, MEASURABLE_KINDS);
    case NODE_PLUS:
    case NODE_MINUS:
        TRY(check_literal(call, kind, node, node->first, KIND_BIT(VALUE_N)));
        return check_literal(call, kind, node, node->first->next, KIND_BIT(VALUE_N));
    case NODE_LIST_APPEND:
        TRY(check_literal(call, kind, node, node->first, KIND_BIT(VALUE_L)));
        return check_literal(call, kind, node, node->first->next, KIND_BIT(VALUE_L));
    default:
        return OK;
    }
}

/* Where a truth stands, and where a value does: size() is never the one, the other functions never the other. */
static bool is_truth(const Node *node)
{
    return node->kind >= NODE_EQ && node->kind <= NODE_CONTAINS && node->kind != NODE_PLUS && node->kind != NODE_MINUS;
}

static Status check_place(Call *call, ExpressionKind kind, const Node *node, bool wants_truth)
{
    if (kind == EXPRESSION_UPDATE || wants_truth == is_truth(node))
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                "Invalid %s: The function is not allowed to be used this way in an expression; function: %s",
                expression_title(kind), operator_names[node->kind]);
}

static Status check_nodes(Call *call, ExpressionKind kind, const Node *node, bool wants_truth)
{
    bool joins = node->kind == NODE_AND || node->kind == NODE_OR || node->kind == NODE_NOT;
    budget_descend(call->arena);
    TRY(check_place(call, kind, node, wants_truth));
    for (const Node *operand = node->first; operand; operand = operand->next)
        TRY(check_nodes(call, kind, operand, joins));
    return node_check_operands(call, kind, node);
}

Status node_check(Call *call, ExpressionKind kind, const Node *node)
{
    return check_nodes(call, kind, node, true);
}

Status action_check(Call *call, const Action *action)
{
    unsigned allowed = SET_KINDS | (action->kind == ACTION_ADD ? KIND_BIT(VALUE_N) : 0);
    if (action->kind == ACTION_SET)
        return check_nodes(call, EXPRESSION_UPDATE, action->operand, false);
    if (action->kind == ACTION_REMOVE || KIND_BIT(action->operand->value->kind) & allowed)
        return OK;
    const char *word = action->kind == ACTION_ADD ? "ADD" : "DELETE";
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: %s, operand type: %s, typeset: ALLOWED_FOR_%s_OPERAND",
        word, value_kind_word(action->operand->value->kind), word);
}

#define INDEX_TEXT_BYTES 24 /* "[18446744073709551615]" */

Bytes path_text(Arena *arena, const Path *path)
{
    size_t size = 2;
    for (size_t i = 0; i < path->len; i++)
        size += path->steps[i].name.len + INDEX_TEXT_BYTES + 2;
    char *text = arena_take_raw(arena, size), *at = text;
    *at++ = '[';
    for (size_t i = 0; i < path->len; i++) {
        const PathStep *step = &path->steps[i];
        at = mempcpy(at, ", ", i ? 2 : 0);
        if (present(step->name))
            at = mempcpy(at, step->name.ptr, step->name.len);
        else
            at += snprintf(at, INDEX_TEXT_BYTES, "[%zu]", step->index);
    }
    *at++ = ']';
    return (Bytes){text, (size_t)(at - text)};
}
