/* expression_grammar.y - conditions, projections and updates: one grammar, its beginning chosen by the first token. */
%name Grammar
%token_prefix TOKEN_
%token_type {Token}
%extra_context {Parser *parser}
%stack_size 1600
%start_symbol expression

%include {
#include "parser.h"
#include "expression_grammar.h"
#include <assert.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { parser_syntax_error(parser); }
%stack_overflow { parser_fail(parser, "The expression is nested too deeply"); parser->is_broken = true; }

%left OR.
%left AND.
%right NOT.

expression ::= BEGIN_CONDITION condition(A).      { parser_condition(parser, A); }
expression ::= BEGIN_PROJECTION paths(A).         { parser->expression->paths = A; }
expression ::= BEGIN_UPDATE sections.

%type condition {Node *}
condition(A) ::= test(B).                         { A = B; }
condition(A) ::= call(B).                         { A = B; }

/* What can only be a truth. A function is known as a truth or as a value by what stands behind it, in parentheses or
 * not. */
%type test {Node *}
test(A) ::= condition(B) OR condition(C).         { A = parser_operator(parser, NODE_OR, B, C); }
test(A) ::= condition(B) AND condition(C).        { A = parser_operator(parser, NODE_AND, B, C); }
test(A) ::= NOT condition(B).                     { A = parser_operator(parser, NODE_NOT, B, NULL); }
test(A) ::= OPEN test(B) CLOSE.                   { A = parser_parentheses(parser, B); }
test(A) ::= operand(B) comparator(O) operand(C).  { A = parser_operator(parser, O, B, C); }
test(A) ::= operand(B) BETWEEN operand(C) AND operand(D).
                                                  { A = parser_operator(parser, NODE_BETWEEN, B, node_append(C, D)); }
test(A) ::= operand(B) IN OPEN operands(C) CLOSE. { A = parser_operator(parser, NODE_IN, B, C); }

%type call {Node *}
call(A) ::= function(B).                          { A = B; }
call(A) ::= OPEN call(B) CLOSE.                   { A = parser_parentheses(parser, B); }

%type comparator {NodeKind}
comparator(A) ::= EQ.                             { A = NODE_EQ; }
comparator(A) ::= NE.                             { A = NODE_NE; }
comparator(A) ::= LT.                             { A = NODE_LT; }
comparator(A) ::= LE.                             { A = NODE_LE; }
comparator(A) ::= GT.                             { A = NODE_GT; }
comparator(A) ::= GE.                             { A = NODE_GE; }

%type operand {Node *}
operand(A) ::= plain(B).                          { A = B; }
operand(A) ::= call(B).                           { A = B; }
%type plain {Node *}
plain(A) ::= leaf(B).                             { A = B; }
plain(A) ::= OPEN plain(B) CLOSE.                 { A = parser_parentheses(parser, B); }
%type leaf {Node *}
leaf(A) ::= path(B).                              { A = node_of_path(parser->call->arena, B); }
leaf(A) ::= VALUE(B).                             { A = parser_value(parser, B); }

%type operands {Node *}
operands(A) ::= operand(B).                       { A = B; }
operands(A) ::= operands(B) COMMA operand(C).     { A = node_append(B, C); }

%type function {Node *}
function(A) ::= NAME(B) OPEN operands(C) CLOSE.   { A = parser_function(parser, B, C); }

%type path {Path *}
path(A) ::= NAME(B).                              { A = parser_path(parser, B); }
path(A) ::= path(B) DOT NAME(C).                  { A = parser_path_name(parser, B, C); }
path(A) ::= path(B) OPEN_INDEX INDEX(C) CLOSE_INDEX. { A = parser_path_index(parser, B, C); }

%type paths {Path *}
paths(A) ::= path(B).                             { A = B; }
paths(A) ::= paths(B) COMMA path(C).              { A = parser_paths(parser, B, C); }

sections ::= section.
sections ::= sections section.
section ::= SET assignments.                      { parser_section(parser, ACTION_SET); }
section ::= REMOVE removals.                      { parser_section(parser, ACTION_REMOVE); }
section ::= ADD additions.                        { parser_section(parser, ACTION_ADD); }
section ::= DELETE deletions.                     { parser_section(parser, ACTION_DELETE); }

assignments ::= assignment.
assignments ::= assignments COMMA assignment.
assignment ::= path(A) EQ sum(B).                 { parser_action(parser, ACTION_SET, A, B); }

%type sum {Node *}
sum(A) ::= term(B).                               { A = B; }
sum(A) ::= term(B) PLUS term(C).                  { A = parser_operator(parser, NODE_PLUS, B, C); }
sum(A) ::= term(B) MINUS term(C).                 { A = parser_operator(parser, NODE_MINUS, B, C); }
%type term {Node *}
term(A) ::= leaf(B).                              { A = B; }
term(A) ::= function(B).                          { A = B; }
term(A) ::= OPEN sum(B) CLOSE.                    { A = parser_parentheses(parser, B); }

removals ::= removal.
removals ::= removals COMMA removal.
removal ::= path(A).                              { parser_action(parser, ACTION_REMOVE, A, NULL); }

additions ::= addition.
additions ::= additions COMMA addition.
addition ::= path(A) VALUE(B).                    { parser_action(parser, ACTION_ADD, A, parser_value(parser, B)); }

deletions ::= deletion.
deletions ::= deletions COMMA deletion.
deletion ::= path(A) VALUE(B).                    { parser_action(parser, ACTION_DELETE, A, parser_value(parser, B)); }

%code {
/* aws: only words are names of functions */
static bool calls_a_reference(const Parser *parser)
{
    const Token *token = &parser->tokens[parser->at];
    return token->type == TOKEN_OPEN && parser->at && token[-1].type == TOKEN_NAME && token[-1].text.ptr[0] == '#';
}

void parser_run(Parser *parser, int begin_token)
{
    yyParser engine;
    GrammarInit(&engine, parser);
    Grammar(&engine, begin_token, (Token){0});
    for (parser->at = 0; parser->at <= parser->tokens_count && !parser->is_broken; parser->at++)
        if (calls_a_reference(parser))
            parser_syntax_error(parser);
        else
            Grammar(&engine, parser->tokens[parser->at].type, parser->tokens[parser->at]);
    GrammarFinalize(&engine);
}

int parser_begin_token(ExpressionKind kind)
{
    return kind == EXPRESSION_PROJECTION ? TOKEN_BEGIN_PROJECTION
           : kind == EXPRESSION_UPDATE   ? TOKEN_BEGIN_UPDATE
                                         : TOKEN_BEGIN_CONDITION;
}
}
