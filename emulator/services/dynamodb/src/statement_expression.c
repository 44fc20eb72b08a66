/* statement_expression.c - the conditions and operands of a statement, as trees of expression.h. */
#include "function.h"
#include "statement_parser.h"
#include <ctype.h>

static Path *add_step(StatementParser *parser, Path *path, PathStep step)
{
    PathStep *steps = arena_new_array(parser->call->arena, PathStep, path->len + 1);
    if (path->len > VALUE_NESTING_MAX)
        statement_refuse(parser, "The document path has too many nesting elements; nesting levels: %zu", path->len);
    memcpy(steps, path->steps, path->len * sizeof *steps);
    steps[path->len++] = step;
    path->steps = steps;
    return path;
}

Path *statement_path_name(StatementParser *parser, Path *path, Bytes name)
{
    if (!name.len)
        statement_refuse(parser, "Path component cannot be an empty string");
    return path ? add_step(parser, path, (PathStep){.name = name}) : path_of_name(parser->call->arena, name);
}

Path *statement_path_index(StatementParser *parser, Path *path, StatementToken number)
{
    uint64_t index = 0;
    if (!bytes_to_uint64(number.text, &index) || index > INT32_MAX)
        statement_refuse(parser, "List index is not within the allowable range; index: [" BYTES_FMT "]",
                         BYTES_ARG(number.text));
    return add_step(parser, path, (PathStep){.index = (size_t)index});
}

static Node *operator_new(StatementParser *parser, NodeKind kind, Node *first, Node *second)
{
    if (first && second)
        first->next = second;
    for (const Node *operand = first; operand; operand = operand->next)
        if (operand->kind == NODE_SET_ADD || operand->kind == NODE_SET_DELETE)
            statement_refuse(parser, "The function is not allowed to be used this way in an expression; function: %s",
                             node_operator_name(operand->kind));
    if (++parser->operators > EXPRESSION_OPERATORS_MAX)
        statement_refuse(parser, "The expression contains too many operators; operator count: %d", parser->operators);
    return node_new(parser->call->arena, kind, first, NULL);
}

/* AND, OR, NOT: of truths. */
Node *statement_join(StatementParser *parser, NodeKind kind, Node *first, Node *second)
{
    const Node *operands[] = {first, second};
    for (size_t i = 0; i < 2 && parser->is_in_where; i++) {
        const Node *operand = operands[i];
        if (!operand || statement_is_truth(operand))
            continue;
        if (operand->kind == NODE_SIZE)
            statement_refuse(
                parser, "Incorrect operand type for operator or function; operator or function: %s, operand type: N",
                node_operator_name(kind));
        statement_refuse(parser, "The arguments to AND/OR must be Expressions");
    }
    return operator_new(parser, kind, first, second);
}

static bool is_boolean(const Node *node)
{
    return node->kind == NODE_VALUE && node->value->kind == VALUE_BOOL;
}

Node *statement_compare(StatementParser *parser, NodeKind kind, Node *first, Node *second)
{
    /* aws: a truth may be compared with true or false */
    if ((kind == NODE_EQ || kind == NODE_NE) && statement_is_truth(first) && is_boolean(second))
        return second->value->bool_ == (kind == NODE_EQ) ? first : operator_new(parser, NODE_NOT, first, NULL);
    if ((kind == NODE_EQ || kind == NODE_NE) && statement_is_truth(second) && is_boolean(first))
        return first->value->bool_ == (kind == NODE_EQ) ? second : operator_new(parser, NODE_NOT, second, NULL);
    return operator_new(parser, kind, first, second);
}

Node *statement_one_of(StatementParser *parser, Node *value, Node *members)
{
    return operator_new(parser, NODE_IN, value, members);
}

Node *statement_not(StatementParser *parser, Node *node)
{
    return operator_new(parser, NODE_NOT, node, NULL);
}

