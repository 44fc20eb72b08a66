/* exports.c - ExportTableToPointInTime, DescribeExport, ListExports: checked here, done by export_job.c. DynamoDB API
 * Reference, ExportTableToPointInTime. */
#include "backup.h"
#include "export_filter.h"
#include "history.h"
#include "recovery.h"
#include "transfer.h"
#include "uuid.h"

OPERATION(DynamodbExportTableToPointInTime, export_table_to_point_in_time, WRITES);
OPERATION(DynamodbDescribeExport, describe_export, READS);
OPERATION(DynamodbListExports, list_exports, READS);

#define INVALID          "One or more parameter values were invalid: "
#define INCREMENT_MIN_MS INT64_C(900000) /* aws: Developer Guide, incremental exports: "15 minutes" … "24 hours" */
#define PAGE_EXPORTS_MAX 25              /* aws: MaxResults, 1 to 25 */

extern const Row whole_export;
#define COLUMNS                                                                                                        \
    "table_name, name, table_uuid, token, request, view_id, changes_id, start_ms, end_ms, from_ms, to_ms, items,"      \
    " bytes, files, failure_code, failure, account, region, id FROM dynamodb_export WHERE account = ?1 AND region = ?2"
static const Query find_token = {"SELECT " COLUMNS " AND token = ?3 AND start_ms > ?4 ORDER BY id DESC LIMIT 1"};
static const Query find_name = {"SELECT " COLUMNS " AND table_name = ?3 AND name = ?4"};
static const Query list_all = {"SELECT " COLUMNS
                               " AND (table_name, name) > (?3, ?4) ORDER BY table_name, name LIMIT ?5"};
static const Query list_of_table = {"SELECT " COLUMNS
                                    " AND table_name = ?3 AND name > ?4 ORDER BY table_name, name LIMIT ?5"};

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
    if (!increment->has_export_from_time)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "ExportFromTime is required");
    /* aws: observed, as far as it was told: "Difference between export period" */
    if (to_ms - increment->export_from_time < INCREMENT_MIN_MS || to_ms - increment->export_from_time > DAY_MS)
        return fail(call, &DYNAMODB_INVALID_EXPORT_TIME,
                    "Difference between export period from time and to time must be 15 minutes to 24 hours");
    return OK;
}

static Status check(Call *call, const DynamodbExportTableToPointInTimeInput *in)
{
    if (bytes_equal(in->export_format, DYNAMODB_EXPORT_FORMAT_ION))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "ExportFormat ION is not implemented: only DYNAMODB_JSON is.");
    bool is_kms = bytes_equal(in->s3_sse_algorithm, DYNAMODB_S3_SSE_ALGORITHM_KMS);
    if (present(in->s3_sse_kms_key_id) && !is_kms)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "S3SseKmsKeyId is only allowed when S3SseAlgorithm is KMS");
    return check_increment(call, in);
}

/* *export: its times. Without one it is of now: aws: "The table export will be a snapshot of the table's state at this
 * point in time"; observed: the time of the request. */
static Status find_times(Call *call, const DynamodbExportTableToPointInTimeInput *in, const Table *table,
                         Export *export)
{
    const DynamodbIncrementalExportSpecification *increment = in->incremental_export_specification;
    RecoveryWindow window = recovery_window(table, call->now_ms);
    if (increment) {
        export->from_ms = increment->export_from_time;
        export->to_ms = increment->has_export_to_time ? increment->export_to_time : call->now_ms;
    } else {
        export->from_ms = export->to_ms = in->has_export_time ? in->export_time : call->now_ms;
    }
    if (export->from_ms >= window.earliest_ms && export->to_ms <= call->now_ms)
        return OK;
    return fail(call, &DYNAMODB_INVALID_EXPORT_TIME,
                "The specified ExportTime is outside of the point in time recovery window.");
}

/* A hidden table, and the work that fills it. */
static Status add_hidden(Call *call, Table *table, Job *job)
{
    Backup hidden = {.name = TEXT("view")};
    TRY(expect_ok(call, backup_insert(&call->scope, table, &hidden)));
    job->target = hidden.table_id;
    return expect_ok(call, jobs_add(&call->scope, job));
}

