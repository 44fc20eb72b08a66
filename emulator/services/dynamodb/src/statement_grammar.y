/* statement_grammar.y - PartiQL statements. What SQL has and DynamoDB hasn't is read as far as AWS reads it, to be
 * refused in its words. */
%name StatementGrammar
%token_prefix WORD_
%token_type {StatementToken}
%extra_context {StatementParser *parser}
%stack_size 1600
%start_symbol whole

%include {
#include "statement_parser.h"
#include "statement_grammar.h"
#include <assert.h>
#include <ctype.h>
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define FAIL(...) statement_refuse(parser, __VA_ARGS__)
#define IN_WORDS "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member"
}

%syntax_error { statement_malformed(parser, statement_complaint(parser)); }
%stack_overflow { statement_malformed(parser, ""); }

%left OR.
%left AND.
%right NOT.

whole ::= statement end.
end ::= .
end ::= SEMICOLON.

statement ::= select.                             { parser->statement->kind = STATEMENT_SELECT; }
statement ::= EXISTS OPEN select CLOSE.           { parser->statement->kind = STATEMENT_EXISTS; }
statement ::= INSERT INTO table VALUE(B) condition(C). { statement_insert(parser, B, C); }
statement ::= INSERT INTO table VALUE condition RETURNING.
                                                  { FAIL("RETURNING is not supported in INSERT"); }
statement ::= UPDATE table changes where returning. { parser->statement->kind = STATEMENT_UPDATE; }
statement ::= FROM table where no_where changes returning. { parser->statement->kind = STATEMENT_UPDATE; }
statement ::= DELETE FROM table where returning.  { parser->statement->kind = STATEMENT_DELETE; }
statement ::= UPDATE table alias.
statement ::= DELETE FROM table alias.
no_where ::= .                                    { parser->is_in_where = false; }

select ::= select_word columns FROM sources where order clauses.
select_word ::= SELECT.
select_word ::= SELECT DISTINCT.                  { FAIL("Unsupported token in expression: DISTINCT"); }
select_word ::= SELECT VALUE.                     { FAIL("Select projection doesn't support value or pivot keywords"); }
columns ::= STAR.                                 { parser->has_all_columns = true; }
columns ::= column_list.
column_list ::= column.
column_list ::= column_list COMMA column.
column ::= begin sum(A).                          { statement_column(parser, A); }
column ::= begin sum alias.
begin ::= .                                       { parser->column_begins = parser->at; }
alias ::= AS name.                                { FAIL("Aliasing is not supported"); }
alias ::= name.                                   { FAIL("Aliasing is not supported"); }

sources ::= table.
sources ::= table alias.
sources ::= sources COMMA.       { FAIL("Only select from a single table or index is supported."); }
sources ::= sources JOIN.        { FAIL("Only select from a single table or index is supported."); }
table ::= name(A).                                { statement_table(parser, A, (Bytes){0}); }
table ::= name(A) DOT name(B).                    { statement_table(parser, A, B); }
table ::= name DOT name DOT.                      { FAIL("A path may contain at most 2 components in the FROM clause"); }
table ::= STRING.                                 { FAIL("Unexpected from source"); }
table ::= PARAMETER.                              { FAIL("Unexpected from source"); }

where ::= .
where ::= where_word condition(A).                { statement_where(parser, A); }
where_word ::= WHERE.                             { parser->is_in_where = true; }

order ::= .
order ::= ORDER BY order_keys.
order_keys ::= order_key.
order_keys ::= order_keys COMMA order_key.
order_key ::= sum(A) direction(D).                { statement_order(parser, A, D); }
%type direction {bool}
direction(A) ::= .                                { A = false; }
direction(A) ::= ASC.                             { A = false; }
direction(A) ::= DESC.                            { A = true; }
clauses ::= .
clauses ::= CLAUSE(A).                            { statement_clause(parser, A); }

changes ::= change.
changes ::= changes change.
change ::= SET assignments.
change ::= REMOVE path(A).                        { statement_remove(parser, A); }
assignments ::= assignment.
assignments ::= assignments COMMA assignment.
assignment ::= path(A) EQ condition(B).           { statement_set(parser, A, B); }

