/* insights_parser.h - between the words (insights_tokens.re), the grammar (insights_grammar.y) and what builds a query.
 */
#pragma once
#include "query.h"

typedef struct InsightsToken {
    int type;
    Bytes text;
} InsightsToken;

typedef struct InsightsParser {
    Arena *arena;
    InsightsQuery *query;
    Bytes text;
    InsightsFault fault;
    bool is_broken;
    InsightsToken token; /* that is being looked at */
} InsightsParser;

typedef enum WordsWanted { WANT_ANY, WANT_COMMAND, WANT_REGEX } WordsWanted;

/* The next word from *at on; type 0 at the end, -1 where nothing fits. */
InsightsToken insights_token(const char **at, const char *end, WordsWanted wanted);
/* Feeds the grammar; a NUL stands behind the text. */
void insights_parser_run(InsightsParser *parser, Bytes text);

/* The first fault stays. where: a part of the text. */
void insights_refuse(InsightsParser *parser, Bytes where, Bytes message);
Bytes insights_span(Bytes first, Bytes last);

Node *insights_node(InsightsParser *parser, NodeKind kind, Bytes source);
Node *insights_two(InsightsParser *parser, NodeKind kind, Node *first, Node *second);
Node *insights_append(Node *list, Node *item);
Node *insights_literal(InsightsParser *parser, InsightsToken token);
Node *insights_number(InsightsParser *parser, InsightsToken token);
Node *insights_period(InsightsParser *parser, InsightsToken token);
Node *insights_name(InsightsParser *parser, InsightsToken token);
Node *insights_call(InsightsParser *parser, InsightsToken name, Node *arguments, InsightsToken close);
Node *insights_like(InsightsParser *parser, Node *value, InsightsToken pattern);
Bytes insights_unquoted(Arena *arena, Bytes text);
Bytes insights_alias(InsightsToken token); /* without its backticks */

Item *insights_item(InsightsParser *parser, Node *node, Bytes alias);
Item *insights_items(Item *list, Item *item);

void insights_fields(InsightsParser *parser, InsightsToken word, CommandKind kind, Item *items);
void insights_filter(InsightsParser *parser, InsightsToken word, Node *condition);
void insights_stats(InsightsParser *parser, InsightsToken word, Item *items, Item *by);
void insights_sort(InsightsParser *parser, InsightsToken word, Item *items);
void insights_limit(InsightsParser *parser, InsightsToken word, InsightsToken number);
void insights_parse(InsightsParser *parser, InsightsToken word, Node *field, InsightsToken pattern, Item *names);

const Automaton *insights_regex(InsightsParser *parser, Bytes token);

/* functions.c */
const Function *insights_function(Bytes name);
bool insights_aggregate(Bytes name, AggregateKind *ret, int *ret_least, int *ret_most);
