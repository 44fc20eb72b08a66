/* evaluate.c - expressions. What compares or reckons with something that isn't there gives nothing. */
#include "budget.h"
#include "functions.h"
#include <math.h>

static Cell logic(Context *context, const Node *node)
{
    bool is_or = node->kind == NODE_OR;
    Cell first = context_evaluate(context, node->first);
    bool truth = cell_is_true(&first);
    if (first.kind != CELL_ABSENT && truth == is_or)
        return cell_truth(is_or);
    Cell second = context_evaluate(context, node->last);
    bool other = cell_is_true(&second);
    if (second.kind != CELL_ABSENT && other == is_or)
        return cell_truth(is_or);
    if (first.kind == CELL_ABSENT || second.kind == CELL_ABSENT)
        return (Cell){0};
    return cell_truth(!is_or);
}

static bool holds_order(NodeKind kind, int order)
{
    switch (kind) {
    case NODE_LESS:
        return order < 0;
    case NODE_LESS_EQUAL:
        return order <= 0;
    case NODE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static Cell compare(Context *context, const Node *node)
{
    Cell first = context_evaluate(context, node->first), second = context_evaluate(context, node->last);
    if (first.kind == CELL_ABSENT || second.kind == CELL_ABSENT)
        return (Cell){0};
    budget_work(context->arena, 1 + (first.text.len < second.text.len ? first.text.len : second.text.len) / 64);
    if (node->kind == NODE_EQUAL || node->kind == NODE_UNEQUAL)
        return cell_truth(cell_equal(context->arena, &first, &second) == (node->kind == NODE_EQUAL));
    double one, two;
    if (cell_as_number(&first, &one) != cell_as_number(&second, &two))
        return cell_truth(false); /* a number is neither less nor more than a text */
    return cell_truth(holds_order(node->kind, cell_compare(context->arena, &first, &second)));
}

static Cell like(Context *context, const Node *node)
{
    Cell value = context_evaluate(context, node->first);
    Bytes text = cell_shown(context->arena, &value), part = node->constant.text;
    if (!present(text))
        return (Cell){0};
    if (node->automaton)
        return cell_truth(automaton_search(context->arena, node->automaton, text, NULL));
    budget_work(context->arena, 1 + text.len / 64);
    return cell_truth(memmem(text.ptr, text.len, part.ptr, part.len) != NULL);
}

static Cell is_in(Context *context, const Node *node)
{
    Cell value = context_evaluate(context, node->first);
    if (value.kind == CELL_ABSENT)
        return (Cell){0};
    for (const Node *one = node->last->first; one; one = one->next) {
        Cell other = context_evaluate(context, one);
        if (other.kind != CELL_ABSENT && cell_equal(context->arena, &value, &other))
            return cell_truth(true);
    }
    return cell_truth(false);
}

static double reckon(NodeKind kind, double a, double b)
{
    switch (kind) {
    case NODE_ADD:
        return a + b;
    case NODE_SUBTRACT:
        return a - b;
    case NODE_MULTIPLY:
        return a * b;
    case NODE_DIVIDE:
        return a / b;
    case NODE_MODULO:
        return fmod(a, b);
    default:
        return pow(a, b);
    }
}

static Cell arithmetic(Context *context, const Node *node)
{
    Cell first = context_evaluate(context, node->first), second = context_evaluate(context, node->last);
    double a, b;
    if (!cell_as_number(&first, &a) || !cell_as_number(&second, &b))
        return (Cell){0};
    return cell_number(reckon(node->kind, a, b));
}

static Cell name(Context *context, const Node *node)
{
    Cell cell = context_field(context, node->symbol);
    if (!present(node->path))
        return cell;
    const Tree *json = cell.json; /* of a row that was kept, its text */
    if (cell.kind == CELL_TEXT)
        json = json_tree_read(context->arena, cell.text, (TreeRules){INSIGHTS_JSON_DEPTH_MAX, true});
    return json ? cell_in_json(context->arena, json, node->path) : (Cell){0};
}

static Cell negative(Context *context, const Node *node)
{
    Cell value = context_evaluate(context, node->first);
    double number;
    if (node->kind == NODE_MINUS)
        return cell_as_number(&value, &number) ? cell_number(-number) : (Cell){0};
    return value.kind == CELL_ABSENT ? value : cell_truth(!cell_is_true(&value));
}

Cell context_evaluate(Context *context, const Node *node)
{
    budget_descend(context->arena);
    budget_work(context->arena, 2);
    switch (node->kind) {
    case NODE_CONSTANT:
        return node->constant;
    case NODE_NAME:
        return name(context, node);
    case NODE_CALL:
        return node->function->call(context, node);
    case NODE_AGGREGATE:
        return context->aggregates ? context->aggregates[node->place] : (Cell){0};
    case NODE_OR:
    case NODE_AND:
        return logic(context, node);
    case NODE_NOT:
    case NODE_MINUS:
        return negative(context, node);
    case NODE_LIKE:
        return like(context, node);
    case NODE_IN:
        return is_in(context, node);
    case NODE_EQUAL:
    case NODE_UNEQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
        return compare(context, node);
    case NODE_PERIOD:
    case NODE_ALL:
        return (Cell){0};
    default:
        return arithmetic(context, node);
    }
}

Cell context_argument(Context *context, const Node *node, int i)
{
    const Node *one = node->first;
    while (one && i--)
        one = one->next;
    return one ? context_evaluate(context, one) : (Cell){0};
}

bool context_holds(Context *context, const Node *node)
{
    Cell cell = context_evaluate(context, node);
    return cell_is_true(&cell);
}
