/* batch_execute_statement.c - BatchExecuteStatement: up to 25 PartiQL statements that read one item each, or that write
 * one each; what is wrong with one is told in its place. DynamoDB API Reference, BatchExecuteStatement. */
#include "statement.h"
#include "throttle.h"

OPERATION(DynamodbBatchExecuteStatement, batch_execute_statement, WRITES);

typedef struct Batch {
    Bytes asked_capacity;
    PartiqlStatement *statements;
    StatementWrite *writes; /* the refusals of reads, too */
    ReadPlan *plans;
    bool *knows_table; /* it was found: the answer names it */
    size_t len, reads, changes;
} Batch;

static Status check_kind(Call *call, const PartiqlStatement *statement)
{
    if (statement->kind != STATEMENT_EXISTS)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION, "EXISTS can only be used in ExecuteTransaction write requests.");
}

static Status parse(Call *call, const DynamodbBatchStatementRequest *in, PartiqlStatement *statement)
{
    TRY(parameters_check(call, &in->parameters));
    TRY(statement_parse(call, in->statement, &in->parameters, statement));
    return check_kind(call, statement);
}

static Status parse_all(Call *call, const DynamodbPartiQLBatchRequest *in, Batch *batch)
{
    for (size_t i = 0; i < batch->len; i++) {
        StatementWrite *write = &batch->writes[i];
        PartiqlStatement *statement = &batch->statements[i];
        write->statement = statement;
        write->return_values_on_failure = in->items[i].return_values_on_condition_check_failure;
        TRY(refusal_of(call, parse(call, &in->items[i], statement), &write->refusal));
        if (present(write->refusal.code))
            continue;
        if (statement_reads(statement))
            batch->reads++;
        else
            batch->changes++;
    }
    if (batch->reads && batch->changes)
        return fail(call, &DYNAMODB_VALIDATION, "Read and write requests together in the same batch is not supported.");
    return OK;
}

static Status plan_read(Call *call, Batch *batch, size_t at, bool is_consistent)
{
    TRY(statement_plan(call, &batch->statements[at], is_consistent, &batch->plans[at]));
    if (batch->plans[at].is_of_one_item)
        return OK;
    return fail(call, &DYNAMODB_VALIDATION,
                "Select statements within BatchExecuteStatement must specify the primary key in the where clause.");
}

static Status prepare(Call *call, const DynamodbPartiQLBatchRequest *in, Batch *batch, size_t at)
{
    return batch->reads ? plan_read(call, batch, at, in->items[at].consistent_read)
                        : statement_prepare(call, &batch->writes[at]);
}

static const Table *table_at(const Batch *batch, size_t at)
{
    return batch->reads ? batch->plans[at].page.table : batch->writes[at].change.table;
}

static Key key_at(const Batch *batch, size_t at)
{
    return batch->reads ? (Key){batch->plans[at].pieces->rows.hash, batch->plans[at].pieces->rows.range_from}
                        : batch->writes[at].change.key;
}

static Status check_double(Call *call, const Batch *batch, size_t last)
{
    Key key = key_at(batch, last);
    for (size_t i = 0; i < last; i++) {
        if (present(batch->writes[i].refusal.code) || table_at(batch, i) != table_at(batch, last))
            continue;
        Key other = key_at(batch, i);
        if (bytes_equal(key.hash, other.hash) && bytes_equal(key.range, other.range))
            return fail(call, &DYNAMODB_VALIDATION, "Provided list of item keys contains duplicates");
    }
    return OK;
}

static Status prepare_all(Call *call, const DynamodbPartiQLBatchRequest *in, Batch *batch)
{
    for (size_t i = 0; i < batch->len; i++) {
        Refusal *refusal = &batch->writes[i].refusal;
        if (present(refusal->code))
            continue;
        TRY(refusal_of(call, prepare(call, in, batch, i), refusal));
        if (!present(refusal->code))
            TRY(check_double(call, batch, i));
    }
    return OK;
}

/* Not judged, nor read: a fault rule says so, or the batch asks for too much. As AWS does then, the rest is throttled:
 * clients send it again. */
static bool is_left_out(Call *call, const PageUse *begun, Refusal *refusal)
{
    if (call_item_fails(call)) {
        refusal->code = present(call->failing_code) ? call->failing_code : TEXT("InternalServerError");
        refusal->message = present(call->failing_message) ? call->failing_message : TEXT("Internal server error");
        return true;
    }
    if (!page_is_over(call->arena, begun))
        return false;
    refusal->code = TEXT("ThrottlingError");
    refusal->message = TEXT(
        "The items of this batch need more than evpoc-emu lets one call have (core/limits.h): send the rest again.");
    return true;
}

