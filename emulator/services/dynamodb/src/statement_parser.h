/* statement_parser.h - between the tokens (statement_tokens.re), the grammar (statement_grammar.y) and statement.c. */
#pragma once
#include "statement.h"

typedef struct StatementToken {
    int type;
    Bytes text;
    size_t place; /* among the tokens */
} StatementToken;

/* A member of a map while it is read. */
typedef struct Member {
    Attribute attribute;
    StatementToken name;
    struct Member *next;
} Member;

typedef struct StatementParser {
    Call *call;
    PartiqlStatement *statement;
    const DynamodbPreparedStatementParameters *parameters;
    size_t parameters_used;
    StatementToken *tokens;
    size_t tokens_count, at;
    int operators;
    bool is_in_where;
    bool has_all_columns;
    StatementToken operator; /* the last that stood in a sum */
    Path *columns, *last_column;
    size_t column_begins; /* token */
    OrderKey **last_order;
    StatementToken function; /* set_add or set_delete, the last */
    struct Enclosing {
        Bytes name; /* of a map's member; absent: an element of a list */
        size_t index;
    } * enclosing; /* what is around the literal that is read */
    size_t enclosing_count;
    Status status;
} StatementParser;

/* The next token from *at on; type 0 at the end, -1 where nothing fits. *end is a NUL. */
StatementToken statement_token_next(const char **at, const char *end);
void statement_parser_run(StatementParser *parser); /* feeds the grammar */

bool statement_is_truth(const Node *node);

/* The grammar's actions. The first failure stays. */
void statement_refuse(StatementParser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
void statement_refuse_at(StatementParser *parser, StatementToken token, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* As AWS's parser says it; complaint: what it finds wrong at parser->at. */
void statement_malformed(StatementParser *parser, const char *detail);
const char *statement_complaint(const StatementParser *parser);

Bytes statement_name(StatementParser *parser, StatementToken token); /* without its quotes */
void statement_table(StatementParser *parser, Bytes table, Bytes index);
void statement_column(StatementParser *parser, Node *node);
void statement_order(StatementParser *parser, Node *key, bool is_descending);
void statement_clause(StatementParser *parser, StatementToken word); /* one that DynamoDB hasn't */
void statement_where(StatementParser *parser, Node *condition);
void statement_insert(StatementParser *parser, StatementToken value_word, Node *value);
void statement_set(StatementParser *parser, Path *path, Node *operand);
void statement_remove(StatementParser *parser, Path *path);
void statement_returning(StatementParser *parser, bool is_modified, bool is_new);

Path *statement_path_name(StatementParser *parser, Path *path, Bytes name); /* path NULL: its first step */
Path *statement_path_index(StatementParser *parser, Path *path, StatementToken number);
Node *statement_join(StatementParser *parser, NodeKind kind, Node *first, Node *second);
Node *statement_compare(StatementParser *parser, NodeKind kind, Node *first, Node *second);
Node *statement_one_of(StatementParser *parser, Node *value, Node *members);
Node *statement_not(StatementParser *parser, Node *node);
Node *statement_is_type(StatementParser *parser, Node *value, StatementToken is, StatementToken word);
Node *statement_is_of_type(StatementParser *parser, Node *value, const char *type);
Node *statement_is_missing(StatementParser *parser, Node *value);
Node *statement_sum(StatementParser *parser, StatementToken operator, Node * first, Node *second);
Node *statement_negated(StatementParser *parser, Node *value);
Node *statement_function(StatementParser *parser, StatementToken name, Node *operands);
Node *statement_missing(StatementParser *parser, StatementToken word);

Node *statement_string(StatementParser *parser, StatementToken token);
Node *statement_number(StatementParser *parser, StatementToken token);
Node *statement_constant(StatementParser *parser, Value value);
Node *statement_parameter(StatementParser *parser);
Node *statement_list(StatementParser *parser, Node *elements);
Node *statement_set_of(StatementParser *parser, Node *elements);
Node *statement_map(StatementParser *parser, Member *members);
/* A member of a map (or, name absent, the elements of a list) begin, go on and end. */
void statement_enter(StatementParser *parser, Bytes name);
void statement_next_element(StatementParser *parser);
void statement_leave(StatementParser *parser);
Bytes statement_place(StatementParser *parser); /* "root.x[1]" */
Member *statement_member(StatementParser *parser, Node *value, StatementToken name);
