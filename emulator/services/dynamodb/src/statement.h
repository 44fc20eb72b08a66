/* statement.h - PartiQL: from a statement's text to the trees that the other operations have, and what becomes of them.
 * Nothing after the parser knows that it was a statement: conditions, updates and projections are those of
 * expression.h, pages are read as Query and Scan read them (statement_read.c), writes go through change_write
 * (statement_write.c). aws: DynamoDB Developer Guide, "PartiQL - a SQL-compatible query language for Amazon DynamoDB".
 */
#pragma once
#include "expression.h"
#include "key_condition.h"
#include "read.h"

#define STATEMENT_BYTES_MAX  8192 /* aws: API Reference, ExecuteStatement, Statement */
#define STATEMENT_HASHES_MAX 50   /* aws: "PartiQL … operators": IN: "at max 50 hash attribute values" */
#define STATEMENT_READS_MAX  10   /* aws: there: "Results are returned in pages of up to 10 items" */

typedef enum StatementKind {
    STATEMENT_SELECT,
    STATEMENT_EXISTS, /* of a transaction: a SELECT that must find its item */
    STATEMENT_INSERT,
    STATEMENT_UPDATE,
    STATEMENT_DELETE
} StatementKind;

/* ORDER BY */
typedef struct OrderKey {
    Bytes name;
    bool is_descending;
    struct OrderKey *next;
} OrderKey;

/* RETURNING (ALL | MODIFIED) (OLD | NEW) * */
typedef struct Returning {
    bool is_given, is_modified, is_new;
} Returning;

typedef struct PartiqlStatement {
    StatementKind kind;
    Bytes text;
    const DynamodbPreparedStatementParameters *parameters;
    Bytes table_name, index_name; /* index_name absent: the table itself */
    Node *where;                  /* NULL: none */
    const PathSet *columns;       /* SELECT; NULL: all */
    OrderKey *order;              /* SELECT; NULL: none */
    Item item;                    /* INSERT */
    Expression update;            /* UPDATE */
    Returning returning;
} PartiqlStatement;

/* Brings them into their one form, in place: before the statement is read. */
MUST_CHECK Status parameters_check(Call *call, const DynamodbPreparedStatementParameters *parameters);
MUST_CHECK Status statement_parse(Call *call, Bytes text, const DynamodbPreparedStatementParameters *parameters,
                                  PartiqlStatement *ret);
static inline bool statement_reads(const PartiqlStatement *statement)
{
    return statement->kind == STATEMENT_SELECT;
}
/* "Invalid FilterExpression: …" without its beginning: what a statement says has no title. */
MUST_CHECK Status statement_untitled(Call *call, Status status);

/* m.x[1] is answered as "x[1]". */
Bytes column_name(Arena *arena, const Path *path);
Item columns_of(Arena *arena, const Item *item, const PathSet *columns);

/* statement_where.c: what joins to the whole of a WHERE by AND, in order. */
typedef struct Conjuncts {
    Node **items;
    size_t len;
} Conjuncts;
Conjuncts conjuncts_of(Arena *arena, Node *where);
Conjuncts disjuncts_of(Arena *arena, Node *where); /* what joins by OR */
/* Joins those that are left (not NULL) again; NULL: none is. */
Node *conjuncts_join(Arena *arena, const Conjuncts *conjuncts);
/* The values that `name = v`, `name IN [v, …]` or such joined by OR let an attribute have; 0: it says something else.
 */
size_t values_allowed(Arena *arena, const Node *condition, Bytes name, const Value ***ret_values);
MUST_CHECK Status key_value_check(Call *call, const KeyAttribute *key, const Value *value);

/* What a SELECT reads: one or several pieces of a tree. */
typedef struct Piece {
    KeyCondition rows;
    const Node *filter;
} Piece;
typedef struct ReadPlan {
    const PartiqlStatement *statement;
    PageRequest page;
    Piece *pieces; /* each in one partition; none: all of the tree */
    size_t pieces_count;
    bool is_backward;
    bool is_of_one_item; /* its whole primary key, and nothing else */
} ReadPlan;
MUST_CHECK Status statement_plan(Call *call, const PartiqlStatement *statement, bool is_consistent, ReadPlan *ret);
typedef struct StatementPage {
    Page page;
    Bytes next_token; /* absent: there is no more */
} StatementPage;
/* What it costs: of the range of a key where that was all it read. */
ReadCost statement_cost(const ReadPlan *plan, const StatementPage *read);
MUST_CHECK Status statement_read(Call *call, ReadPlan *plan, int64_t limit, Bytes next_token, StatementPage *ret);

/* Why one of several statements is not done, as batches and transactions tell it. */
typedef struct Refusal {
    Bytes code, message; /* code absent: it is done */
    Item item;           /* ReturnValuesOnConditionCheckFailure */
} Refusal;
/* Takes the caller's mistake from the call; what is our own fault stays one. */
MUST_CHECK Status refusal_of(Call *call, Status status, Refusal *ret);

/* One INSERT, UPDATE, DELETE or EXISTS. */
typedef struct StatementWrite {
    const PartiqlStatement *statement;
    Bytes return_values_on_failure;
    Item key; /* its attributes */
    Node *condition;
    Change change;
    Item after;
    Refusal refusal;
    bool is_put_aside; /* judged, and not kept until it is written: made again then */
} StatementWrite;
/* What is wrong whatever the items are. */
MUST_CHECK Status statement_prepare(Call *call, StatementWrite *write);
/* What its item is now, whether it may be written, and what it will be. */
MUST_CHECK Status statement_judge(Call *call, StatementWrite *write);
/* Is there throughput for what was judged? */
MUST_CHECK Status statement_admit(Call *call, StatementWrite *write);
/* All of a transaction that are not refused yet, each refused alone. */
MUST_CHECK Status statement_judge_all(Call *call, StatementWrite *writes, size_t count);
MUST_CHECK Status statement_write(Call *call, StatementWrite *write, ChangeCost *ret_cost);
/* What its RETURNING asks for; without items: nothing. */
Item statement_returned(Call *call, const StatementWrite *write);