returning ::= .
returning ::= RETURNING which(A) age(B) STAR.     { statement_returning(parser, A, B); }
returning ::= RETURNING which age path.
    { FAIL("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"); }
%type which {bool}
which(A) ::= ALL.                                 { A = false; }
which(A) ::= MODIFIED.                            { A = true; }
%type age {bool}
age(A) ::= OLD.                                   { A = false; }
age(A) ::= NEW.                                   { A = true; }

%type condition {Node *}
condition(A) ::= condition(B) OR condition(C).    { A = statement_join(parser, NODE_OR, B, C); }
condition(A) ::= condition(B) AND condition(C).   { A = statement_join(parser, NODE_AND, B, C); }
condition(A) ::= NOT condition(B).                { A = statement_join(parser, NODE_NOT, B, NULL); }
condition(A) ::= predicate(B).                    { A = B; }

%type predicate {Node *}
predicate(A) ::= sum(B).                          { A = B; }
predicate(A) ::= sum(B) comparator(O) sum(C).     { A = statement_compare(parser, O, B, C); }
predicate(A) ::= sum(B) BETWEEN sum(C) AND sum(D).
    { A = statement_compare(parser, NODE_BETWEEN, B, node_append(C, D)); }
predicate(A) ::= sum(B) NOT BETWEEN sum(C) AND sum(D).
    { A = statement_not(parser, statement_compare(parser, NODE_BETWEEN, B, node_append(C, D))); }
predicate(A) ::= sum(B) IN members(C).            { A = statement_one_of(parser, B, C); }
predicate(A) ::= sum(B) NOT IN members(C).        { A = statement_not(parser, statement_one_of(parser, B, C)); }
predicate(A) ::= sum(B) IS MISSING.               { A = statement_is_missing(parser, B); }
predicate(A) ::= sum(B) IS NOT MISSING.           { A = statement_not(parser, statement_is_missing(parser, B)); }
predicate(A) ::= sum(B) IS NULL.                  { A = statement_is_of_type(parser, B, "NULL"); }
predicate(A) ::= sum(B) IS NOT NULL.              { A = statement_not(parser, statement_is_of_type(parser, B, "NULL")); }
predicate(A) ::= sum(B) IS(D) FUNCTION(C).        { A = statement_is_type(parser, B, D, C); }
predicate(A) ::= sum(B) IS(D) NOT FUNCTION(C).    { A = statement_not(parser, statement_is_type(parser, B, D, C)); }
predicate(A) ::= sum(B) LIKE.
    { A = B; FAIL("Unsupported operator in Condition Expression. Operator: like"); }

%type comparator {NodeKind}
comparator(A) ::= EQ.                             { A = NODE_EQ; }
comparator(A) ::= NE.                             { A = NODE_NE; }
comparator(A) ::= LT.                             { A = NODE_LT; }
comparator(A) ::= LE.                             { A = NODE_LE; }
comparator(A) ::= GT.                             { A = NODE_GT; }
comparator(A) ::= GE.                             { A = NODE_GE; }

%type members {Node *}
members(A) ::= OPEN_LIST elements(B) CLOSE_LIST.  { A = B; }
members(A) ::= OPEN elements(B) CLOSE.            { A = B; }
members(A) ::= OPEN_SET elements(B) CLOSE_SET.    { A = B; }
members(A) ::= no_members.                        { A = statement_constant(parser, (Value){.kind = VALUE_NULL}); FAIL(IN_WORDS); }
no_members ::= OPEN_LIST CLOSE_LIST.
no_members ::= OPEN CLOSE.
no_members ::= OPEN_SET CLOSE_SET.
no_members ::= PARAMETER.
no_members ::= STRING.
no_members ::= INTEGER.
no_members ::= DECIMAL.
no_members ::= name.

%type elements {Node *}
elements(A) ::= condition(B).                     { A = B; }
elements(A) ::= elements(B) COMMA condition(C).   { A = node_append(B, C); }

