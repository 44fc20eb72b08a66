/* export.c - rows of exports, and what is told of one. */
#include "row.h"
#include "transfer.h"
#include "wire.h"

static const Column columns[] = {COLUMN(Export, table_name), COLUMN(Export, name),     COLUMN(Export, table_uuid),
                                 COLUMN(Export, token),      COLUMN(Export, request),  COLUMN(Export, view_id),
                                 COLUMN(Export, changes_id), COLUMN(Export, start_ms), COLUMN(Export, end_ms),
                                 COLUMN(Export, from_ms),    COLUMN(Export, to_ms),    COLUMN(Export, items),
                                 COLUMN(Export, bytes),      COLUMN(Export, files),    COLUMN(Export, failure_code),
                                 COLUMN(Export, failure),    COLUMN(Export, account),  COLUMN(Export, region),
                                 COLUMN(Export, id)};
const Row whole_export = ROW(columns);
static const Row new_export = {columns, 18};
#define NEW_COLUMNS                                                                                                    \
    "table_name, name, table_uuid, token, request, view_id, changes_id, start_ms, end_ms, from_ms, to_ms, items,"      \
    " bytes, files, failure_code, failure, account, region"
static const Query insert = {
    "INSERT INTO dynamodb_export (" NEW_COLUMNS ")"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"};
static const Query update = {"UPDATE dynamodb_export SET end_ms = ?2, items = ?3, bytes = ?4, files = ?5,"
                             " failure_code = ?6, failure = ?7 WHERE id = ?1"};
static const Query find_view = {"SELECT " NEW_COLUMNS ", id FROM dynamodb_export WHERE view_id = ?1"};

int export_insert(const Scope *scope, Export *export)
{
    export->account = scope->account;
    export->region = scope->region;
    Statement *row = statement_begin(scope->store, &insert);
    row_bind(row, 1, &new_export, export);
    int code = statement_run(row);
    export->id = store_last_rowid(scope->store);
    return code;
}

int export_write(const Scope *scope, const Export *export)
{
    Statement *row = statement_begin(scope->store, &update);
    bind_int64(row, 1, export->id);
    bind_int64(row, 2, export->end_ms);
    bind_int64(row, 3, export->items);
    bind_int64(row, 4, export->bytes);
    bind_int64(row, 5, export->files);
    bind_text(row, 6, export->failure_code);
    bind_text(row, 7, export->failure);
    return statement_run(row);
}

int export_of_view(const Scope *scope, int64_t view_id, Export *ret_export)
{
    Statement *row = statement_begin(scope->store, &find_view);
    bind_int64(row, 1, view_id);
    return row_one(scope->arena, row, &whole_export, ret_export);
}

static void describe_result(Call *call, const Export *export, Bytes prefix, DynamodbExportDescription *d)
{
    const Dynamodb *dynamodb = call->service;
    int64_t shown_ms = export->start_ms + dynamodb->transition_ms;
    if (transfer_is_under_way(&call->scope, export->start_ms, export->end_ms))
        return;
    d->export_status = present(export->failure_code) ? DYNAMODB_EXPORT_STATUS_FAILED : DYNAMODB_EXPORT_STATUS_COMPLETED;
    SET(d, end_time, export->end_ms > shown_ms ? export->end_ms : shown_ms);
    if (present(export->failure_code)) {
        d->failure_code = export->failure_code;
        d->failure_message = export->failure;
        return;
    }
    d->export_manifest = arena_text(call->arena, BYTES_FMT "AWSDynamoDB/" BYTES_FMT "/manifest-summary.json",
                                    BYTES_ARG(transfer_prefix(call->arena, prefix)), BYTES_ARG(export->name));
    SET(d, billed_size_bytes, export->bytes);
    SET(d, item_count, export->items);
}

static DynamodbIncrementalExportSpecification *describe_increment(Call *call, const Export *export, Bytes view)
{
    DynamodbIncrementalExportSpecification *d = arena_new_of(call->arena, DynamodbIncrementalExportSpecification);
    SET(d, export_from_time, export->from_ms);
    SET(d, export_to_time, export->to_ms);
    d->export_view_type = present(view) ? view : DYNAMODB_EXPORT_VIEW_TYPE_NEW_AND_OLD_IMAGES;
    return d;
}

static Bytes otherwise(Bytes given, Bytes usual)
{
    return present(given) ? given : usual;
}

DynamodbExportDescription *export_describe(Call *call, const Export *export)
{
    DynamodbExportDescription *d = arena_new_of(call->arena, DynamodbExportDescription);
    DynamodbExportTableToPointInTimeInput asked = {0};
    Bytes message;
    Table named = {.name = export->table_name};
    (void)!json_decode(call->arena, &DYNAMODB_SHAPE_EXPORT_TABLE_TO_POINT_IN_TIME_INPUT, export->request, &asked,
                       &message); /* we wrote it */
    *d = (DynamodbExportDescription){
        .export_arn = transfer_arn(&call->scope, export->table_name, "export", export->name),
        .export_status = DYNAMODB_EXPORT_STATUS_IN_PROGRESS,
        .table_arn = table_arn(call, &named),
        .table_id = export->table_uuid,
        .client_token = export->token,
        .s3_bucket = asked.s3_bucket,
        .s3_bucket_owner = asked.s3_bucket_owner,
        .s3_prefix = asked.s3_prefix,
        .s3_sse_algorithm = otherwise(asked.s3_sse_algorithm, DYNAMODB_S3_SSE_ALGORITHM_AES256),
        .s3_sse_kms_key_id = asked.s3_sse_kms_key_id,
        .export_format = otherwise(asked.export_format, DYNAMODB_EXPORT_FORMAT_DYNAMODB_JSON),
        .export_type = otherwise(asked.export_type, DYNAMODB_EXPORT_TYPE_FULL_EXPORT),
        .filter_specification = asked.filter_specification,
    };
    SET(d, start_time, export->start_ms);
    if (!export->changes_id)
        SET(d, export_time, export->to_ms);
    else
        d->incremental_export_specification =
            describe_increment(call, export, asked.incremental_export_specification->export_view_type);
    describe_result(call, export, asked.s3_prefix, d);
    return d;
}
