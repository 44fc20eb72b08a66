/* pattern_grammar.y - ERROR -WARN, { $.a = "x*" && ($.n > 5 || $.m IS NULL) }, [ip, ..., status=4* && status!=403, bytes]. */
%name PatternGrammar
%token_prefix PATTERN_TOKEN_
%token_type {PatternToken}
%extra_context {PatternParser *parser}
%stack_size 400
%start_symbol pattern

%include {
#include "pattern_parser.h"
#include "pattern_grammar.h"
#include "budget.h"
#include <assert.h>
#include <stdlib.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { parser->is_broken = true; }
%stack_overflow { parser->is_broken = true; }

%left OR.
%left AND.

pattern ::= terms.
pattern ::= OPEN_JSON condition(A) CLOSE_JSON.         { parser->pattern->root = A; parser->pattern->kind = PATTERN_JSON; }
pattern ::= OPEN_COLUMNS columns CLOSE_COLUMNS.        { parser->pattern->kind = PATTERN_COLUMNS; }

terms ::= TERM(T).                                     { pattern_term(parser, T); }
terms ::= terms TERM(T).                               { pattern_term(parser, T); }

columns ::= .
columns ::= list.
list ::= column.
list ::= list COMMA column.
column ::= ELLIPSIS.                                   { pattern_column(parser, (PatternToken){0}, NULL); }
column ::= name(N).                                    { pattern_column(parser, N, NULL); }
column ::= condition(A).                               { pattern_column(parser, (PatternToken){0}, A); }

%type condition {PatternNode *}
condition(A) ::= condition(B) OR condition(C).         { A = pattern_join(parser, NODE_OR, B, C); }
condition(A) ::= condition(B) AND condition(C).        { A = pattern_join(parser, NODE_AND, B, C); }
condition(A) ::= OPEN condition(B) CLOSE.              { A = B; }
condition(A) ::= subject(S) comparison(C) operand(V).  { A = pattern_compare(parser, S, C, V); }
condition(A) ::= SELECTOR(S) IS NULL.                  { A = pattern_test(parser, S, TEST_IS_NULL); }
condition(A) ::= SELECTOR(S) IS TRUE.                  { A = pattern_test(parser, S, TEST_IS_TRUE); }
condition(A) ::= SELECTOR(S) IS FALSE.                 { A = pattern_test(parser, S, TEST_IS_FALSE); }
condition(A) ::= SELECTOR(S) NOT EXISTS.               { A = pattern_test(parser, S, TEST_IS_ABSENT); }

%type comparison {PatternTest}
comparison(A) ::= EQ.                                  { A = TEST_EQUAL; }
comparison(A) ::= NE.                                  { A = TEST_UNEQUAL; }
comparison(A) ::= LT.                                  { A = TEST_LESS; }
comparison(A) ::= LE.                                  { A = TEST_LESS_EQUAL; }
comparison(A) ::= GT.                                  { A = TEST_GREATER; }
comparison(A) ::= GE.                                  { A = TEST_GREATER_EQUAL; }

subject(A) ::= SELECTOR(B).                            { A = B; }
subject(A) ::= name(B).                                { A = B; }

operand(A) ::= NUMBER(B).                              { A = B; }
operand(A) ::= QUOTED(B).                              { A = B; }
operand(A) ::= REGEX(B).                               { A = B; }
operand(A) ::= name(B).                                { A = B; }

/* What is a word elsewhere may be a name or a value. */
name(A) ::= WORD(B).                                   { A = B; }
name(A) ::= IS(B).                                     { A = B; }
name(A) ::= NOT(B).                                    { A = B; }
name(A) ::= NULL(B).                                   { A = B; }
name(A) ::= TRUE(B).                                   { A = B; }
name(A) ::= FALSE(B).                                  { A = B; }
name(A) ::= EXISTS(B).                                 { A = B; }

%code {
static void free_grammar(void *grammar)
{
    PatternGrammarFree(grammar, free);
}

void pattern_parser_run(PatternParser *parser, Bytes text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    bool has_conditions = *at == '{' || *at == '[';
    PatternToken token;
    void *grammar = PatternGrammarAlloc(malloc, parser);
    arena_defer(parser->arena, free_grammar, grammar);
    do {
        token = has_conditions ? pattern_condition_token(&at, end) : pattern_term_token(&at, end);
        budget_work(parser->arena, 8);
        parser->is_broken |= token.type < 0;
        if (!parser->is_broken)
            PatternGrammar(grammar, token.type, token);
    } while (token.type > 0 && !parser->is_broken && !parser->fault);
}
}
