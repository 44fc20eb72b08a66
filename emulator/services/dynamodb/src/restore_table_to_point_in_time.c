/* restore_table_to_point_in_time.c - RestoreTableToPointInTime: to any millisecond since the change log's beginning.
 * DynamoDB API Reference, RestoreTableToPointInTime. */
#include "backup.h"
#include "history.h"
#include "recovery.h"
#include "restore.h"

OPERATION(DynamodbRestoreTableToPointInTime, restore_table_to_point_in_time, WRITES);

static Status check(Call *call, const DynamodbRestoreTableToPointInTimeInput *in)
{
    if (!present(in->source_table_name) == !present(in->source_table_arn))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values were invalid: Only one of SourceTableName and SourceTableArn must be specified");
    if (in->use_latest_restorable_time == in->has_restore_date_time)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values were invalid: Only one of UseLatestRestorableTime and RestoreDateTime must be specified");
    return OK;
}

static Status time_of(Call *call, const DynamodbRestoreTableToPointInTimeInput *in, const Table *source,
                      int64_t *ret_ms)
{
    if (!source->recovery_since_ms)
        return fail(call, &DYNAMODB_POINT_IN_TIME_RECOVERY_UNAVAILABLE,
                    "Point in time recovery is not enabled for table '" BYTES_FMT "'", BYTES_ARG(source->name));
    RecoveryWindow window = recovery_window(source, call->now_ms);
    *ret_ms = in->use_latest_restorable_time ? window.latest_ms : in->restore_date_time;
    if (*ret_ms < window.earliest_ms || *ret_ms > window.latest_ms)
        return fail(
            call, &DYNAMODB_INVALID_RESTORE_TIME,
            "An invalid restore time was specified. RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime.");
    return OK;
}

static Status restore_table_to_point_in_time(Call *call, const DynamodbRestoreTableToPointInTimeInput *in,
                                             DynamodbRestoreTableToPointInTimeOutput *out)
{
    RestoreInput asked = RESTORE_INPUT(in);
    Backup view = {.name = TEXT("view")};
    Table *source, target;
    int64_t as_of_ms;
    TRY(restore_check(call, &asked));
    TRY(check(call, in));
    TRY(table_find_for_backup(call, present(in->source_table_name) ? in->source_table_name : in->source_table_arn,
                              &source));
    TRY(time_of(call, in, source, &as_of_ms));
    TRY(restore_plan(call, &asked, source, &target));

    Job copy = {.kind = JOB_UNDO, .source = source->id, .from = history_at(as_of_ms + 1), .to = source->history.last};
    Origin origin = {.table_arn = table_arn(call, source), .as_of_ms = as_of_ms};
    TRY(expect_ok(call, backup_insert(&call->scope, source, &view)));
    copy.target = view.table_id;
    TRY(expect_ok(call, jobs_add(&call->scope, &copy)));
    TRY(restore_begin(call, &target, &origin, &(Job){.source = view.table_id, .drops_source = true}));

    out->table_description = table_describe(call, &target, DYNAMODB_TABLE_STATUS_CREATING);
    return OK;
}
