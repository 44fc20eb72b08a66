/* statement.c - what the grammar of statements makes: conditions, updates, projections. */
#include "statement_parser.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 0))) static void refuse(StatementParser *parser, const char *place, const char *format,
                                                         va_list arguments)
{
    char reason[2048];
    vsnprintf(reason, sizeof reason, format, arguments);
    parser->status = fail(parser->call, &DYNAMODB_VALIDATION, "%s%s", reason, place);
}

void statement_refuse(StatementParser *parser, const char *format, ...)
{
    va_list arguments;
    if (!is_ok(parser->status))
        return;
    va_start(arguments, format);
    refuse(parser, "", format, arguments);
    va_end(arguments);
}

/* " at 1:23:4": line, column and length of the word. */
void statement_refuse_at(StatementParser *parser, StatementToken token, const char *format, ...)
{
    va_list arguments;
    char place[64];
    size_t line = 1;
    const char *line_begins = parser->tokens[0].text.ptr;
    if (!is_ok(parser->status))
        return;
    for (const char *at = line_begins; at < token.text.ptr; at++)
        if (*at == '\n') {
            line++;
            line_begins = at + 1;
        }
    snprintf(place, sizeof place, " at %zu:%zu:%zu", line, (size_t)(token.text.ptr - line_begins) + 1, token.text.len);
    va_start(arguments, format);
    refuse(parser, place, format, arguments);
    va_end(arguments);
}

void statement_malformed(StatementParser *parser, const char *detail)
{
    statement_refuse(parser, "Statement wasn't well formed, can't be processed: %s", detail);
}

/* What the trees' own checks say begins with "Invalid <title>: ". */
Status statement_untitled(Call *call, Status status)
{
    static const char begin[] = "Invalid ";
    if (is_ok(status) || status.code_ < 0 || !bytes_starts_with(call->message, bytes_of(begin)))
        return status;
    ptrdiff_t colon = bytes_find(call->message, ':');
    if (colon < 0 || (size_t)colon + 2 > call->message.len)
        return status;
    Bytes title = bytes_slice(call->message, sizeof begin - 1, (size_t)colon - (sizeof begin - 1));
    if (bytes_find(title, ' ') < 0)
        call->message = bytes_slice(call->message, (size_t)colon + 2, call->message.len - (size_t)colon - 2);
    return status;
}

/* A quote inside is written twice. */
Bytes statement_name(StatementParser *parser, StatementToken token)
{
    Bytes inner = bytes_slice(token.text, 1, token.text.len - 2);
    char quote = token.text.ptr[0], *text = arena_take_raw(parser->call->arena, inner.len + 1), *at = text;
    for (size_t i = 0; i < inner.len; i++) {
        *at++ = inner.ptr[i];
        if (inner.ptr[i] == quote)
            i++;
    }
    return (Bytes){text, (size_t)(at - text)};
}

static bool is_table_name(Bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && !memchr("_-.", name.ptr[i], 3))
            return false;
    return name.len >= 3 && name.len <= 255;
}

void statement_table(StatementParser *parser, Bytes table, Bytes index)
{
    if (!table.len || (present(index) && !index.len))
        statement_refuse(parser, "Path component cannot be an empty string");
    if (!is_table_name(table) && !bytes_starts_with(table, TEXT("arn:")))
        statement_refuse(
            parser,
            "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.");
    parser->statement->table_name = table;
    parser->statement->index_name = index;
}

/* aws: SELECT takes paths; whatever else stands there is told with its place */
void statement_column(StatementParser *parser, Node *node)
{
    bool is_sum = node->kind == NODE_PLUS || node->kind == NODE_MINUS;
    if (node->kind != NODE_PATH) {
        statement_refuse_at(parser, is_sum ? parser->operator: parser->tokens[parser->column_begins],
                            "Unexpected path component");
        return;
    }
    *(parser->last_column ? &parser->last_column->next : &parser->columns) = node->path;
    parser->last_column = node->path;
}

void statement_order(StatementParser *parser, Node *key, bool is_descending)
{
    OrderKey *order = arena_new_of(parser->call->arena, OrderKey);
    if (key->kind != NODE_PATH || key->path->len != 1) {
        statement_refuse(parser, "Argument to ORDER BY must be of type VariableReference. Type: %s",
                         key->kind == NODE_PATH ? "PATH" : "LITERAL");
        return;
    }
    *order = (OrderKey){key->path->steps[0].name, is_descending, NULL};
    *parser->last_order = order;
    parser->last_order = &order->next;
}

