/* rule_grammar.y - ALARM("a") AND (OK(b) OR NOT TRUE), AT_LEAST(2, ALARM, (a, b, c)). */
%name RuleGrammar
%token_prefix RULE_TOKEN_
%token_type {RuleToken}
%extra_context {RuleParser *parser}
%stack_size 400
%start_symbol rule

%include {
#include "rule_parser.h"
#include "rule_grammar.h"
#include "budget.h"
#include <assert.h>
#include <stdlib.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { parser->is_broken = true; }
%stack_overflow { parser->is_broken = parser->rule->is_too_deep = true; }

%left OR.
%left AND.
%right NOT.

rule ::= test(A).                                    { parser->rule->root = A; }

%type test {RuleNode *}
test(A) ::= test(B) OR test(C).                      { A = rule_node(parser, RULE_OR, B, C); }
test(A) ::= test(B) AND test(C).                     { A = rule_node(parser, RULE_AND, B, C); }
test(A) ::= NOT test(B).                             { A = rule_node(parser, RULE_NOT, B, NULL); }
test(A) ::= OPEN test(B) CLOSE.                      { A = B; }
test(A) ::= TRUE.                                    { A = rule_truth(parser, true); }
test(A) ::= FALSE.                                   { A = rule_truth(parser, false); }
test(A) ::= STATE(S) OPEN name(N) CLOSE.             { A = N; A->state = S.text; }
test(A) ::= AT_LEAST OPEN NAME(M) COMMA STATE(S) COMMA OPEN names(N) CLOSE CLOSE.
                                                     { A = rule_at_least(parser, M, S, N); }

%type names {RuleNode *}
names(A) ::= name(B).                                { A = B; }
names(A) ::= names(B) COMMA name(C).                 { C->next = B; A = C; }

/* What is a word elsewhere may be an alarm's name. */
%type name {RuleNode *}
name(A) ::= word(B).                                 { A = rule_name(parser, B); }
%type word {RuleToken}
word(A) ::= NAME(B).                                 { A = B; }
word(A) ::= QUOTED(B).                               { A = B; }
word(A) ::= STATE(B).                                { A = B; }
word(A) ::= TRUE(B).                                 { A = B; }
word(A) ::= FALSE(B).                                { A = B; }
word(A) ::= AND(B).                                  { A = B; }
word(A) ::= OR(B).                                   { A = B; }
word(A) ::= NOT(B).                                  { A = B; }
word(A) ::= AT_LEAST(B).                             { A = B; }

%code {
static void free_grammar(void *grammar)
{
    RuleGrammarFree(grammar, free);
}

void rule_parser_run(RuleParser *parser, Bytes text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    RuleToken token;
    void *grammar = RuleGrammarAlloc(malloc, parser);
    arena_defer(parser->arena, free_grammar, grammar);
    do {
        token = rule_token(&at, end);
        budget_work(parser->arena, 8);
        parser->is_broken |= token.type < 0;
        if (!parser->is_broken)
            RuleGrammar(grammar, token.type, token);
    } while (token.type > 0 && !parser->is_broken);
    if (parser->is_broken)
        parser->rule->error_at = (size_t)(token.text.ptr - text.ptr);
}
}
