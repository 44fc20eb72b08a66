/* exports.c - ExportTableToPointInTime, DescribeExport, ListExports. An export is checked whole; then there is no S3
 * yet to put it into, and it says so. DynamoDB API Reference, ExportTableToPointInTime. */
#include "recovery.h"

OPERATION(DynamodbExportTableToPointInTime, export_table_to_point_in_time, READS);
OPERATION(DynamodbDescribeExport, describe_export, READS);
OPERATION(DynamodbListExports, list_exports, READS);

#define INVALID          "One or more parameter values were invalid: "
#define INCREMENT_MIN_MS INT64_C(900000) /* aws: Developer Guide, incremental exports: "15 minutes" … "24 hours" */

static Status check_increment(Call *call, const DynamodbExportTableToPointInTimeInput *in)
{
    const DynamodbIncrementalExportSpecification *increment = in->incremental_export_specification;
    bool is_incremental = bytes_equal(in->export_type, DYNAMODB_EXPORT_TYPE_INCREMENTAL_EXPORT);
    if (is_incremental && !increment)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "IncrementalExportSpecification is required when ExportType is INCREMENTAL_EXPORT");
    if (!is_incremental && increment)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "IncrementalExportSpecification is only allowed when ExportType is INCREMENTAL_EXPORT");
    if (is_incremental && in->has_export_time)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "ExportTime is not allowed when ExportType is INCREMENTAL_EXPORT");
    if (!increment)
        return OK;
    int64_t to_ms = increment->has_export_to_time ? increment->export_to_time : call->now_ms;
    if (!increment->has_export_from_time || to_ms - increment->export_from_time < INCREMENT_MIN_MS ||
        to_ms - increment->export_from_time > DAY_MS)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "The time between ExportFromTime and ExportToTime must be 15 minutes to 24 hours");
    return OK;
}

static Status check(Call *call, const DynamodbExportTableToPointInTimeInput *in)
{
    bool is_kms = bytes_equal(in->s3_sse_algorithm, DYNAMODB_S3_SSE_ALGORITHM_KMS);
    if (present(in->s3_sse_kms_key_id) && !is_kms)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "S3SseKmsKeyId is only allowed when S3SseAlgorithm is KMS");
    return check_increment(call, in);
}

static Status check_time(Call *call, const DynamodbExportTableToPointInTimeInput *in, const Table *table)
{
    RecoveryWindow window = recovery_window(table, call->now_ms);
    const DynamodbIncrementalExportSpecification *increment = in->incremental_export_specification;
    int64_t from_ms = increment             ? increment->export_from_time
                      : in->has_export_time ? in->export_time
                                            : window.latest_ms;
    if (from_ms >= window.earliest_ms && from_ms <= call->now_ms)
        return OK;
    return fail(call, &DYNAMODB_INVALID_EXPORT_TIME,
                "The specified ExportTime is outside of the point in time recovery window.");
}

static Status export_table_to_point_in_time(Call *call, const DynamodbExportTableToPointInTimeInput *in,
                                            DynamodbExportTableToPointInTimeOutput *out)
{
    Table *table;
    (void)out;
    TRY(check(call, in));
    TRY(table_find_for_backup(call, in->table_arn, &table));
    if (!table->recovery_since_ms)
        return fail(call, &DYNAMODB_POINT_IN_TIME_RECOVERY_UNAVAILABLE,
                    "Point in time recovery is not enabled for table '" BYTES_FMT "'", BYTES_ARG(table->name));
    TRY(check_time(call, in, table));
    return fail(
        call, &COMMON_NOT_IMPLEMENTED,
        "ExportTableToPointInTime needs S3, which is not implemented: the request is fine, nothing was exported.");
}

static Status describe_export(Call *call, const DynamodbDescribeExportInput *in, DynamodbDescribeExportOutput *out)
{
    (void)out;
    return fail(call, &DYNAMODB_EXPORT_NOT_FOUND, "Export not found: " BYTES_FMT, BYTES_ARG(in->export_arn));
}

static Status list_exports(Call *call, const DynamodbListExportsInput *in, DynamodbListExportsOutput *out)
{
    (void)in;
    out->export_summaries.items = arena_new_of(call->arena, DynamodbExportSummary); /* a list that is there, empty */
    return OK;
}