void statement_clause(StatementParser *parser, StatementToken word)
{
    if (bytes_equal_ignoring_case(word.text, TEXT("GROUP")))
        statement_refuse(parser, "Unsupported clause: GROUP BY");
    else
        statement_refuse_at(parser, parser->tokens[word.place + 1], "Unsupported clause: " BYTES_FMT,
                            BYTES_ARG(word.text));
}

bool statement_is_truth(const Node *node)
{
    return node->kind >= NODE_EQ && node->kind <= NODE_CONTAINS && node->kind != NODE_PLUS && node->kind != NODE_MINUS;
}

void statement_where(StatementParser *parser, Node *condition)
{
    if (!statement_is_truth(condition))
        statement_refuse(parser, "WHERE clause must contain an expression that resolves to a boolean");
    parser->statement->where = condition;
}

void statement_insert(StatementParser *parser, StatementToken value_word, Node *value)
{
    bool is_parameter =
        parser->parameters_used && value->value == &parser->parameters->items[parser->parameters_used - 1];
    parser->statement->kind = STATEMENT_INSERT;
    if (value->kind != NODE_VALUE || value->value->kind != VALUE_M || is_parameter) {
        statement_refuse_at(
            parser, parser->tokens[value_word.place + 1],
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.");
        return;
    }
    parser->statement->item = *(const Item *)(const void *)&value->value->m;
}

static void add_action(StatementParser *parser, ActionKind kind, Path *path, Node *operand)
{
    Action *action = arena_new_of(parser->call->arena, Action);
    *action = (Action){.kind = kind, .path = path, .operand = operand};
    expression_add_action(&parser->statement->update, action);
}

static const char *truth_name(NodeKind kind)
{
    return kind == NODE_AND ? "and" : kind == NODE_OR ? "or" : kind == NODE_NOT ? "not" : node_operator_name(kind);
}

/* aws: they change the set that they are assigned to */
static void set_of_function(StatementParser *parser, ActionKind kind, Path *path, Node *operand)
{
    const char *name = kind == ACTION_ADD ? "SET_ADD" : "SET_DELETE";
    const Node *first = operand->first, *set = first ? first->next : NULL;
    if (!set || set->next) {
        statement_refuse_at(parser, parser->function, "%s must have exactly two arguments", name);
        return;
    }
    if (first->kind != NODE_PATH || !path_equal(first->path, path))
        statement_refuse_at(parser, parser->function, "The first argument to %s must equal the assignment value", name);
    if (set->kind != NODE_VALUE || set->value->kind < VALUE_SS || set->value->kind > VALUE_BS)
        statement_refuse_at(parser, parser->tokens[parser->function.place + 2],
                            "The second argument to %s must be a value with type SET", name);
    add_action(parser, kind, path, operand->first->next);
}

void statement_set(StatementParser *parser, Path *path, Node *operand)
{
    ActionKind kind = operand->kind == NODE_SET_ADD      ? ACTION_ADD
                      : operand->kind == NODE_SET_DELETE ? ACTION_DELETE
                                                         : ACTION_SET;
    if (operand->kind >= NODE_EQ && operand->kind <= NODE_NOT)
        statement_refuse(parser, "Unsupported operator in Update Expression. Operator: %s", truth_name(operand->kind));
    if (kind == ACTION_SET)
        add_action(parser, kind, path, operand);
    else
        set_of_function(parser, kind, path, operand);
}

void statement_remove(StatementParser *parser, Path *path)
{
    add_action(parser, ACTION_REMOVE, path, NULL);
}

void statement_returning(StatementParser *parser, bool is_modified, bool is_new)
{
    parser->statement->returning = (Returning){true, is_modified, is_new};
}

static Status read_tokens(StatementParser *parser)
{
    /* The tokens' reader looks at the byte behind the last, which must be NUL. */
    Bytes text = parser->statement->text;
    const char *at = arena_cstr(parser->call->arena, text), *end = at + text.len;
    parser->tokens = arena_new_array(parser->call->arena, StatementToken, text.len + 1);
    for (;;) {
        StatementToken token = statement_token_next(&at, end);
        token.place = parser->tokens_count;
        parser->tokens[parser->tokens_count] = token;
        if (!token.type)
            return OK;
        parser->tokens_count++;
        if (token.type < 0) {
            statement_malformed(parser, "");
            return parser->status;
        }
    }
}

static Status check_columns(Call *call, Path *columns, const PathSet **ret)
{
    size_t count = 0;
    for (const Path *path = columns; path; path = path->next)
        count++;
    Bytes *names = arena_new_array(call->arena, Bytes, count);
    count = 0;
    for (const Path *path = columns; path; path = path->next)
        names[count++] = column_name(call->arena, path);
    ptrdiff_t twice = bytes_find_double(call->arena, names, count, sizeof *names);
    if (twice >= 0)
        return fail(call, &DYNAMODB_VALIDATION, "Duplicate identifiers in select clause: " BYTES_FMT,
                    BYTES_ARG(names[twice]));
    *ret = paths_sort(call->arena, columns);
    return statement_untitled(call, paths_check(call, EXPRESSION_PROJECTION, *ret));
}

static Status check_trees(Call *call, StatementParser *parser)
{
    PartiqlStatement *statement = parser->statement;
    Expression *update = &statement->update;
    if (statement->where)
        TRY(statement_untitled(call, node_check(call, EXPRESSION_FILTER, statement->where)));
    for (const Action *action = update->actions; action; action = action->next)
        TRY(statement_untitled(call, action_check(call, action)));
    update->set = paths_sort(call->arena, update->paths);
    TRY(statement_untitled(call, paths_check(call, EXPRESSION_UPDATE, update->set)));
    return parser->columns ? check_columns(call, parser->columns, &statement->columns) : OK;
}

/* aws: "RETURNING ALL OLD *" is all that DELETE knows */
static Status check_returning(Call *call, const PartiqlStatement *statement)
{
    const Returning *returning = &statement->returning;
    if (statement->kind != STATEMENT_DELETE || !returning->is_given || (!returning->is_modified && !returning->is_new))
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Invalid returning clause: RETURNING %s %s *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
        returning->is_modified ? "MODIFIED" : "ALL", returning->is_new ? "NEW" : "OLD");
}

