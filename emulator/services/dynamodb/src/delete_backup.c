/* delete_backup.c - DeleteBackup. DynamoDB API Reference, DeleteBackup. */
#include "backup.h"
#include "job.h"

OPERATION(DynamodbDeleteBackup, delete_backup, WRITES);

static Status check_idle(Call *call, const Backup *backup, Bytes arn)
{
    Bytes status;
    TRY(backup_status(call, backup, &status));
    int code = jobs_find(&call->scope, backup->table_id);
    bool is_idle = code == STORE_NOT_FOUND && bytes_equal(status, DYNAMODB_BACKUP_STATUS_AVAILABLE);
    if (is_idle || (code != STORE_OK && code != STORE_NOT_FOUND))
        return expect_ok(call, is_idle ? STORE_OK : code);
    return fail(call, &DYNAMODB_BACKUP_IN_USE, "Backup is being created, deleted or restored to a table: " BYTES_FMT,
                BYTES_ARG(arn));
}

static Status delete_backup(Call *call, const DynamodbDeleteBackupInput *in, DynamodbDeleteBackupOutput *out)
{
    Scope there = backup_scope(&call->scope);
    Backup backup;
    Table *table;
    TRY(backup_find(call, in->backup_arn, &backup, &table));
    TRY(check_idle(call, &backup, in->backup_arn));

    TRY(expect_ok(call, backup_remove(&there, table)));

    out->backup_description = backup_describe(call, &backup, table, DYNAMODB_BACKUP_STATUS_DELETED);
    return OK;
}
