/* execute_transaction.c - ExecuteTransaction: up to 100 PartiQL statements that read one item each, or that write (or
 * look at) one each, all or none of them. DynamoDB API Reference, ExecuteTransaction. */
#include "statement.h"
#include "throttle.h"
#include "token.h"

OPERATION(DynamodbExecuteTransaction, execute_transaction, WRITES);

typedef struct Transaction {
    Bytes asked_capacity;
    PartiqlStatement *statements;
    StatementWrite *writes; /* the refusals of reads, too */
    ReadPlan *plans;
    size_t len;
    bool reads;
} Transaction;

/* "Validation failed in TransactStatements[3]: …" */
static Status in_place(Call *call, Status status, size_t at)
{
    if (is_ok(status) || status.code_ < 0 || call->error != &DYNAMODB_VALIDATION)
        return status;
    call->message = arena_text(call->arena, "Validation failed in TransactStatements[%zu]: " BYTES_FMT, at,
                               BYTES_ARG(call->message));
    return status;
}

static Status check_statement(Call *call, const PartiqlStatement *statement)
{
    if (statement->returning.is_given)
        return fail(call, &DYNAMODB_VALIDATION, "RETURNING clause is not supported in ExecuteTransaction.");
    if (present(statement->index_name))
        return fail(call, &DYNAMODB_VALIDATION,
                    statement_reads(statement) || statement->kind == STATEMENT_EXISTS
                        ? "Reads on indices are not supported within transactions."
                        : "This operation is not supported on an index");
    return OK;
}

static Status parse_all(Call *call, const DynamodbParameterizedStatements *in, Transaction *transaction)
{
    size_t reads = 0;
    for (size_t i = 0; i < transaction->len; i++) {
        StatementWrite *write = &transaction->writes[i];
        PartiqlStatement *statement = &transaction->statements[i];
        write->statement = statement;
        write->return_values_on_failure = in->items[i].return_values_on_condition_check_failure;
        TRY(parameters_check(call, &in->items[i].parameters));
        TRY(in_place(call, statement_parse(call, in->items[i].statement, &in->items[i].parameters, statement), i));
        TRY(in_place(call, check_statement(call, statement), i));
        reads += statement_reads(statement);
    }
    transaction->reads = reads > 0;
    if (reads && reads < transaction->len)
        return fail(call, &DYNAMODB_VALIDATION,
                    "ExecuteTransaction API does not support both read and write operations in the same request.");
    return OK;
}

/* What does not fit the table's keys is a reason to cancel, not a mistake of the request. */
static Status prepare_read(Call *call, Transaction *transaction, size_t at)
{
    ReadPlan *plan = &transaction->plans[at];
    Refusal *refusal = &transaction->writes[at].refusal;
    TRY(refusal_of(call, statement_plan(call, &transaction->statements[at], true, plan), refusal));
    if (present(refusal->code) || plan->is_of_one_item)
        return OK;
    TRY(in_place(call,
                 fail(call, &DYNAMODB_VALIDATION,
                      "Select statements within ExecuteTransaction must specify the primary key in the where clause."),
                 at));
    return OK;
}

static Status prepare_write(Call *call, Transaction *transaction, size_t at)
{
    StatementWrite *write = &transaction->writes[at];
    bool is_check = write->statement->kind == STATEMENT_EXISTS;
    TRY(refusal_of(call, statement_prepare(call, write), &write->refusal));
    TRY(request_check_empty_keys(call, &write->change.table->keys, &write->key));
    bool lacks_key = present(write->refusal.code) && write->key.len < (has_range(&write->change.table->keys) ? 2 : 1) &&
                     bytes_starts_with(write->refusal.message, TEXT("Where clause"));
    if (is_check && (lacks_key || (!present(write->refusal.code) && !write->condition)))
        return in_place(
            call,
            fail(call, &DYNAMODB_VALIDATION, "EXISTS() must contain a single item read with additional condition"), at);
    return OK;
}

static Key key_at(const Transaction *transaction, size_t at)
{
    return transaction->reads
               ? (Key){transaction->plans[at].pieces->rows.hash, transaction->plans[at].pieces->rows.range_from}
               : transaction->writes[at].change.key;
}

static const Table *table_at(const Transaction *transaction, size_t at)
{
    return transaction->reads ? transaction->plans[at].page.table : transaction->writes[at].change.table;
}

static Status check_double(Call *call, const Transaction *transaction, size_t last)
{
    Key key = key_at(transaction, last);
    for (size_t i = 0; i < last; i++) {
        if (present(transaction->writes[i].refusal.code) || table_at(transaction, i) != table_at(transaction, last))
            continue;
        Key other = key_at(transaction, i);
        if (bytes_equal(key.hash, other.hash) && bytes_equal(key.range, other.range))
            return fail(call, &DYNAMODB_VALIDATION,
                        "Transaction request cannot include multiple operations on one item");
    }
    return OK;
}

