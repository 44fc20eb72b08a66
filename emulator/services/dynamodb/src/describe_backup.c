/* describe_backup.c - DescribeBackup, ListBackups. DynamoDB API Reference, DescribeBackup, ListBackups. */
#include "backup.h"

OPERATION(DynamodbDescribeBackup, describe_backup, READS);
OPERATION(DynamodbListBackups, list_backups, READS);

#define PAGE_BACKUPS_MAX 100

static Status describe_backup(Call *call, const DynamodbDescribeBackupInput *in, DynamodbDescribeBackupOutput *out)
{
    Backup backup;
    Table *table;
    Bytes status;
    TRY(backup_find(call, in->backup_arn, &backup, &table));
    TRY(backup_status(call, &backup, &status));
    out->backup_description = backup_describe(call, &backup, table, status);
    return OK;
}

static Status summarize(Call *call, const Backup *backup, DynamodbBackupSummary *ret)
{
    Table named = {.name = backup->table_name};
    *ret = (DynamodbBackupSummary){.table_name = backup->table_name,
                                   .table_id = backup->uuid,
                                   .table_arn = table_arn(call, &named),
                                   .backup_arn = backup_arn(&call->scope, backup),
                                   .backup_name = backup->name,
                                   .backup_type = backup->type};
    TRY(backup_status(call, backup, &ret->backup_status));
    SET(ret, backup_creation_date_time, backup->created_ms);
    SET(ret, backup_size_bytes, backup->bytes);
    if (backup->expires_ms)
        SET(ret, backup_expiry_date_time, backup->expires_ms);
    return OK;
}

/* aws: "USER - On-demand backup created by you. (The default setting if no other backup types are specified.)" */
static Bytes type_of(Bytes filter)
{
    if (!present(filter))
        return DYNAMODB_BACKUP_TYPE_USER;
    return bytes_equal(filter, DYNAMODB_BACKUP_TYPE_FILTER_ALL) ? (Bytes){0} : filter;
}

static Status list_backups(Call *call, const DynamodbListBackupsInput *in, DynamodbListBackupsOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_BACKUPS_MAX;
    BackupFilter filter = {
        .table_name = present(in->table_name) ? table_name_of(in->table_name) : (Bytes){0},
        .type = type_of(in->backup_type),
        .from_ms = in->has_time_range_lower_bound ? in->time_range_lower_bound : INT64_MIN,
        .to_ms = in->has_time_range_upper_bound ? in->time_range_upper_bound : INT64_MAX,
        .after = present(in->exclusive_start_backup_arn) ? backup_id_of(&call->scope, in->exclusive_start_backup_arn)
                                                         : (Bytes){0},
    };
    Backups backups;
    if (present(in->exclusive_start_backup_arn) && !present(filter.after))
        return fail(call, &DYNAMODB_VALIDATION, "Invalid ExclusiveStartBackupArn: " BYTES_FMT,
                    BYTES_ARG(in->exclusive_start_backup_arn));
    TRY(expect_ok(call, backups_list(&call->scope, &filter, limit + 1, &backups)));
    size_t count = backups.count > limit ? limit : backups.count;
    out->backup_summaries.items = arena_new_array(call->arena, DynamodbBackupSummary, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(summarize(call, &backups.items[i], &out->backup_summaries.items[i]));
    out->backup_summaries.len = count;
    if (backups.count > limit)
        out->last_evaluated_backup_arn = backup_arn(&call->scope, &backups.items[limit - 1]);
    return OK;
}