Status parameters_check(Call *call, const DynamodbPreparedStatementParameters *parameters)
{
    for (size_t i = 0; i < parameters->len; i++)
        TRY(value_normalise(call, &parameters->items[i]));
    return OK;
}

/* The first word tells what functions and literals may be there. */
static Status begin(StatementParser *parser)
{
    static const char *const words[] = {
        [STATEMENT_SELECT] = "select", [STATEMENT_EXISTS] = "exists", [STATEMENT_INSERT] = "insert",
        [STATEMENT_UPDATE] = "update", [STATEMENT_DELETE] = "delete",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words && parser->tokens_count; i++)
        if (bytes_equal_ignoring_case(parser->tokens[0].text, bytes_of(words[i]))) {
            parser->statement->kind = (StatementKind)i;
            return OK;
        }
    if (parser->tokens_count && bytes_equal_ignoring_case(parser->tokens[0].text, TEXT("from"))) {
        parser->statement->kind = STATEMENT_UPDATE; /* FROM t WHERE … SET … */
        return OK;
    }
    /* aws: an expression is no statement */
    if (parser->tokens_count == 1 && isalpha((unsigned char)parser->tokens[0].text.ptr[0]))
        return fail(parser->call, &DYNAMODB_VALIDATION, "Unsupported operation: VariableReference");
    statement_malformed(parser, parser->tokens_count ? "Unexpected token after expression" : "Unexpected term");
    return parser->status;
}

Status statement_parse(Call *call, Bytes text, const DynamodbPreparedStatementParameters *parameters,
                       PartiqlStatement *ret)
{
    StatementParser parser = {.call = call, .statement = ret, .parameters = parameters, .status = OK};
    *ret = (PartiqlStatement){.text = text, .parameters = parameters};
    parser.last_order = &ret->order;
    TRY(read_tokens(&parser));
    TRY(begin(&parser));
    parser.enclosing = arena_new_array(call->arena, struct Enclosing, parser.tokens_count + 1);
    statement_parser_run(&parser);
    TRY(parser.status);
    if (parser.parameters_used != parameters->len)
        return fail(call, &DYNAMODB_VALIDATION, "Number of parameters in request and statement don't match.");
    TRY(check_returning(call, ret));
    return check_trees(call, &parser);
}
