/* insights_grammar.y - fields a, b*2 as c | filter a like /x/ and b in [1, 2] | stats avg(a) by bin(5m) | sort c desc | limit 5. */
%name InsightsGrammar
%token_prefix INSIGHTS_TOKEN_
%token_type {InsightsToken}
%extra_context {InsightsParser *parser}
%stack_size 400
%start_symbol whole

%include {
#include "insights_parser.h"
#include "insights_grammar.h"
#include "budget.h"
#include <assert.h>
#include <stdlib.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
}

%syntax_error { parser->is_broken = true; }
%stack_overflow { insights_refuse(parser, parser->token.text, TEXT("the query is nested too deeply")); }

%left OR.
%left AND.
%right NOT.
%left EQ NE LT LE GT GE LIKE MATCHES IN.
%left PLUS MINUS.
%left TIMES DIVIDE MODULO.
%right NEGATIVE.
%right POWER.

whole ::= query.
query ::= command.
query ::= query PIPE command.

command ::= FIELDS(W) items(I).                  { insights_fields(parser, W, COMMAND_FIELDS, I); }
command ::= DISPLAY(W) items(I).                 { insights_fields(parser, W, COMMAND_DISPLAY, I); }
command ::= DEDUP(W) items(I).                   { insights_fields(parser, W, COMMAND_DEDUP, I); }
command ::= FILTER(W) value(V).                  { insights_filter(parser, W, V); }
command ::= STATS(W) items(I).                   { insights_stats(parser, W, I, NULL); }
command ::= STATS(W) items(I) BY items(B).       { insights_stats(parser, W, I, B); }
command ::= SORT(W) keys(K).                     { insights_sort(parser, W, K); }
command ::= SORT(W) BY keys(K).                  { insights_sort(parser, W, K); }
command ::= LIMIT(W) NUMBER(N).                  { insights_limit(parser, W, N); }
command ::= PARSE(W) pattern(P).                 { insights_parse(parser, W, NULL, P, NULL); }
command ::= PARSE(W) pattern(P) AS names(N).     { insights_parse(parser, W, NULL, P, N); }
command ::= PARSE(W) source(F) pattern(P).       { insights_parse(parser, W, F, P, NULL); }
command ::= PARSE(W) source(F) pattern(P) AS names(N). { insights_parse(parser, W, F, P, N); }

pattern(A) ::= TEXT(B).                          { A = B; }
pattern(A) ::= REGEX(B).                         { A = B; }

%type source {Node *}
source(A) ::= NAME(T).                           { A = insights_name(parser, T); }
source(A) ::= NAME(T) OPEN arguments(B) CLOSE(C). { A = insights_call(parser, T, B, C); }

%type items {Item *}
items(A) ::= item(B).                            { A = B; }
items(A) ::= items(B) COMMA item(C).             { A = insights_items(B, C); }
%type item {Item *}
item(A) ::= value(V).                            { A = insights_item(parser, V, (Bytes){0}); }
item(A) ::= value(V) AS NAME(T).                 { A = insights_item(parser, V, insights_alias(T)); }

%type names {Item *}
names(A) ::= NAME(T).                            { A = insights_item(parser, NULL, insights_alias(T)); }
names(A) ::= names(B) COMMA NAME(T).             { A = insights_items(B, insights_item(parser, NULL, insights_alias(T))); }

%type keys {Item *}
keys(A) ::= key(B).                              { A = B; }
keys(A) ::= keys(B) COMMA key(C).                { A = insights_items(B, C); }
%type key {Item *}
key(A) ::= value(V).                             { A = insights_item(parser, V, (Bytes){0}); }
key(A) ::= value(V) ASC.                         { A = insights_item(parser, V, (Bytes){0}); }
key(A) ::= value(V) DESC.                        { A = insights_item(parser, V, (Bytes){0}); A->descends = true; }