Node *statement_is_of_type(StatementParser *parser, Node *value, const char *type)
{
    Node *name = statement_constant(parser, (Value){.kind = VALUE_S, .s = bytes_of(type)});
    return operator_new(parser, NODE_ATTRIBUTE_TYPE, value, name);
}

static Bytes in_letters(Arena *arena, Bytes word, int (*letter)(int c))
{
    char *text = arena_take_raw(arena, word.len + 1);
    for (size_t i = 0; i < word.len; i++)
        text[i] = (char)letter((unsigned char)word.ptr[i]);
    return (Bytes){text, word.len};
}

Node *statement_is_type(StatementParser *parser, Node *value, StatementToken is, StatementToken word)
{
    static const struct {
        const char *word, *type;
    } types[] = {{"NUMERIC", "N"}, {"STRING", "S"}, {"BLOB", "B"},    {"LIST", "L"},
                 {"STRUCT", "M"},  {"TUPLE", "M"},  {"BOOL", "BOOL"}, {"BOOLEAN", "BOOL"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (bytes_equal_ignoring_case(word.text, bytes_of(types[i].word)))
            return statement_is_of_type(parser, value, types[i].type);
    Bytes upper = in_letters(parser->call->arena, word.text, toupper);
    statement_refuse_at(
        parser, is,
        "Unsupported data type for IS operator: " BYTES_FMT
        ". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]",
        BYTES_ARG(upper));
    return value;
}

Node *statement_is_missing(StatementParser *parser, Node *value)
{
    if (value->kind != NODE_PATH)
        statement_refuse(parser,
                         "Operator or function requires a document path; operator or function: attribute_not_exists");
    return operator_new(parser, NODE_ATTRIBUTE_NOT_EXISTS, value, NULL);
}

Node *statement_sum(StatementParser *parser, StatementToken operator, Node * first, Node *second)
{
    bool is_plus = bytes_is(operator.text, "+");
    parser->operator= operator;
    if (parser->is_in_where)
        statement_refuse(parser, "Unsupported operator in Condition Expression. Operator: " BYTES_FMT,
                         BYTES_ARG(operator.text));
    if (!is_plus && !bytes_is(operator.text, "-"))
        statement_refuse(parser, "Unsupported operator in Update Expression. Operator: " BYTES_FMT,
                         BYTES_ARG(operator.text));
    return operator_new(parser, is_plus ? NODE_PLUS : NODE_MINUS, first, second);
}

static void check_function(StatementParser *parser, const Function *function, const Node *operands)
{
    Function asked = *function;
    asked.needs_path &= function->kind != NODE_ATTRIBUTE_TYPE; /* here of any operand */
    Bytes refusal = function_refusal(parser->call->arena, &asked, operands, !parser->is_in_where);
    if (present(refusal))
        statement_refuse(parser, BYTES_FMT, BYTES_ARG(refusal));
}

/* In a list of columns no function may stand: statement_column says so. */
Node *statement_function(StatementParser *parser, StatementToken name, Node *operands)
{
    Bytes lower = in_letters(parser->call->arena, name.text, tolower);
    const Function *function = function_named(lower);
    bool is_column = !parser->statement->table_name.ptr;
    if (is_column)
        return node_new(parser->call->arena, NODE_SIZE, operands, NULL);
    if (parser->statement->kind == STATEMENT_INSERT)
        statement_refuse_at(parser, name, "Unsupported data type: " BYTES_FMT " under key root", BYTES_ARG(name.text));
    bool is_of_sets = function && function_is_of_sets(function);
    if (!function || (is_of_sets && parser->is_in_where))
        statement_refuse_at(parser, name, "Unrecognized function: " BYTES_FMT, BYTES_ARG(lower));
    else if (is_of_sets)
        parser->function = name; /* its operands are looked at where it is assigned: statement_set */
    else
        check_function(parser, function, operands);
    return operator_new(parser, function ? function->kind : NODE_SIZE, operands, NULL);
}
