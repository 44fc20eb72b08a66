/* restore_table_from_backup.c - RestoreTableFromBackup. DynamoDB API Reference, RestoreTableFromBackup. */
#include "backup.h"
#include "restore.h"

OPERATION(DynamodbRestoreTableFromBackup, restore_table_from_backup, WRITES);

static Status restore_table_from_backup(Call *call, const DynamodbRestoreTableFromBackupInput *in,
                                        DynamodbRestoreTableFromBackupOutput *out)
{
    RestoreInput asked = RESTORE_INPUT(in);
    Backup backup;
    Table *source, target;
    Bytes status;
    TRY(restore_check(call, &asked));
    TRY(backup_find(call, in->backup_arn, &backup, &source));
    TRY(backup_status(call, &backup, &status));
    if (!bytes_equal(status, DYNAMODB_BACKUP_STATUS_AVAILABLE))
        return fail(call, &DYNAMODB_BACKUP_IN_USE,
                    "Backup is being created, deleted or restored to a table: " BYTES_FMT, BYTES_ARG(in->backup_arn));
    TRY(restore_plan(call, &asked, source, &target));

    Table named = {.name = backup.table_name};
    Origin origin = {.table_arn = table_arn(call, &named), .backup_arn = in->backup_arn, .as_of_ms = backup.created_ms};
    TRY(restore_begin(call, &target, &origin, &(Job){.source = backup.table_id}));

    out->table_description = table_describe(call, &target, DYNAMODB_TABLE_STATUS_CREATING);
    return OK;
}
