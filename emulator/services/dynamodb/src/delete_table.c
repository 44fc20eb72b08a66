/* delete_table.c - DeleteTable. DynamoDB API Reference, DeleteTable. */
#include "table.h"

OPERATION(DynamodbDeleteTable, delete_table, WRITES);

static Status delete_table(Call *call, const DynamodbDeleteTableInput *in, DynamodbDeleteTableOutput *out)
{
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    if (table->is_protected)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");

    TRY(expect_ok(call, table_remove(&call->scope, table)));

    out->table_description = table_describe(call, table, DYNAMODB_TABLE_STATUS_DELETING);
    table_forget(call->service, table);
    return OK;
}
