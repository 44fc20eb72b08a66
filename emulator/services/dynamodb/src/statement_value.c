/* statement_value.c - what a statement writes out: texts, numbers, lists (1, 'a'), maps {'a': 1}, sets <<1, 2>>, and
 * the parameters that stand for them. aws: DynamoDB Developer Guide, "PartiQL data types for DynamoDB". */
#include "statement_parser.h"

Node *statement_constant(StatementParser *parser, Value value)
{
    Value *kept = arena_new_of(parser->call->arena, Value);
    *kept = value;
    return node_of_value(parser->call->arena, kept);
}

Node *statement_string(StatementParser *parser, StatementToken token)
{
    return statement_constant(parser, (Value){.kind = VALUE_S, .s = statement_name(parser, token)});
}

static Node *number(StatementParser *parser, Bytes text)
{
    Number number = {0};
    NumberFault fault = number_parse(text, &number);
    if (fault == NUMBER_TOO_PRECISE)
        statement_refuse(parser, "DynamoDB only supports precision up to 38 digits");
    else if (is_ok(parser->status))
        parser->status = number_check(parser->call, fault, text);
    return statement_constant(parser,
                              (Value){.kind = VALUE_N, .n = number_text(parser->call->arena, &number, (Bytes){0})});
}

Node *statement_number(StatementParser *parser, StatementToken token)
{
    return number(parser, token.text);
}

Node *statement_negated(StatementParser *parser, Node *value)
{
    if (value->kind == NODE_VALUE && value->value->kind == VALUE_N)
        return number(parser, value->value->n.ptr[0] == '-'
                                  ? bytes_slice(value->value->n, 1, value->value->n.len - 1)
                                  : arena_text(parser->call->arena, "-" BYTES_FMT, BYTES_ARG(value->value->n)));
    statement_refuse(
        parser,
        "Incorrect number of operands for operator or function; operator or function: -, number of operands: 1");
    return value;
}

static bool is_parameter(const StatementParser *parser, const Node *node)
{
    const Value *from = parser->parameters->items;
    return node->kind == NODE_VALUE && parser->parameters->len && node->value >= from &&
           node->value < from + parser->parameters->len;
}

Node *statement_parameter(StatementParser *parser)
{
    static const Value nothing = {.kind = VALUE_NULL, .null = true};
    if (parser->parameters_used < parser->parameters->len)
        return node_of_value(parser->call->arena, &parser->parameters->items[parser->parameters_used++]);
    statement_refuse(parser, "Number of parameters in request and statement don't match.");
    return node_of_value(parser->call->arena, &nothing);
}

Node *statement_missing(StatementParser *parser, StatementToken word)
{
    if (parser->statement->kind == STATEMENT_INSERT)
        statement_refuse_at(parser, word, "Unsupported data type: MISSING under key root");
    statement_refuse(parser, "MISSING must be compared using IS operator");
    return statement_constant(parser, (Value){.kind = VALUE_NULL, .null = true});
}

/* Of a list, a map or a set: only what is known without an item. */
static const Value *member_value(StatementParser *parser, const Node *node)
{
    static const Value nothing = {.kind = VALUE_NULL, .null = true};
    if (node->kind == NODE_VALUE)
        return node->value;
    if (node->kind == NODE_PATH && node->path->len == 1)
        statement_refuse(parser, "Unsupported data type: " BYTES_FMT " under key root",
                         BYTES_ARG(node->path->steps[0].name));
    else
        statement_refuse(parser, "Unsupported data type: %s under key root",
                         node->kind == NODE_PATH ? "PATH" : node_operator_name(node->kind));
    return &nothing;
}

/* A literal may be too deep for what reads it. */
static Node *nested(StatementParser *parser, Value value)
{
    Node *node = statement_constant(parser, value);
    Attribute attribute = {.value = value};
    Item item = {&attribute, 1};
    if (is_ok(parser->status))
        parser->status = item_check_nesting(parser->call, &item);
    return node;
}

static size_t count_of(const Node *elements)
{
    size_t count = 0;
    for (; elements; elements = elements->next)
        count++;
    return count;
}

Node *statement_list(StatementParser *parser, Node *elements)
{
    Value list = {.kind = VALUE_L, .l = {arena_new_array(parser->call->arena, Value, count_of(elements)), 0}};
    for (const Node *element = elements; element; element = element->next)
        list.l.items[list.l.len++] = *member_value(parser, element);
    return nested(parser, list);
}

#define SET_KINDS "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"

/* aws: sets are of texts or of numbers; those of bytes come as parameters */
Node *statement_set_of(StatementParser *parser, StatementToken open, Node *elements)
{
    Value set = {.ss = {arena_new_array(parser->call->arena, Bytes, count_of(elements)), 0}};
    if (!elements)
        statement_refuse_at(parser, open, "Empty bags are not supported");
    for (const Node *element = elements; element; element = element->next) {
        if (is_parameter(parser, element))
            statement_refuse(parser, "Unsupported data type: Parameter under key root");
        const Value *member = member_value(parser, element);
        int kind = member->kind == VALUE_S ? VALUE_SS : member->kind == VALUE_N ? VALUE_NS : VALUE_NONE;
        if (!kind || (set.kind && set.kind != kind))
            statement_refuse(parser, SET_KINDS);
        set.kind = kind;
        set.ss.items[set.ss.len++] = member->s;
    }
    if (bytes_find_double(parser->call->arena, set.ss.items, set.ss.len, sizeof *set.ss.items) >= 0)
        statement_refuse(parser, "Input collection contains duplicates");
    return statement_constant(parser, set.kind ? set : (Value){.kind = VALUE_NULL, .null = true});
}

void statement_enter(StatementParser *parser, Bytes name)
{
    parser->enclosing[parser->enclosing_count++] = name;
}

Member *statement_member(StatementParser *parser, Node *value, StatementToken name)
{
    Member *member = arena_new_of(parser->call->arena, Member);
    member->attribute.key = parser->enclosing[--parser->enclosing_count];
    member->attribute.value = *member_value(parser, value);
    member->name = name;
    if (!member->attribute.key.len)
        statement_refuse(parser, "Path component cannot be an empty string");
    return member;
}

/* Their chain has the last first. */
Node *statement_map(StatementParser *parser, Member *members)
{
    size_t count = 0;
    Item item;
    Value map = {.kind = VALUE_M};
    for (const Member *member = members; member; member = member->next)
        count++;
    item = (Item){arena_new_array(parser->call->arena, Attribute, count), count};
    for (const Member *member = members; member; member = member->next)
        item.items[--count] = member->attribute;
    ptrdiff_t twice = bytes_find_double(parser->call->arena, item.items, item.len, sizeof *item.items);
    if (twice >= 0) {
        size_t depth = parser->enclosing_count, behind = item.len - 1 - (size_t)twice;
        const Member *member = members;
        while (behind--)
            member = member->next;
        Bytes key = item.items[twice].key, around = depth ? parser->enclosing[depth - 1] : TEXT("");
        statement_refuse_at(parser, member->name, "Duplicate keys in tuple. Key: " BYTES_FMT " under root%s" BYTES_FMT,
                            BYTES_ARG(key), depth ? "." : "", BYTES_ARG(around));
    }
    *AS_ITEM(&map.m) = item;
    return nested(parser, map);
}
