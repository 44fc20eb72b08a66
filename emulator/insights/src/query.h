/* query.h - a query, read: commands one after another, and the expressions in them. */
#pragma once
#include "automaton.h"
#include "cell.h"
#include "insights.h"

typedef enum NodeKind {
    NODE_CONSTANT,
    NODE_PERIOD, /* 5m */
    NODE_NAME,   /* a field, resolved: symbol, and what stands behind it: path */
    NODE_CALL,
    NODE_AGGREGATE,
    NODE_ALL, /* the "*" of count(*) */
    NODE_OR,
    NODE_AND,
    NODE_NOT,
    NODE_EQUAL,
    NODE_UNEQUAL,
    NODE_LESS,
    NODE_LESS_EQUAL,
    NODE_GREATER,
    NODE_GREATER_EQUAL,
    NODE_LIKE,
    NODE_IN,
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_MODULO,
    NODE_POWER,
    NODE_MINUS,
} NodeKind;

typedef struct Period {
    int64_t ms;     /* 0: months */
    int64_t months; /* of the calendar */
} Period;

typedef struct Row Row;
typedef struct Context Context;
typedef struct Node Node;

typedef struct Function {
    const char *name;
    int least, most; /* arguments */
    Cell (*call)(Context *context, const Node *node);
} Function;

typedef enum AggregateKind {
    AGGREGATE_COUNT,
    AGGREGATE_COUNT_DISTINCT,
    AGGREGATE_SUM,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_PCT,
    AGGREGATE_MEDIAN,
    AGGREGATE_STDDEV,
    AGGREGATE_EARLIEST,
    AGGREGATE_LATEST,
    AGGREGATE_FIRST,
    AGGREGATE_LAST,
} AggregateKind;

struct Node {
    NodeKind kind;
    Bytes source; /* as it stands in the query */
    Cell constant;
    Period period;
    size_t symbol;
    Bytes path;
    const Function *function;
    AggregateKind aggregate;
    size_t place;               /* of an aggregate among those of its command */
    const Automaton *automaton; /* of NODE_LIKE with a regex */
    struct Node *first, *next, *last;
};

typedef enum CommandKind {
    COMMAND_FIELDS,
    COMMAND_DISPLAY,
    COMMAND_FILTER,
    COMMAND_STATS,
    COMMAND_SORT,
    COMMAND_LIMIT,
    COMMAND_PARSE,
    COMMAND_DEDUP,
} CommandKind;

typedef struct Item {
    Node *node;
    Bytes name; /* an alias, or as it is written */
    bool has_alias, descends;
    size_t symbol;
    struct Item *next, *last;
} Item;

typedef struct Command {
    CommandKind kind;
    Bytes source;
    size_t place; /* among the commands */
    Item *items, *by;
    size_t by_count, aggregates;
    Node *condition; /* of a filter; of parse, the field */
    uint64_t limit;
    const Automaton *automaton; /* of parse; NULL: a glob */
    Bytes *parts;               /* what stands between its asterisks */
    size_t parts_count;
    size_t *symbols; /* of what parse names */
    size_t *groups;  /* which group of the automaton each is */
    size_t symbols_count;
    struct Command *next;
} Command;

typedef struct Symbol {
    Bytes name;
    size_t epoch;    /* after so many stats */
    bool is_defined; /* by the query; else it is the event's */
} Symbol;

struct InsightsQuery {
    Command *commands, *last;
    size_t commands_count;
    Symbol *symbols;
    size_t symbols_count, symbols_capacity;
    size_t epoch;  /* how many stats there are */
    size_t *shown; /* symbols, in the order of the results */
    size_t shown_count;
    bool shows_pointer;
};

#define SYMBOLS_MAX 2000
