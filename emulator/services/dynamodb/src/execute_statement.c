/* execute_statement.c - ExecuteStatement: one PartiQL statement. DynamoDB API Reference, ExecuteStatement. */
#include "statement.h"
#include "throttle.h"

OPERATION(DynamodbExecuteStatement, execute_statement, WRITES);

static Status read_items(Call *call, const DynamodbExecuteStatementInput *in, const PartiqlStatement *statement,
                         DynamodbExecuteStatementOutput *out)
{
    ReadPlan plan;
    StatementPage read;
    TRY(statement_plan(call, statement, in->consistent_read, &plan));
    TRY(statement_read(call, &plan, in->limit, in->next_token, &read));
    ReadCost cost = statement_cost(&plan, &read);
    TRY(throttle_read(call, &cost));

    out->items = read.page.items;
    out->next_token = read.next_token;
    out->last_evaluated_key = read.page.last_key;
    out->consumed_capacity = capacity_of_read(call, in->return_consumed_capacity, statement->table_name, &cost);
    return OK;
}

static Status write_item(Call *call, const DynamodbExecuteStatementInput *in, const PartiqlStatement *statement,
                         DynamodbExecuteStatementOutput *out)
{
    StatementWrite write = {.statement = statement,
                            .return_values_on_failure = in->return_values_on_condition_check_failure};
    ChangeCost cost = {0};
    TRY(statement_prepare(call, &write));
    TRY(statement_judge(call, &write));
    TRY(throttle_write(call, &write.change));

    TRY(statement_write(call, &write, &cost));

    Item returned = statement_returned(call, &write);
    out->items.items = arena_new_of(call->arena, DynamodbAttributeMap);
    if (returned.len)
        out->items.items[out->items.len++] = returned;
    out->consumed_capacity =
        capacity_of_write(call, in->return_consumed_capacity, statement->table_name, write.change.table, &cost);
    return OK;
}

static Status execute_statement(Call *call, const DynamodbExecuteStatementInput *in,
                                DynamodbExecuteStatementOutput *out)
{
    PartiqlStatement statement;
    TRY(parameters_check(call, &in->parameters));
    TRY(statement_parse(call, in->statement, &in->parameters, &statement));
    if (statement.kind == STATEMENT_EXISTS)
        return fail(call, &DYNAMODB_VALIDATION, "EXISTS can only be used in ExecuteTransaction write requests.");
    return statement_reads(&statement) ? read_items(call, in, &statement, out) : write_item(call, in, &statement, out);
}
