/* expression.h - the language of conditions, filters, key conditions, projections and updates: from text, or from the
 * parameters that were before it, to a tree; and what the tree says of an item.
 * aws: DynamoDB Developer Guide, "Using expressions in DynamoDB". */
#pragma once
#include "value.h"

#define EXPRESSION_BYTES_MAX     4096 /* aws: Developer Guide, Quotas, Expression parameters */
#define EXPRESSION_OPERATORS_MAX 300
#define EXPRESSION_IN_MAX        100

/* a.b[2]: the first step is the attribute's name. */
typedef struct PathStep {
    Bytes name; /* absent: an index */
    size_t index;
} PathStep;

typedef struct Path {
    PathStep *steps;
    size_t len;
    struct Path *next;
} Path;

typedef enum NodeKind {
    NODE_PATH,
    NODE_VALUE,
    NODE_EQ,
    NODE_NE,
    NODE_LT,
    NODE_LE,
    NODE_GT,
    NODE_GE,
    NODE_BETWEEN,
    NODE_IN,
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_PLUS,
    NODE_MINUS,
    NODE_ATTRIBUTE_EXISTS,
    NODE_ATTRIBUTE_NOT_EXISTS,
    NODE_ATTRIBUTE_TYPE,
    NODE_BEGINS_WITH,
    NODE_CONTAINS,
    NODE_SIZE,
    NODE_IF_NOT_EXISTS,
    NODE_LIST_APPEND,
} NodeKind;

typedef struct Node {
    NodeKind kind;
    struct Node *first; /* its operands … */
    struct Node *next;  /* … by their chain */
    Path *path;
    const Value *value;
    bool is_in_parentheses;
} Node;

typedef enum ActionKind { ACTION_SET, ACTION_REMOVE, ACTION_ADD, ACTION_DELETE, ACTION_KINDS } ActionKind;

typedef struct Action {
    ActionKind kind;
    Path *path;
    Node *operand; /* none for REMOVE */
    struct Action *next;
} Action;

typedef enum ExpressionKind {
    EXPRESSION_CONDITION,
    EXPRESSION_FILTER,
    EXPRESSION_KEY_CONDITION,
    EXPRESSION_PROJECTION,
    EXPRESSION_UPDATE
} ExpressionKind;

typedef struct Expression {
    Node *condition; /* the first three kinds */
    Path *paths;     /* a projection's, or all that an update changes */
    Action *actions;
} Expression;

/* A request's names (#n) and values (:v): each must be used by one of its expressions. */
typedef struct Symbols {
    const DynamodbExpressionAttributeNameMap *names;
    const DynamodbExpressionAttributeValueMap *values;
    bool *names_used, *values_used;
} Symbols;

MUST_CHECK Status symbols_open(Call *call, const DynamodbExpressionAttributeNameMap *names,
                               const DynamodbExpressionAttributeValueMap *values, Symbols *ret_symbols);
MUST_CHECK Status symbols_check_used(Call *call, const Symbols *symbols);

/* text absent: an empty expression. */
MUST_CHECK Status expression_parse(Call *call, Symbols *symbols, ExpressionKind kind, Bytes text, Expression *ret);
const char *node_operator_name(NodeKind kind);     /* "<=", "begins_with" */
const char *expression_title(ExpressionKind kind); /* "ConditionExpression" */

bool word_is_reserved(Bytes word);

/* Building blocks: for the grammar and for legacy.c. */
Node *node_new(Arena *arena, NodeKind kind, Node *first, Node *second);
Node *node_of_path(Arena *arena, Path *path);
Node *node_of_value(Arena *arena, const Value *value);
Node *node_append(Node *chain, Node *last);
Path *path_of_name(Arena *arena, Bytes name);
Bytes path_text(Arena *arena, const Path *path); /* "[a, b, [2]]", as messages have it */
Action *action_append(Action *chain, Action *last);

/* What a tree may not say, whatever the item: types of literals, doubled paths. */
MUST_CHECK Status node_check(Call *call, ExpressionKind kind, const Node *node);
MUST_CHECK Status action_check(Call *call, const Action *action);
MUST_CHECK Status paths_check(Call *call, ExpressionKind kind, const Path *paths);

/* An item that isn't there is an empty one. */
const Value *path_find(const Item *item, const Path *path); /* NULL: not there */
const Value *operand_value(Arena *arena, const Item *item, const Node *node);
bool condition_holds(Arena *arena, const Item *item, const Node *condition);
/* Only what the paths name; lists close their gaps. */
Item item_project(Arena *arena, const Item *item, const Path *paths);
/* What becomes of the item; it itself is left as it was. */
MUST_CHECK Status item_update(Call *call, const Item *item, const Action *actions, Item *ret_item);
