/* maths_node.h - an expression as its grammar reads it, and what it comes to. */
#pragma once
#include "series.h"

typedef enum NodeKind {
    MATHS_NUMBER,
    MATHS_TEXT,
    MATHS_NAME, /* an id, or a word such as REPEAT */
    MATHS_CALL,
    MATHS_LIST, /* [m1, m2] */
    MATHS_MINUS,
    MATHS_OPERATOR
} NodeKind;

typedef enum Operator {
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_POWER,
    OPERATOR_EQUAL,
    OPERATOR_UNEQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_AND,
    OPERATOR_OR
} Operator;

typedef struct MathsNode {
    NodeKind kind;
    Operator operator_;
    double number;
    Bytes text;                     /* of a text, a name, a function */
    struct MathsNode *first, *last; /* operands; of a call and a list all of them */
    struct MathsNode *next;         /* among them */
    size_t count;
} MathsNode;

typedef struct MathsToken {
    int type;
    Bytes text;
} MathsToken;

typedef struct MathsParser {
    Arena *arena;
    MathsNode *root;
    bool is_broken, is_too_deep;
    Bytes error_at; /* the word that does not fit; empty: the end */
} MathsParser;

MathsToken maths_token(const char **at, const char *end);
/* Feeds the grammar; a NUL stands behind the text. root NULL: it is no expression. */
void maths_parser_run(MathsParser *parser, Bytes text);
MathsNode *maths_node(MathsParser *parser, NodeKind kind, MathsToken token);
MathsNode *maths_operator(MathsParser *parser, Operator operator_, MathsNode *first, MathsNode *second);
MathsNode *maths_append(MathsNode *list, MathsNode *operand);

typedef enum ValueKind { VALUE_SCALAR, VALUE_SERIES, VALUE_ARRAY } ValueKind;

/* A time series is an array of one. */
typedef struct MathsValue {
    ValueKind kind;
    double scalar;
    Series **items;
    size_t len;
} MathsValue;

/* All the queries of a request, while they are worked out. */
typedef struct MathsEntry MathsEntry;
typedef struct Maths {
    Call *call; /* NULL: of an alarm's look, whose queries have been checked */
    Arena *arena;
    const Scope *scope;
    const CloudwatchMetricDataQueries *queries;
    MathsEntry *entries; /* as many */
    Window window;
    size_t at;        /* the query at hand */
    int depth;        /* of expressions that use others */
    bool only_checks; /* nothing is read: every series is empty */
    Bytes error;      /* the first that came up; absent: none */
    bool is_not_built;
    int code; /* of the store */
} Maths;

struct MathsEntry {
    MathsNode *root;                        /* of an expression */
    const struct MetricsInsights *insights; /* of a query of Metrics Insights; NULL: it is none */
    MathsValue value;
    enum { ENTRY_FRESH, ENTRY_BEING_MADE, ENTRY_DONE } state;
};

/* Names what is wrong, once; the value is then any. */
MathsValue maths_fail(Maths *maths, const char *format, ...) __attribute__((format(printf, 2, 3)));
MathsValue maths_scalar(double value);
MathsValue maths_series(Maths *maths, Series *series);
/* The value of a query, by its place. */
MathsValue maths_entry(Maths *maths, size_t at);
MathsValue maths_evaluate(Maths *maths, const MathsNode *node);
MathsValue maths_call(Maths *maths, const MathsNode *node);
MathsValue maths_search(Maths *maths, const MathsNode *node);
Series *maths_new_series(Maths *maths, const Series *like);
/* The grid of times that an expression's series has: the shortest period of what it is made of. */
int32_t maths_period(const Maths *maths, const MathsValue *value);

MathsValue maths_combine(Maths *maths, Operator operator_, MathsValue one, MathsValue other);
MathsValue maths_if(Maths *maths, MathsValue condition, MathsValue yes, MathsValue no, bool has_no);
