/* create_backup.c - CreateBackup: the table as it is now, copied while it goes on changing. DynamoDB API Reference,
 * CreateBackup. */
#include "backup.h"
#include "job.h"

OPERATION(DynamodbCreateBackup, create_backup, WRITES);

static Status create_backup(Call *call, const DynamodbCreateBackupInput *in, DynamodbCreateBackupOutput *out)
{
    const Dynamodb *dynamodb = call->service;
    Backup backup = {.name = in->backup_name, .type = DYNAMODB_BACKUP_TYPE_USER};
    Table *table;
    TRY(table_find_for_backup(call, in->table_name, &table));
    if (table_is_being_made(table, call->now_ms))
        return fail(call, &DYNAMODB_TABLE_IN_USE, "Table is being created: " BYTES_FMT, BYTES_ARG(table->name));
    /* aws: CreateBackup, Errors: "There is another ongoing conflicting backup control plane operation on the table" */
    if (table->history.copies_count)
        return fail(call, &DYNAMODB_BACKUP_IN_USE, "Backup is being created, deleted or restored to table: " BYTES_FMT,
                    BYTES_ARG(table->name));

    backup.active_ms = call->now_ms + dynamodb->transition_ms;
    TRY(expect_ok(call, backup_insert(&call->scope, table, &backup)));
    TRY(expect_ok(call,
                  jobs_add(&call->scope, &(Job){.kind = JOB_COPY, .source = table->id, .target = backup.table_id})));
    TRY(expect_ok(call, jobs_begin(&call->scope)));

    out->backup_details = backup_details(call, &backup, table->tally.bytes, DYNAMODB_BACKUP_STATUS_CREATING);
    return OK;
}
