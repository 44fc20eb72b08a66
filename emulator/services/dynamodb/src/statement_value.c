/* statement_value.c - what a statement writes out: texts, numbers, lists (1, 'a'), maps {'a': 1}, sets <<1, 2>>, and
 * the parameters that stand for them. aws: DynamoDB Developer Guide, "PartiQL data types for DynamoDB". */
#include "statement_parser.h"

#define STATEMENT_PLACE_MAX 1024 /* bytes: what is deeper is refused for its depth */

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

/* aws: the exponent and the scale must be ints, or the statement cannot be read */
static bool is_scale_readable(Bytes text)
{
    size_t at = 0, point = text.len;
    while (at < text.len && text.ptr[at] != 'e' && text.ptr[at] != 'E') {
        point = text.ptr[at] == '.' ? at : point;
        at++;
    }
    if (at == text.len)
        return true;
    int64_t exponent, digits = point < at ? (int64_t)(at - point - 1) : 0;
    Bytes written = bytes_slice(text, at + 1, text.len - at - 1);
    if (written.len && written.ptr[0] == '+')
        written = bytes_slice(written, 1, written.len - 1);
    return bytes_to_int64(written, &exponent) && exponent <= INT32_MAX && exponent >= INT32_MIN &&
           digits - exponent <= INT32_MAX && digits - exponent >= INT32_MIN;
}

static Node *number(StatementParser *parser, Bytes text)
{
    Call *call = parser->call;
    Number number = {0};
    if (!is_scale_readable(text))
        statement_malformed(parser, "");
    if (is_ok(parser->status)) {
        Status status = number_check(call, number_parse(text, &number), text);
        if (!is_ok(status))
            statement_refuse(parser, BYTES_FMT " under " BYTES_FMT, BYTES_ARG(call->message),
                             BYTES_ARG(statement_place(parser)));
    }
    return statement_constant(parser, (Value){.kind = VALUE_N, .n = number_text(call->arena, &number, (Bytes){0})});
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
Node *statement_set_of(StatementParser *parser, Node *elements)
{
    Value set = {.ss = {arena_new_array(parser->call->arena, Bytes, count_of(elements)), 0}};
    if (!elements)
        statement_refuse(parser, "Empty bags are not supported");
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
    ptrdiff_t twice = bytes_find_double(parser->call->arena, set.ss.items, set.ss.len, sizeof *set.ss.items);
    if (twice >= 0 && is_ok(parser->status))
        parser->status = set_refuse_double(parser->call, &set, (size_t)twice);
    return statement_constant(parser, set.kind ? set : (Value){.kind = VALUE_NULL, .null = true});
}

void statement_enter(StatementParser *parser, Bytes name)
{
    parser->enclosing[parser->enclosing_count++] = (struct Enclosing){.name = name};
}

void statement_next_element(StatementParser *parser)
{
    parser->enclosing[parser->enclosing_count - 1].index++;
}

void statement_leave(StatementParser *parser)
{
    parser->enclosing_count--;
}

/* aws: in an INSERT each attribute is a root */
Bytes statement_place(StatementParser *parser)
{
    Arena *arena = parser->call->arena;
    size_t first = parser->statement->kind == STATEMENT_INSERT;
    Bytes place = TEXT("root");
    for (size_t i = first; i < parser->enclosing_count && place.len < STATEMENT_PLACE_MAX; i++) {
        const struct Enclosing *around = &parser->enclosing[i];
        if (present(around->name))
            place = arena_text(arena, BYTES_FMT "." BYTES_FMT, BYTES_ARG(place), BYTES_ARG(around->name));
        else
            place = arena_text(arena, BYTES_FMT "[%zu]", BYTES_ARG(place), around->index);
    }
    return place;
}

Member *statement_member(StatementParser *parser, Node *value, StatementToken name)
{
    Member *member = arena_new_of(parser->call->arena, Member);
    member->attribute.key = parser->enclosing[parser->enclosing_count - 1].name;
    member->attribute.value = *member_value(parser, value);
    member->name = name;
    statement_leave(parser);
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
        size_t behind = item.len - 1 - (size_t)twice;
        const Member *member = members;
        while (behind--)
            member = member->next;
        statement_refuse_at(parser, member->name, "Duplicate keys in tuple. Key: " BYTES_FMT " under " BYTES_FMT,
                            BYTES_ARG(item.items[twice].key), BYTES_ARG(statement_place(parser)));
    }
    *AS_ITEM(&map.m) = item;
    return nested(parser, map);
}