static Status judge_all(Call *call, Batch *batch)
{
    PageUse begun = page_begin(call->arena);
    for (size_t i = 0; i < batch->len; i++) {
        StatementWrite *write = &batch->writes[i];
        if (present(write->refusal.code))
            continue;
        batch->knows_table[i] = true;
        if (!is_left_out(call, &begun, &write->refusal))
            TRY(refusal_of(call, statement_judge(call, write), &write->refusal));
        TRY(statement_admit(call, write));
    }
    return OK;
}

static Status read_item(Call *call, Batch *batch, size_t at, DynamodbBatchExecuteStatementOutput *out)
{
    StatementPage read;
    TRY(statement_read(call, &batch->plans[at], 0, (Bytes){0}, &read));
    ReadCost cost = statement_cost(&batch->plans[at], &read);
    TRY(refusal_of(call, throttle_read(call, &cost), &batch->writes[at].refusal));
    if (present(batch->writes[at].refusal.code))
        return OK;
    if (read.page.items.len)
        out->responses.items[at].item = read.page.items.items[0];
    capacity_join(call, &out->consumed_capacity,
                  capacity_of_read(call, batch->asked_capacity, batch->statements[at].table_name, &cost), batch->len);
    return OK;
}

static Status read_all(Call *call, Batch *batch, DynamodbBatchExecuteStatementOutput *out)
{
    PageUse begun = page_begin(call->arena);
    for (size_t i = 0; i < batch->len; i++) {
        if (present(batch->writes[i].refusal.code))
            continue;
        batch->knows_table[i] = true;
        if (!is_left_out(call, &begun, &batch->writes[i].refusal))
            TRY(read_item(call, batch, i, out));
    }
    return OK;
}

static Status write_item(Call *call, Batch *batch, size_t at, DynamodbBatchExecuteStatementOutput *out)
{
    StatementWrite *write = &batch->writes[at];
    ChangeCost cost = {0};
    TRY(statement_write(call, write, &cost));
    out->responses.items[at].item = statement_returned(call, write);
    capacity_join(
        call, &out->consumed_capacity,
        capacity_of_write(call, batch->asked_capacity, batch->statements[at].table_name, write->change.table, &cost),
        batch->len);
    return OK;
}

static void tell_refusal(Call *call, const Refusal *refusal, DynamodbBatchStatementResponse *response)
{
    response->error = arena_new_of(call->arena, DynamodbBatchStatementError);
    *response->error = (DynamodbBatchStatementError){refusal->code, refusal->message, refusal->item};
}

static Status write_all(Call *call, Batch *batch, DynamodbBatchExecuteStatementOutput *out)
{
    for (size_t i = 0; i < batch->len; i++)
        if (!present(batch->writes[i].refusal.code))
            TRY(write_item(call, batch, i, out));
    return OK;
}

static Status batch_execute_statement(Call *call, const DynamodbBatchExecuteStatementInput *in,
                                      DynamodbBatchExecuteStatementOutput *out)
{
    size_t len = in->statements.len;
    Batch batch = {.asked_capacity = in->return_consumed_capacity,
                   .statements = arena_new_array(call->arena, PartiqlStatement, len),
                   .writes = arena_new_array(call->arena, StatementWrite, len),
                   .plans = arena_new_array(call->arena, ReadPlan, len),
                   .knows_table = arena_new_array(call->arena, bool, len),
                   .len = len};
    TRY(parse_all(call, &in->statements, &batch));
    TRY(prepare_all(call, &in->statements, &batch));
    out->responses =
        (DynamodbPartiQLBatchResponse){arena_new_array(call->arena, DynamodbBatchStatementResponse, len), len};
    TRY(batch.reads ? read_all(call, &batch, out) : judge_all(call, &batch));

    if (!batch.reads)
        TRY(write_all(call, &batch, out));

    for (size_t i = 0; i < len; i++) {
        if (batch.knows_table[i])
            out->responses.items[i].table_name = table_name_of(batch.statements[i].table_name);
        if (present(batch.writes[i].refusal.code))
            tell_refusal(call, &batch.writes[i].refusal, &out->responses.items[i]);
    }
    return OK;
}
