/* continuous_backups.c - DescribeContinuousBackups, UpdateContinuousBackups: point-in-time recovery, switched on and
 * off. DynamoDB API Reference, UpdateContinuousBackups. */
#include "history.h"
#include "recovery.h"

OPERATION(DynamodbDescribeContinuousBackups, describe_continuous_backups, READS);
OPERATION(DynamodbUpdateContinuousBackups, update_continuous_backups, WRITES);

#define RECOVERY_DAYS_MAX 35
#define LATEST_LAG_MS     INT64_C(300000) /* aws: "typically five minutes before the current time" */

RecoveryWindow recovery_window(const Table *table, int64_t now_ms)
{
    int64_t earliest = now_ms - table->recovery_days * DAY_MS, latest = now_ms - LATEST_LAG_MS;
    if (earliest < table->recovery_since_ms)
        earliest = table->recovery_since_ms;
    return (RecoveryWindow){earliest, latest > earliest ? latest : earliest};
}

static DynamodbContinuousBackupsDescription *describe(Call *call, const Table *table)
{
    DynamodbContinuousBackupsDescription *backups = arena_new_of(call->arena, DynamodbContinuousBackupsDescription);
    DynamodbPointInTimeRecoveryDescription *recovery =
        arena_new_of(call->arena, DynamodbPointInTimeRecoveryDescription);
    backups->continuous_backups_status = DYNAMODB_CONTINUOUS_BACKUPS_STATUS_ENABLED;
    backups->point_in_time_recovery_description = recovery;
    if (!table->recovery_since_ms) {
        recovery->point_in_time_recovery_status = DYNAMODB_POINT_IN_TIME_RECOVERY_STATUS_DISABLED;
        return backups;
    }
    RecoveryWindow window = recovery_window(table, call->now_ms);
    recovery->point_in_time_recovery_status = DYNAMODB_POINT_IN_TIME_RECOVERY_STATUS_ENABLED;
    SET(recovery, recovery_period_in_days, (int32_t)table->recovery_days);
    SET(recovery, earliest_restorable_date_time, window.earliest_ms);
    SET(recovery, latest_restorable_date_time, window.latest_ms);
    return backups;
}

/* aws: the message of TableNotFoundException is the plain one */
Status table_find_for_backup(Call *call, Bytes name, Table **ret_table)
{
    int code = table_get(&call->scope, name, ret_table);
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODB_TABLE_NOT_FOUND, "Table not found: " BYTES_FMT, BYTES_ARG(table_name_of(name)));
    return expect_ok(call, code);
}

static Status describe_continuous_backups(Call *call, const DynamodbDescribeContinuousBackupsInput *in,
                                          DynamodbDescribeContinuousBackupsOutput *out)
{
    Table *table;
    TRY(table_find_for_backup(call, in->table_name, &table));
    out->continuous_backups_description = describe(call, table);
    return OK;
}

static Status update_continuous_backups(Call *call, const DynamodbUpdateContinuousBackupsInput *in,
                                        DynamodbUpdateContinuousBackupsOutput *out)
{
    const DynamodbPointInTimeRecoverySpecification *asked = in->point_in_time_recovery_specification;
    Table *table;
    TRY(table_find_for_backup(call, in->table_name, &table));

    /* aws: the words are those that Amplify's and Terraform's users report */
    if (table_is_being_made(table, call->now_ms))
        return fail(call, &DYNAMODB_CONTINUOUS_BACKUPS_UNAVAILABLE,
                    "Backups are being enabled for the table: " BYTES_FMT ". Please retry later",
                    BYTES_ARG(table->name));

    TRY(expect_ok(call, history_write(call->store, table)));
    Table changed = *table;
    if (!asked->point_in_time_recovery_enabled)
        changed.recovery_since_ms = 0;
    else if (!table->recovery_since_ms)
        changed.recovery_since_ms = call->now_ms;
    changed.recovery_days = asked->has_recovery_period_in_days ? asked->recovery_period_in_days : RECOVERY_DAYS_MAX;
    TRY(expect_ok(call, table_write(&call->scope, &changed)));
    if (!!changed.recovery_since_ms != !!table->recovery_since_ms)
        TRY(expect_ok(call, history_forget(&call->scope, table->id)));
    out->continuous_backups_description = describe(call, &changed);
    table_forget(call->service, table);
    return OK;
}
