/* expression.h - the language of conditions, filters, key conditions, projections and updates: from text, or from the
 * parameters that were before it, to a tree; and what the tree says of an item.
 * aws: DynamoDB Developer Guide, "Using expressions in DynamoDB". */
#pragma once
#include "bytes_index.h"
#include "lookup.h"

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
    size_t place;                /* among those it was written with */
    const struct Action *action; /* of an update: what becomes of what stands there */
} Path;

/* Paths by their steps: paths.c. */
typedef struct PathSet {
    const Path *first; /* as they were written */
    const Path **sorted;
    size_t len;
} PathSet;

/* Those of a set, from … to, that have the same first `depth` steps. */
typedef struct PathRange {
    size_t from, to, depth;
} PathRange;

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
    NODE_SET_ADD, /* of statements, until they are ADD and DELETE */
    NODE_SET_DELETE,
} NodeKind;

typedef struct Node {
    NodeKind kind;
    struct Node *first; /* its operands … */
    struct Node *next;  /* … by their chain */
    struct Node *last;  /* of the chain that begins with it, while it is made; NULL: itself */
    Path *path;
    const Value *value;
    bool is_in_parentheses;
} Node;

typedef enum ActionKind { ACTION_SET, ACTION_REMOVE, ACTION_ADD, ACTION_DELETE, ACTION_KINDS } ActionKind;

typedef struct Action {
    ActionKind kind;
    Path *path;
    Node *operand; /* none for REMOVE */
    bool is_legacy;
    struct Action *next;
} Action;

typedef enum ExpressionKind {
    EXPRESSION_CONDITION,
    EXPRESSION_FILTER,
    EXPRESSION_KEY_CONDITION,
    EXPRESSION_PROJECTION,
    EXPRESSION_UPDATE,
    EXPRESSION_KINDS
} ExpressionKind;

typedef struct Expression {
    Node *condition; /* the first three kinds */
    Path *paths;     /* a projection's, or all that an update changes */
    Action *actions;
    Action *last_action;
    const PathSet *set; /* the paths; NULL: there are none */
} Expression;

/* The attributes into which paths of more than one step go: keys of a table are not among them. */
typedef struct NestedPath {
    Bytes attribute;
    const struct NestedPath *next;
} NestedPath;

/* A request's names (#n) and values (:v): each must be used by one of its expressions. */
typedef struct Symbols {
    const DynamodbExpressionAttributeNameMap *names;
    const DynamodbExpressionAttributeValueMap *values;
    bool *names_used, *values_used;
    BytesIndex names_by_key, values_by_key;
    const NestedPath *nested;
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
bool path_equal(const Path *a, const Path *b);
Bytes path_text(Arena *arena, const Path *path); /* "[a, b, [2]]", as messages have it */
/* One more change, at the end. */
void expression_add_action(Expression *expression, Action *action);
/* In steps of n log n; NULL: no path. */
const PathSet *paths_sort(Arena *arena, Path *first);
static inline PathRange paths_all(const PathSet *set)
{
    return (PathRange){0, set->len, 0};
}
/* The first of a range that goes on with this step; range.to: none does. */
size_t paths_find(const PathSet *set, PathRange range, const PathStep *step);
/* Those of a range that go on with the same step as the one at `at`, which is the first of them. */
PathRange paths_below(const PathSet *set, PathRange range, size_t at);

/* What a tree may not say, whatever the item: types of literals, doubled paths. */
MUST_CHECK Status node_check(Call *call, ExpressionKind kind, const Node *node);
/* Of one node alone. */
MUST_CHECK Status node_check_operands(Call *call, ExpressionKind kind, const Node *node);
MUST_CHECK Status action_check(Call *call, const Action *action);
MUST_CHECK Status paths_check(Call *call, ExpressionKind kind, const PathSet *set);

/* An item that isn't there is an empty one. */
const Value *path_find(Lookup *lookup, const Item *item, const Path *path); /* NULL: not there */
const Value *operand_value(Lookup *lookup, const Item *item, const Node *node);
bool condition_holds(Arena *arena, const Item *item, const Node *condition);
/* Only what the paths name; lists close their gaps. */
Item item_project(Arena *arena, const Item *item, const PathSet *set);
/* What becomes of the item, of key attributes alone where it isn't there. It itself is left as it was; what does not
 * change is shared. */
MUST_CHECK Status item_update(Call *call, const Item *item, const PathSet *set, Item *ret_item);
/* False: it only takes away. aws: what isn't there is not made then, and no path of it is wrong. */
/* UpdateItem's own bound of size, beside that of the item: see there. */
MUST_CHECK Status update_check_size(Call *call, const Expression *update, const Item *after);
bool update_makes_item(const Expression *update);
