/* maths_node.c - what the grammar makes. */
#include "maths_node.h"
#include <stdlib.h>

MathsNode *maths_node(MathsParser *parser, NodeKind kind, MathsToken token)
{
    MathsNode *node = arena_new_of(parser->arena, MathsNode);
    node->kind = kind;
    node->text = token.text;
    if (kind == MATHS_NUMBER)
        node->number = strtod(arena_cstr(parser->arena, token.text), NULL);
    if (kind == MATHS_TEXT)
        node->text = bytes_slice(token.text, 1, token.text.len - 2);
    return node;
}

MathsNode *maths_append(MathsNode *list, MathsNode *operand)
{
    if (list->last)
        list->last->next = operand;
    else
        list->first = operand;
    list->last = operand;
    list->count++;
    return list;
}

MathsNode *maths_operator(MathsParser *parser, Operator operator_, MathsNode *first, MathsNode *second)
{
    MathsNode *node = maths_node(parser, MATHS_OPERATOR, (MathsToken){0});
    node->operator_ = operator_;
    return maths_append(maths_append(node, first), second);
}
