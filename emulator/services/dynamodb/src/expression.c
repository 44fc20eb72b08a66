/* expression.c - from text to a tree: names and values resolved, words that may not stand alone refused. */
#include "function.h"
#include "parser.h"
#include <stdarg.h>
#include <stdio.h>

static const char *const titles[] = {
    [EXPRESSION_CONDITION] = "ConditionExpression",
    [EXPRESSION_FILTER] = "FilterExpression",
    [EXPRESSION_KEY_CONDITION] = "KeyConditionExpression",
    [EXPRESSION_PROJECTION] = "ProjectionExpression",
    [EXPRESSION_UPDATE] = "UpdateExpression",
};

const char *expression_title(ExpressionKind kind)
{
    return titles[kind];
}

/* The first failure stays. */
__attribute__((format(printf, 2, 3))) static void refuse(Parser *parser, const char *format, ...)
{
    char reason[1024];
    va_list arguments;
    if (!is_ok(parser->status))
        return;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    parser->status = fail(parser->call, &DYNAMODB_VALIDATION, "Invalid %s: %s", titles[parser->kind], reason);
}

void parser_fail(Parser *parser, const char *reason)
{
    refuse(parser, "%s", reason);
}

/* near: from the token before to the one behind. */
void parser_syntax_error(Parser *parser)
{
    size_t at = parser->at, first = at ? at - 1 : 0,
           last = at + 1 < parser->tokens_count ? at + 1 : parser->tokens_count - 1;
    if (!parser->tokens_count || parser->is_broken)
        return;
    parser->is_broken = true; /* before what it may say by name: that comes once the whole can be read */
    parser->status = OK;
    if (at >= parser->tokens_count) {
        Bytes token = parser->tokens[last].text;
        refuse(parser, "Syntax error; token: \"<EOF>\", near: \"" BYTES_FMT "\"", BYTES_ARG(token));
        return;
    }
    const char *from = parser->tokens[first].text.ptr;
    Bytes end = parser->tokens[last].text;
    refuse(parser, "Syntax error; token: \"" BYTES_FMT "\", near: \"" BYTES_FMT "\"",
           BYTES_ARG(parser->tokens[at].text), (int)(end.ptr + end.len - from), from);
}

static Bytes resolve_name(Parser *parser, Token name)
{
    const DynamodbExpressionAttributeNameMap *names = parser->symbols->names;
    if (name.text.ptr[0] != '#') {
        if (word_is_reserved(name.text))
            refuse(parser, "Attribute name is a reserved keyword; reserved keyword: " BYTES_FMT, BYTES_ARG(name.text));
        return name.text;
    }
    ptrdiff_t at = bytes_index_find(&parser->symbols->names_by_key, name.text);
    if (at >= 0) {
        parser->symbols->names_used[at] = true;
        return names->items[at].value;
    }
    refuse(parser, "An expression attribute name used in the document path is not defined; attribute name: " BYTES_FMT,
           BYTES_ARG(name.text));
    return name.text;
}

Path *path_of_name(Arena *arena, Bytes name)
{
    Path *path = arena_new_of(arena, Path);
    path->steps = arena_new_of(arena, PathStep);
    path->steps[0].name = name;
    path->len = 1;
    return path;
}

/* Steps that are still to come behind the one that was read last. */
static size_t steps_ahead(const Parser *parser)
{
    size_t count = 0;
    for (size_t at = parser->at; at < parser->tokens_count; at++) {
        Bytes text = parser->tokens[at].text;
        bool begins_step = bytes_is(text, ".") || bytes_is(text, "[");
        if (!begins_step && !bytes_is(text, "]"))
            break;
        count += begins_step;
        at += begins_step; /* its name or number */
    }
    return count;
}

static void note_nested(Parser *parser, const Path *path)
{
    NestedPath *nested = arena_new_of(parser->call->arena, NestedPath);
    *nested = (NestedPath){path->steps[0].name, parser->symbols->nested};
    parser->symbols->nested = nested;
}

static Path *add_step(Parser *parser, Path *path, PathStep step)
{
    if (path->len > VALUE_NESTING_MAX)
        return path; /* refused already */
    PathStep *steps = arena_new_array(parser->call->arena, PathStep, path->len + 1);
    memcpy(steps, path->steps, path->len * sizeof *steps);
    if (path->len == 1)
        note_nested(parser, path);
    steps[path->len++] = step;
    path->steps = steps;
    if (path->len > VALUE_NESTING_MAX)
        refuse(parser, "The document path has too many nesting levels; nesting levels: %zu",
               path->len + steps_ahead(parser));
    return path;
}

Path *parser_path(Parser *parser, Token name)
{
    return path_of_name(parser->call->arena, resolve_name(parser, name));
}

Path *parser_path_name(Parser *parser, Path *path, Token name)
{
    return add_step(parser, path, (PathStep){.name = resolve_name(parser, name)});
}

Path *parser_path_index(Parser *parser, Path *path, Token number)
{
    uint64_t index = 0;
    if (!bytes_to_uint64(number.text, &index) || index > INT32_MAX)
        refuse(parser, "List index is not within the allowable range; index: [" BYTES_FMT "]", BYTES_ARG(number.text));
    return add_step(parser, path, (PathStep){.index = (size_t)index});
}

/* Of a projection: the only chain that the grammar makes. */
Path *parser_paths(Parser *parser, Path *paths, Path *last)
{
    Path *at = parser->last_path ? parser->last_path : paths;
    at->next = parser->last_path = last;
    return paths;
}