%type value {Node *}
value(A) ::= value(B) OR value(C).               { A = insights_two(parser, NODE_OR, B, C); }
value(A) ::= value(B) AND value(C).              { A = insights_two(parser, NODE_AND, B, C); }
value(A) ::= NOT(T) value(B).                    { A = insights_append(insights_node(parser, NODE_NOT, insights_span(T.text, B->source)), B); }
value(A) ::= value(B) EQ value(C).               { A = insights_two(parser, NODE_EQUAL, B, C); }
value(A) ::= value(B) NE value(C).               { A = insights_two(parser, NODE_UNEQUAL, B, C); }
value(A) ::= value(B) LT value(C).               { A = insights_two(parser, NODE_LESS, B, C); }
value(A) ::= value(B) LE value(C).               { A = insights_two(parser, NODE_LESS_EQUAL, B, C); }
value(A) ::= value(B) GT value(C).               { A = insights_two(parser, NODE_GREATER, B, C); }
value(A) ::= value(B) GE value(C).               { A = insights_two(parser, NODE_GREATER_EQUAL, B, C); }
value(A) ::= value(B) LIKE pattern(C).           { A = insights_like(parser, B, C); }
value(A) ::= value(B) MATCHES pattern(C).        { A = insights_like(parser, B, C); }
value(A) ::= value(B) NOT LIKE pattern(C). [LIKE] { A = insights_append(insights_node(parser, NODE_NOT, insights_span(B->source, C.text)), insights_like(parser, B, C)); }
value(A) ::= value(B) IN OPEN_LIST list(C) CLOSE_LIST(E). [IN] { A = insights_two(parser, NODE_IN, B, C); A->source = insights_span(B->source, E.text); }
value(A) ::= value(B) NOT IN OPEN_LIST list(C) CLOSE_LIST(E). [IN] { A = insights_append(insights_node(parser, NODE_NOT, insights_span(B->source, E.text)), insights_two(parser, NODE_IN, B, C)); }
value(A) ::= value(B) PLUS value(C).             { A = insights_two(parser, NODE_ADD, B, C); }
value(A) ::= value(B) MINUS value(C).            { A = insights_two(parser, NODE_SUBTRACT, B, C); }
value(A) ::= value(B) TIMES value(C).            { A = insights_two(parser, NODE_MULTIPLY, B, C); }
value(A) ::= value(B) DIVIDE value(C).           { A = insights_two(parser, NODE_DIVIDE, B, C); }
value(A) ::= value(B) MODULO value(C).           { A = insights_two(parser, NODE_MODULO, B, C); }
value(A) ::= value(B) POWER value(C).            { A = insights_two(parser, NODE_POWER, B, C); }
value(A) ::= MINUS(T) value(B). [NEGATIVE]       { A = insights_append(insights_node(parser, NODE_MINUS, insights_span(T.text, B->source)), B); }
value(A) ::= OPEN(O) value(B) CLOSE(C).          { A = B; A->source = insights_span(O.text, C.text); }
value(A) ::= NUMBER(T).                          { A = insights_number(parser, T); }
value(A) ::= PERIOD(T).                          { A = insights_period(parser, T); }
value(A) ::= TEXT(T).                            { A = insights_literal(parser, T); }
value(A) ::= NAME(T).                            { A = insights_name(parser, T); }
value(A) ::= NAME(T) OPEN CLOSE(C).              { A = insights_call(parser, T, NULL, C); }
value(A) ::= NAME(T) OPEN TIMES(S) CLOSE(C).     { A = insights_call(parser, T, insights_node(parser, NODE_ALL, S.text), C); }
value(A) ::= NAME(T) OPEN arguments(B) CLOSE(C). { A = insights_call(parser, T, B, C); }

/* A list of values is a node whose parts they are. */
%type arguments {Node *}
arguments(A) ::= value(B).                       { A = insights_append(insights_node(parser, NODE_ALL, B->source), B); }
arguments(A) ::= arguments(B) COMMA value(C).    { A = insights_append(B, C); }
%type list {Node *}
list(A) ::= arguments(B).                        { A = B; }

%code {
static void free_grammar(void *grammar)
{
    InsightsGrammarFree(grammar, free);
}

static WordsWanted wanted_after(int type, bool is_parse)
{
    if (type == INSIGHTS_TOKEN_PIPE)
        return WANT_COMMAND;
    if (type == INSIGHTS_TOKEN_LIKE || type == INSIGHTS_TOKEN_MATCHES)
        return WANT_REGEX;
    return is_parse && type != INSIGHTS_TOKEN_AS ? WANT_REGEX : WANT_ANY;
}

static void refuse_token(InsightsParser *parser)
{
    Bytes text = parser->token.text, before = {parser->text.ptr, (size_t)(text.ptr - parser->text.ptr)};
    size_t line = 1, line_start = 0;
    for (size_t i = 0; i < before.len; i++)
        if (before.ptr[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    if (text.len > 100)
        text = bytes_utf8_prefix(text, 100);
    Bytes shown = text.len ? text : TEXT("<EOF>");
    insights_refuse(parser, parser->token.text,
                    arena_text(parser->arena, "unexpected symbol found " BYTES_FMT " at line %zu and position %zu", BYTES_ARG(shown),
                               line, before.len - line_start + 1));
}

void insights_parser_run(InsightsParser *parser, Bytes text)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    WordsWanted wanted = WANT_COMMAND;
    bool is_parse = false;
    void *grammar = InsightsGrammarAlloc(malloc, parser);
    arena_defer(parser->arena, free_grammar, grammar);
    do {
        parser->token = insights_token(&at, end, wanted);
        budget_work(parser->arena, 8);
        parser->is_broken |= parser->token.type < 0;
        if (!parser->is_broken)
            InsightsGrammar(grammar, parser->token.type, parser->token);
        is_parse = parser->token.type == INSIGHTS_TOKEN_PARSE || (is_parse && parser->token.type != INSIGHTS_TOKEN_PIPE);
        wanted = wanted_after(parser->token.type, is_parse);
    } while (parser->token.type > 0 && !parser->is_broken && !present(parser->fault.message));
    if (parser->is_broken && !present(parser->fault.message))
        refuse_token(parser);
}
}
