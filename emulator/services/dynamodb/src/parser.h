/* parser.h - between the tokens (expression_tokens.re), the grammar (expression_grammar.y) and expression.c. */
#pragma once
#include "expression.h"

typedef struct Token {
    int type;
    Bytes text;
} Token;

typedef struct Parser {
    Call *call;
    Symbols *symbols;
    ExpressionKind kind;
    Bytes text;
    Token *tokens;
    size_t tokens_count, at;
    int operators;
    bool is_broken;         /* its syntax */
    unsigned sections_seen; /* bits by ActionKind */
    Path *last_path;
    Expression *expression;
    Status status;
} Parser;

/* The next token from *at on; type 0 at the end, -1 where nothing fits. *end is a NUL. Words of updates are words only
 * there. */
Token token_next(const char **at, const char *end, bool is_update);
void parser_run(Parser *parser, int begin_token); /* feeds the grammar */
int parser_begin_token(ExpressionKind kind);

/* The grammar's actions. */
void parser_fail(Parser *parser, const char *reason);
void parser_syntax_error(Parser *parser);
Path *parser_path(Parser *parser, Token name);
Path *parser_path_name(Parser *parser, Path *path, Token name);
Path *parser_path_index(Parser *parser, Path *path, Token number);
Path *parser_paths(Parser *parser, Path *paths, Path *last);
Node *parser_value(Parser *parser, Token reference);
Node *parser_function(Parser *parser, Token name, Node *operands);
Node *parser_operator(Parser *parser, NodeKind kind, Node *first, Node *second);
Node *parser_parentheses(Parser *parser, Node *inner);
void parser_action(Parser *parser, ActionKind kind, Path *path, Node *operand);
void parser_section(Parser *parser, ActionKind kind);
void parser_condition(Parser *parser, Node *condition);