Node *parser_value(Parser *parser, Token reference)
{
    const DynamodbExpressionAttributeValueMap *values = parser->symbols->values;
    static const Value nothing = {.kind = VALUE_NULL};
    ptrdiff_t at = bytes_index_find(&parser->symbols->values_by_key, reference.text);
    if (at >= 0) {
        parser->symbols->values_used[at] = true;
        return node_of_value(parser->call->arena, &values->items[at].value);
    }
    refuse(parser, "An expression attribute value used in expression is not defined; attribute value: " BYTES_FMT,
           BYTES_ARG(reference.text));
    return node_of_value(parser->call->arena, &nothing);
}

/* aws: of key conditions the first mistake is told as they are written, of whatever kind it is */
static Node *judged(Parser *parser, Node *node)
{
    if (parser->kind == EXPRESSION_KEY_CONDITION && is_ok(parser->status))
        parser->status = node_check_operands(parser->call, parser->kind, node);
    return node;
}

Node *parser_function(Parser *parser, Token name, Node *operands)
{
    const Function *function = function_named(name.text);
    Bytes refusal = {0};
    if (!function || function_is_of_sets(function))
        refuse(parser, "Invalid function name; function: " BYTES_FMT, BYTES_ARG(name.text));
    else
        refusal = function_refusal(parser->call->arena, function, operands, parser->kind == EXPRESSION_UPDATE);
    if (present(refusal))
        refuse(parser, BYTES_FMT, BYTES_ARG(refusal));
    return judged(parser, node_new(parser->call->arena, function ? function->kind : NODE_SIZE, operands, NULL));
}

Node *node_new(Arena *arena, NodeKind kind, Node *first, Node *second)
{
    Node *node = arena_new_of(arena, Node);
    node->kind = kind;
    node->first = first;
    if (second)
        first->next = second;
    return node;
}

Node *node_of_path(Arena *arena, Path *path)
{
    Node *node = node_new(arena, NODE_PATH, NULL, NULL);
    node->path = path;
    return node;
}

Node *node_of_value(Arena *arena, const Value *value)
{
    Node *node = node_new(arena, NODE_VALUE, NULL, NULL);
    node->value = value;
    return node;
}

Node *node_append(Node *chain, Node *last)
{
    Node *at = chain->last ? chain->last : chain;
    at->next = last;
    chain->last = last->last ? last->last : last;
    return chain;
}

Node *parser_operator(Parser *parser, NodeKind kind, Node *first, Node *second)
{
    if (++parser->operators > EXPRESSION_OPERATORS_MAX)
        refuse(parser, "The expression contains too many operators; operator count: %d", parser->operators);
    return judged(parser, node_new(parser->call->arena, kind, first, second));
}

Node *parser_parentheses(Parser *parser, Node *inner)
{
    if (inner->is_in_parentheses)
        refuse(parser, "The expression has redundant parentheses;");
    inner->is_in_parentheses = true;
    return inner;
}

void expression_add_action(Expression *expression, Action *action)
{
    Action *last = expression->last_action;
    action->path->action = action;
    if (last) {
        last->next = action;
        last->path->next = action->path;
    } else {
        expression->actions = action;
        expression->paths = action->path;
    }
    expression->last_action = action;
}

void parser_action(Parser *parser, ActionKind kind, Path *path, Node *operand)
{
    Action *action = arena_new_of(parser->call->arena, Action);
    *action = (Action){.kind = kind, .path = path, .operand = operand};
    expression_add_action(parser->expression, action);
}

void parser_section(Parser *parser, ActionKind kind)
{
    static const char *const words[] = {"SET", "REMOVE", "ADD", "DELETE"};
    if (parser->sections_seen & 1u << kind)
        refuse(parser, "The \"%s\" section can only be used once in an update expression;", words[kind]);
    parser->sections_seen |= 1u << kind;
}

/* size() gives a number, not a truth. */
void parser_condition(Parser *parser, Node *condition)
{
    parser->expression->condition = condition;
}

static Status read_tokens(Parser *parser)
{
    /* The tokens' reader looks at the byte behind the last, which must be NUL. */
    const char *at = arena_cstr(parser->call->arena, parser->text), *end = at + parser->text.len;
    parser->tokens = arena_new_array(parser->call->arena, Token, parser->text.len + 1);
    for (;;) {
        Token token = token_next(&at, end, parser->kind == EXPRESSION_UPDATE);
        parser->tokens[parser->tokens_count] = token;
        if (!token.type)
            return OK;
        parser->tokens_count++;
        if (token.type < 0) {
            parser->at = parser->tokens_count - 1;
            parser_syntax_error(parser);
            return parser->status;
        }
    }
}

static Status check_tree(Call *call, ExpressionKind kind, Expression *expression)
{
    if (expression->condition)
        TRY(node_check(call, kind, expression->condition));
    for (const Action *action = expression->actions; action; action = action->next)
        TRY(action_check(call, action));
    expression->set = paths_sort(call->arena, expression->paths);
    return paths_check(call, kind, expression->set);
}

Status expression_parse(Call *call, Symbols *symbols, ExpressionKind kind, Bytes text, Expression *ret)
{
    Parser parser = {.call = call, .symbols = symbols, .kind = kind, .text = text, .expression = ret, .status = OK};
    *ret = (Expression){0};
    if (!present(text))
        return OK;
    if (text.len > EXPRESSION_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %zu",
                    titles[kind], text.len);
    TRY(read_tokens(&parser));
    if (!parser.tokens_count)
        return fail(call, &DYNAMODB_VALIDATION, "Invalid %s: The expression can not be empty;", titles[kind]);
    parser_run(&parser, parser_begin_token(kind));
    arena_give_back(call->arena, parser.tokens);
    TRY(parser.status);
    return check_tree(call, kind, ret);
}