%type sum {Node *}
sum(A) ::= term(B).                               { A = B; }
sum(A) ::= sum(B) operator(O) term(C).            { A = statement_sum(parser, O, B, C); }
operator(A) ::= PLUS(B).                          { A = B; }
operator(A) ::= MINUS(B).                         { A = B; }
operator(A) ::= STAR(B).                          { A = B; }
operator(A) ::= OPERATOR(B).                      { A = B; }

%type term {Node *}
term(A) ::= primary(B).                           { A = B; }
term(A) ::= PLUS term(B).                         { A = B; }
term(A) ::= MINUS term(B).                        { A = statement_negated(parser, B); }

%type primary {Node *}
primary(A) ::= path(B).                           { A = node_of_path(parser->call->arena, B); }
primary(A) ::= OPEN condition(B) CLOSE.           { A = B; }
primary(A) ::= OPEN condition(B) COMMA elements(C) CLOSE. { A = statement_list(parser, node_append(B, C)); }
primary(A) ::= list_open CLOSE_LIST.              { A = statement_list(parser, NULL); statement_leave(parser); }
primary(A) ::= list_open list(B) CLOSE_LIST.      { A = statement_list(parser, B); statement_leave(parser); }
primary(A) ::= OPEN_SET CLOSE_SET.                { A = statement_set_of(parser, NULL); }
primary(A) ::= OPEN_SET elements(B) CLOSE_SET.    { A = statement_set_of(parser, B); }
primary(A) ::= OPEN_MAP CLOSE_MAP.                { A = statement_map(parser, NULL); }
primary(A) ::= OPEN_MAP pairs(B) CLOSE_MAP.       { A = statement_map(parser, B); }
primary(A) ::= STRING(B).                         { A = statement_string(parser, B); }
primary(A) ::= INTEGER(B).                        { A = statement_number(parser, B); }
primary(A) ::= DECIMAL(B).                        { A = statement_number(parser, B); }
primary(A) ::= NULL.           { A = statement_constant(parser, (Value){.kind = VALUE_NULL, .null = true}); }
primary(A) ::= TRUE.           { A = statement_constant(parser, (Value){.kind = VALUE_BOOL, .bool_ = true}); }
primary(A) ::= FALSE.          { A = statement_constant(parser, (Value){.kind = VALUE_BOOL, .bool_ = false}); }
primary(A) ::= PARAMETER.                         { A = statement_parameter(parser); }
primary(A) ::= MISSING(B).                        { A = statement_missing(parser, B); }
primary(A) ::= ION(B).
    { A = statement_string(parser, B); statement_refuse_at(parser, B, "Ion Literals are not supported"); }
primary(A) ::= function_name(B) OPEN elements(C) CLOSE. { A = statement_function(parser, B, C); }
primary(A) ::= function_name(B) OPEN CLOSE.       { A = statement_function(parser, B, NULL); }
primary(A) ::= function_name(B) OPEN STAR CLOSE.  { A = statement_function(parser, B, NULL); }
primary(A) ::= EXISTS(B) OPEN elements(C) CLOSE.  { A = statement_function(parser, B, C); }
primary(A) ::= EXISTS OPEN SELECT(B).
    { A = statement_string(parser, B); statement_refuse_at(parser, B, "Unsupported token in expression: SELECT"); }
function_name(A) ::= NAME(B).                     { A = B; }
function_name(A) ::= FUNCTION(B).                 { A = B; }

list_open ::= OPEN_LIST.                          { statement_enter(parser, (Bytes){0}); }
%type list {Node *}
list(A) ::= condition(B).                         { A = B; }
list(A) ::= list(B) list_comma condition(C).      { A = node_append(B, C); }
list_comma ::= COMMA.                             { statement_next_element(parser); }