static Status prepare_all(Call *call, Transaction *transaction)
{
    size_t bytes = 0;
    for (size_t i = 0; i < transaction->len; i++) {
        const StatementWrite *write = &transaction->writes[i];
        Table *table;
        TRY(table_find_for_items(call, transaction->statements[i].table_name, &table));
        TRY(transaction->reads ? prepare_read(call, transaction, i) : prepare_write(call, transaction, i));
        if (!present(write->refusal.code))
            TRY(check_double(call, transaction, i));
        bytes += item_size(&write->statement->item);
        if (bytes > TRANSACTION_BYTES_MAX)
            return fail(call, &DYNAMODB_VALIDATION, TRANSACTION_TOO_LARGE);
    }
    return OK;
}

/* taken: what the throttle's mark was before any part was admitted. */
static Status check_refusals(Call *call, const Transaction *transaction, size_t taken)
{
    size_t count = transaction->len, refused = 0;
    DynamodbCancellationReasonList reasons = {arena_new_array(call->arena, DynamodbCancellationReason, count), count};
    for (size_t i = 0; i < count; i++) {
        const Refusal *refusal = &transaction->writes[i].refusal;
        bool is_refused = present(refusal->code);
        refused += is_refused;
        reasons.items[i] = is_refused ? (DynamodbCancellationReason){.code = refusal->code,
                                                                     .message = refusal->message,
                                                                     .item = refusal->item}
                                      : (DynamodbCancellationReason){.code = TEXT("None")};
    }
    if (!refused)
        return OK;
    throttle_give_back(call, taken);
    return transaction_cancel(call, &reasons);
}

/* In memory: their answer takes about as much again. */
#define ITEMS_HELD_MAX (LIMIT_CALL_BYTES / 2)

static Status read_all(Call *call, Transaction *transaction, DynamodbExecuteTransactionOutput *out)
{
    size_t bytes = 0, begun = arena_held(call->arena);
    for (size_t i = 0; i < transaction->len; i++) {
        StatementPage read;
        TRY(statement_read(call, &transaction->plans[i], 0, (Bytes){0}, &read));
        if (read.page.items.len)
            out->responses.items[i].item = read.page.items.items[0];
        bytes += item_size(&out->responses.items[i].item);
        if (bytes > TRANSACTION_BYTES_MAX)
            return fail(call, &DYNAMODB_VALIDATION, TRANSACTION_TOO_LARGE);
        if (arena_held(call->arena) - begun > ITEMS_HELD_MAX)
            return fail(call, &DYNAMODB_VALIDATION,
                        "The items need more memory than evpoc-emu lets one call have (core/limits.h).");
        ReadCost cost = statement_cost(&transaction->plans[i], &read);
        TRY(refusal_of(call, throttle_read(call, &cost), &transaction->writes[i].refusal));
        if (present(transaction->writes[i].refusal.code))
            continue;
        capacity_join(call, &out->consumed_capacity,
                      capacity_of_read(call, transaction->asked_capacity, transaction->statements[i].table_name, &cost),
                      transaction->len);
    }
    capacity_of_transaction(&out->consumed_capacity, CAPACITY_READ);
    return OK;
}

static Status write_all(Call *call, Transaction *transaction, DynamodbExecuteTransactionOutput *out)
{
    for (size_t i = 0; i < transaction->len; i++) {
        StatementWrite *write = &transaction->writes[i];
        ChangeCost cost = {0};
        ArenaMark mark = arena_mark(call->arena);
        TRY(statement_write(call, write, &cost));
        if (write->is_put_aside)
            arena_rewind(call->arena, mark);
        capacity_join(call, &out->consumed_capacity,
                      capacity_of_write(call, transaction->asked_capacity, transaction->statements[i].table_name,
                                        write->change.table, &cost),
                      transaction->len);
    }
    capacity_of_transaction(&out->consumed_capacity, CAPACITY_WRITE);
    return OK;
}

static Status execute_transaction(Call *call, const DynamodbExecuteTransactionInput *in,
                                  DynamodbExecuteTransactionOutput *out)
{
    size_t len = in->transact_statements.len;
    Transaction transaction = {.asked_capacity = in->return_consumed_capacity,
                               .statements = arena_new_array(call->arena, PartiqlStatement, len),
                               .writes = arena_new_array(call->arena, StatementWrite, len),
                               .plans = arena_new_array(call->arena, ReadPlan, len),
                               .len = len};
    Bytes digest;
    size_t taken = throttle_mark(call);
    bool is_done = false;
    TRY(parse_all(call, &in->transact_statements, &transaction));
    out->responses.items = arena_new_array(call->arena, DynamodbItemResponse, len);
    if (!transaction.reads)
        TRY(token_check_statements(call, in, &digest, &is_done));
    if (is_done)
        return OK;
    TRY(prepare_all(call, &transaction));
    if (!transaction.reads)
        TRY(statement_judge_all(call, transaction.writes, len));
    TRY(check_refusals(call, &transaction, taken));
    if (transaction.reads) {
        out->responses.len = len;
        TRY(read_all(call, &transaction, out));
        return check_refusals(call, &transaction, taken);
    }

    TRY(expect_ok(call, token_keep(call, in->client_request_token, digest)));
    return write_all(call, &transaction, out);
}