static Status start(Call *call, Table *table, bool is_incremental, Export *export)
{
    Job collect = {.kind = JOB_COLLECT,
                   .source = table->id,
                   .from = history_at(export->from_ms),
                   .to = history_at(export->to_ms) - 1},
        view = {.kind = JOB_UNDO,
                .source = table->id,
                .from = history_at(is_incremental ? export->to_ms : export->to_ms + 1),
                .to = table->history.last};
    if (is_incremental)
        TRY(add_hidden(call, table, &collect));
    TRY(add_hidden(call, table, &view));
    export->changes_id = collect.target;
    export->view_id = view.target;
    TRY(expect_ok(call, export_insert(&call->scope, export)));
    Job work = {.kind = JOB_EXPORT, .source = is_incremental ? collect.target : view.target, .target = view.target};
    TRY(expect_ok(call, jobs_add(&call->scope, &work)));
    return expect_ok(call, jobs_begin(&call->scope));
}

static Status export_table_to_point_in_time(Call *call, const DynamodbExportTableToPointInTimeInput *in,
                                            DynamodbExportTableToPointInTimeOutput *out)
{
    const Dynamodb *dynamodb = call->service;
    Table *table;
    Request request;
    ExportFilter filter;
    bool is_done;
    Export export = {
        .name = transfer_name(&call->scope),
        .token = present(in->client_token) ? in->client_token : uuid_new(call->arena, call->runtime->random),
        .request = request_text(call->arena, &DYNAMODB_SHAPE_EXPORT_TABLE_TO_POINT_IN_TIME_INPUT, in),
        .start_ms = call->now_ms,
    };
    TRY(check(call, in));
    TRY(export_filter_check(call, in->filter_specification, &request));
    if (!dynamodb->s3)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "ExportTableToPointInTime needs S3, which is not open here.");
    Export before;
    TRY(transfer_find_done(call, &find_token, &whole_export, export.token, &before, &is_done));
    if (is_done && !bytes_equal(export.request, before.request)) /* aws: observed */
        return fail(call, &DYNAMODB_EXPORT_CONFLICT, "Duplicate request detected");
    if (is_done) {
        out->export_description = export_describe(call, &before);
        return OK;
    }
    TRY(table_find_for_backup(call, in->table_arn, &table));
    if (!table->recovery_since_ms)
        return fail(call, &DYNAMODB_POINT_IN_TIME_RECOVERY_UNAVAILABLE,
                    "Point in time recovery is not enabled for table '" BYTES_FMT "'", BYTES_ARG(table->name));
    TRY(find_times(call, in, table, &export));
    TRY(export_filter_of(call, &table->keys, &request, &filter));

    export.table_name = table->name;
    export.table_uuid = table->uuid;
    TRY(start(call, table, in->incremental_export_specification != NULL, &export));
    out->export_description = export_describe(call, &export); /* aws: IN_PROGRESS, however small */
    return OK;
}

static Status describe_export(Call *call, const DynamodbDescribeExportInput *in, DynamodbDescribeExportOutput *out)
{
    Export export;
    TransferName name;
    /* aws: observed of a table's ARN */
    if (!transfer_parse_arn(&call->scope, in->export_arn, "export", &name))
        return fail(call, &DYNAMODB_VALIDATION, "Invalid Export ARN");
    int code = transfer_find(call, &find_name, &whole_export, &name, &export);
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODB_EXPORT_NOT_FOUND, "Export not found: " BYTES_FMT, BYTES_ARG(in->export_arn));
    TRY(expect_ok(call, code));
    out->export_description = export_describe(call, &export);
    return OK;
}

static Status list_exports(Call *call, const DynamodbListExportsInput *in, DynamodbListExportsOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_EXPORTS_MAX;
    TransferName after;
    Export export = {0};
    int code;
    TRY(transfer_find_after(call, in->next_token, in->table_arn, "export", &after));
    out->export_summaries.items = arena_new_array(call->arena, DynamodbExportSummary, limit);
    Statement *rows = transfers_begin(call, present(in->table_arn) ? &list_of_table : &list_all, &after, limit);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->export_summaries.len == limit) {
            out->next_token = out->export_summaries.items[limit - 1].export_arn;
            statement_end(rows);
            return OK;
        }
        row_read(call->arena, rows, &whole_export, &export);
        const DynamodbExportDescription *d = export_describe(call, &export);
        out->export_summaries.items[out->export_summaries.len++] =
            (DynamodbExportSummary){d->export_arn, d->export_status, d->export_type};
    }
    return expect_ok(call, code);
}