%type pairs {Member *}
pairs(A) ::= pair(B).                             { A = B; }
pairs(A) ::= pairs(B) COMMA pair(C).              { C->next = B; A = C; }
%type pair {Member *}
pair(A) ::= member_name(B) condition(C).          { A = statement_member(parser, C, B); }
member_name(A) ::= STRING(B) COLON.               { A = B; statement_enter(parser, statement_name(parser, B)); }
member_name(A) ::= member_no_name(B) COLON.       { A = B; statement_enter(parser, B.text); }
member_no_name(A) ::= NAME(B).
    { A = B; statement_refuse_at(parser, B, "Tuple keys must be of type String. Actual type: VariableReference under root"); }
member_no_name(A) ::= QUOTED(B).
    { A = B; statement_refuse_at(parser, B, "Tuple keys must be of type String. Actual type: VariableReference under root"); }
member_no_name(A) ::= INTEGER(B).
    { A = B; statement_refuse_at(parser, B, "Tuple keys must be of type String. Actual type: INT under root"); }

%type name {Bytes}
name(A) ::= NAME(B).                              { A = B.text; }
name(A) ::= QUOTED(B).                            { A = statement_name(parser, B); }

%type path {Path *}
path(A) ::= name(B).                              { A = statement_path_name(parser, NULL, B); }
path(A) ::= path(B) DOT name(C).                  { A = statement_path_name(parser, B, C); }
path(A) ::= path(B) OPEN_LIST STRING(C) CLOSE_LIST.
    { A = statement_path_name(parser, B, statement_name(parser, C)); }
path(A) ::= path(B) OPEN_LIST INTEGER(C) CLOSE_LIST. { A = statement_path_index(parser, B, C); }

%code {
static bool is_infix(int type)
{
    return type == WORD_AND || type == WORD_OR || type == WORD_EQ || type == WORD_NE || type == WORD_LT ||
           type == WORD_LE || type == WORD_GT || type == WORD_GE || type == WORD_IN || type == WORD_BETWEEN ||
           type == WORD_LIKE || type == WORD_PLUS || type == WORD_MINUS || type == WORD_OPERATOR || type == WORD_IS;
}

/* Behind this word a term must stand. */
static bool wants_term(int type)
{
    return is_infix(type) || type == WORD_WHERE || type == WORD_NOT || type == WORD_OPEN || type == WORD_COMMA ||
           type == WORD_FROM || type == WORD_SELECT || type == WORD_OPEN_LIST || type == WORD_OPEN_SET ||
           type == WORD_COLON || type == WORD_BY || type == WORD_VALUE || type == WORD_SET || type == WORD_REMOVE;
}

static bool is_keyword(Bytes word)
{
    return word.len && isalpha((unsigned char)word.ptr[0]);
}

/* aws: observed answers, paritysuite/dynamodb-conformance (tests/tier3/error-messages/partiqlGrammar, October 2026) */
const char *statement_complaint(const StatementParser *parser)
{
    size_t at = parser->at;
    const StatementToken *token = &parser->tokens[at];
    int before = at ? token[-1].type : 0, before_that = at > 1 ? token[-2].type : 0;
    bool is_end = !token->type || token->type == WORD_SEMICOLON;
    if (before == WORD_DOT)
        return "Invalid path dot component";
    if (before == WORD_IS || (before == WORD_NOT && before_that == WORD_IS))
        return "Expected type name";
    if (before == WORD_FROM && before_that == WORD_DELETE)
        return "Expected identifier for simple path";
    if (!wants_term(before))
        return "Unexpected token after expression";
    if (is_end)
        return is_infix(before) ? "Missing right-hand side expression of infix operator" : "Unexpected term";
    if (is_infix(token->type))
        return "Unexpected operator";
    return is_keyword(token->text) ? "Unexpected keyword" : "Unexpected term";
}

void statement_parser_run(StatementParser *parser)
{
    yyParser engine;
    StatementGrammarInit(&engine, parser);
    for (parser->at = 0; parser->at <= parser->tokens_count && is_ok(parser->status); parser->at++)
        StatementGrammar(&engine, parser->tokens[parser->at].type, parser->tokens[parser->at]);
    StatementGrammarFinalize(&engine);
}
}
