/* maths_grammar.y - metric maths. aws: CloudWatch User Guide, Metric math syntax and functions. */
%name MathsGrammar
%token_prefix MATHS_TOKEN_
%token_type {MathsToken}
%extra_context {MathsParser *parser}
%stack_size 400
%start_symbol expression

%include {
#include "maths_node.h"
#include "maths_grammar.h"
#include "budget.h"
#include <assert.h>
#include <stdlib.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { parser->is_broken = true; }
%stack_overflow { parser->is_broken = parser->is_too_deep = true; }

%left OR.
%left AND.
%left EQ NE.
%left LT LE GT GE.
%left PLUS MINUS.
%left TIMES DIVIDE.
%right NEGATIVE.
%right POWER.

expression ::= value(A).                     { parser->root = A; }

%type value {MathsNode *}
value(A) ::= value(B) OR value(C).           { A = maths_operator(parser, OPERATOR_OR, B, C); }
value(A) ::= value(B) AND value(C).          { A = maths_operator(parser, OPERATOR_AND, B, C); }
value(A) ::= value(B) EQ value(C).           { A = maths_operator(parser, OPERATOR_EQUAL, B, C); }
value(A) ::= value(B) NE value(C).           { A = maths_operator(parser, OPERATOR_UNEQUAL, B, C); }
value(A) ::= value(B) LT value(C).           { A = maths_operator(parser, OPERATOR_LESS, B, C); }
value(A) ::= value(B) LE value(C).           { A = maths_operator(parser, OPERATOR_LESS_EQUAL, B, C); }
value(A) ::= value(B) GT value(C).           { A = maths_operator(parser, OPERATOR_GREATER, B, C); }
value(A) ::= value(B) GE value(C).           { A = maths_operator(parser, OPERATOR_GREATER_EQUAL, B, C); }
value(A) ::= value(B) PLUS value(C).         { A = maths_operator(parser, OPERATOR_ADD, B, C); }
value(A) ::= value(B) MINUS value(C).        { A = maths_operator(parser, OPERATOR_SUBTRACT, B, C); }
value(A) ::= value(B) TIMES value(C).        { A = maths_operator(parser, OPERATOR_MULTIPLY, B, C); }
value(A) ::= value(B) DIVIDE value(C).       { A = maths_operator(parser, OPERATOR_DIVIDE, B, C); }
value(A) ::= value(B) POWER value(C).        { A = maths_operator(parser, OPERATOR_POWER, B, C); }
value(A) ::= MINUS(T) value(B). [NEGATIVE]   { A = maths_append(maths_node(parser, MATHS_MINUS, T), B); }
value(A) ::= PLUS value(B). [NEGATIVE]       { A = B; }
value(A) ::= OPEN value(B) CLOSE.            { A = B; }
value(A) ::= NUMBER(T).                      { A = maths_node(parser, MATHS_NUMBER, T); }
value(A) ::= TEXT(T).                        { A = maths_node(parser, MATHS_TEXT, T); }
value(A) ::= NAME(T).                        { A = maths_node(parser, MATHS_NAME, T); }
value(A) ::= NAME(T) OPEN CLOSE.             { A = maths_node(parser, MATHS_CALL, T); }
value(A) ::= call(B) CLOSE.                  { A = B; }
value(A) ::= list(B) CLOSE_LIST.             { A = B; }

%type call {MathsNode *}
call(A) ::= NAME(T) OPEN value(B).           { A = maths_append(maths_node(parser, MATHS_CALL, T), B); }
call(A) ::= call(B) COMMA value(C).          { A = maths_append(B, C); }

%type list {MathsNode *}
list(A) ::= OPEN_LIST(T) value(B).           { A = maths_append(maths_node(parser, MATHS_LIST, T), B); }
list(A) ::= list(B) COMMA value(C).          { A = maths_append(B, C); }

%code {
static void free_grammar(void *grammar)
{
    MathsGrammarFree(grammar, free);
}

void maths_parser_run(MathsParser *parser, Bytes text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    MathsToken token;
    void *grammar = MathsGrammarAlloc(malloc, parser);
    arena_defer(parser->arena, free_grammar, grammar);
    do {
        token = maths_token(&at, end);
        budget_work(parser->arena, 8);
        parser->is_broken |= token.type < 0;
        if (!parser->is_broken)
            MathsGrammar(grammar, token.type, token);
    } while (token.type > 0 && !parser->is_broken);
    if (parser->is_broken) {
        parser->root = NULL;
        parser->error_at = token.text;
    }
}
}
