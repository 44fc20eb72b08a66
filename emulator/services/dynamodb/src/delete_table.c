/* delete_table.c - DeleteTable. DynamoDB API Reference, DeleteTable. */
#include "backup.h"

OPERATION(DynamodbDeleteTable, delete_table, WRITES);

static Status delete_table(Call *call, const DynamodbDeleteTableInput *in, DynamodbDeleteTableOutput *out)
{
    Table *table;
    TRY(table_find_to_change(call, in->table_name, &table));
    if (table->is_protected)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
    /* aws: Developer Guide, backup and restore, "How it works": "While an on-demand backup is in progress, you can't …
     * Delete the source table of the backup" */
    if (table->history.copies_count)
        return fail(call, &DYNAMODB_RESOURCE_IN_USE,
                    "Attempt to change a resource which is still in use: Table is being backed up: " BYTES_FMT,
                    BYTES_ARG(table->name));

    if (table->recovery_since_ms)
        TRY(expect_ok(call, backup_keep_deleted(&call->scope, table)));
    else
        TRY(expect_ok(call, table_remove(&call->scope, table)));

    out->table_description = table_describe(call, table, DYNAMODB_TABLE_STATUS_DELETING);
    table_forget(call->service, table);
    return OK;
}
