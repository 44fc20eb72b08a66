/* import.c - rows of imports, and what is told of one. */
#include "row.h"
#include "transfer.h"
#include "wire.h"

static const Column columns[] = {
    COLUMN(Import, table_name), COLUMN(Import, name),      COLUMN(Import, table_uuid),
    COLUMN(Import, token),      COLUMN(Import, request),   COLUMN(Import, table_id),
    COLUMN(Import, start_ms),   COLUMN(Import, end_ms),    COLUMN_BYTES("object", Import, object),
    COLUMN(Import, at),         COLUMN(Import, processed), COLUMN(Import, imported),
    COLUMN(Import, errors),     COLUMN(Import, bytes),     COLUMN(Import, failure_code),
    COLUMN(Import, failure),    COLUMN(Import, account),   COLUMN(Import, region),
    COLUMN(Import, id)};
const Row whole_import = ROW(columns);
static const Row new_import = {columns, 18};
#define NEW_COLUMNS                                                                                                    \
    "table_name, name, table_uuid, token, request, table_id, start_ms, end_ms, object, at, processed, imported,"       \
    " errors, bytes, failure_code, failure, account, region"
static const Query insert = {
    "INSERT INTO dynamodb_import (" NEW_COLUMNS ")"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"};
static const Query update = {"UPDATE dynamodb_import SET end_ms = ?2, object = ?3, at = ?4, processed = ?5,"
                             " imported = ?6, errors = ?7, bytes = ?8, failure_code = ?9, failure = ?10"
                             " WHERE id = ?1"};
static const Query find_table = {"SELECT " NEW_COLUMNS ", id FROM dynamodb_import WHERE table_id = ?1"};

int import_insert(const Scope *scope, Import *import)
{
    import->account = scope->account;
    import->region = scope->region;
    import->object = TEXT("");
    import->at = TRANSFER_NEXT;
    Statement *row = statement_begin(scope->store, &insert);
    row_bind(row, 1, &new_import, import);
    int code = statement_run(row);
    import->id = store_last_rowid(scope->store);
    return code;
}

int import_write(const Scope *scope, const Import *import)
{
    Statement *row = statement_begin(scope->store, &update);
    bind_int64(row, 1, import->id);
    bind_int64(row, 2, import->end_ms);
    bind_bytes(row, 3, import->object);
    bind_int64(row, 4, import->at);
    bind_int64(row, 5, import->processed);
    bind_int64(row, 6, import->imported);
    bind_int64(row, 7, import->errors);
    bind_int64(row, 8, import->bytes);
    bind_text(row, 9, import->failure_code);
    bind_text(row, 10, import->failure);
    return statement_run(row);
}

int import_of_table(const Scope *scope, int64_t table_id, Import *ret_import)
{
    Statement *row = statement_begin(scope->store, &find_table);
    bind_int64(row, 1, table_id);
    return row_one(scope->arena, row, &whole_import, ret_import);
}

static void describe_result(Call *call, const Import *import, DynamodbImportTableDescription *d)
{
    const Dynamodb *dynamodb = call->service;
    int64_t shown_ms = import->start_ms + dynamodb->transition_ms;
    SET(d, error_count, import->errors);
    SET(d, processed_size_bytes, import->bytes);
    SET(d, processed_item_count, import->processed);
    SET(d, imported_item_count, import->imported);
    if (transfer_is_under_way(&call->scope, import->start_ms, import->end_ms))
        return;
    d->import_status = present(import->failure_code) ? DYNAMODB_IMPORT_STATUS_FAILED : DYNAMODB_IMPORT_STATUS_COMPLETED;
    d->failure_code = import->failure_code;
    d->failure_message = import->failure;
    SET(d, end_time, import->end_ms > shown_ms ? import->end_ms : shown_ms);
}

DynamodbImportTableDescription *import_describe(Call *call, const Import *import)
{
    DynamodbImportTableDescription *d = arena_new_of(call->arena, DynamodbImportTableDescription);
    DynamodbImportTableInput asked = {0};
    Bytes message;
    Table named = {.name = import->table_name};
    (void)!json_decode(call->arena, &DYNAMODB_SHAPE_IMPORT_TABLE_INPUT, import->request, &asked,
                       &message); /* we wrote it */
    *d = (DynamodbImportTableDescription){
        .import_arn = transfer_arn(&call->scope, import->table_name, "import", import->name),
        .import_status = DYNAMODB_IMPORT_STATUS_IN_PROGRESS,
        .table_arn = table_arn(call, &named),
        .table_id = import->table_uuid,
        .client_token = import->token,
        .s3_bucket_source = asked.s3_bucket_source,
        .cloud_watch_log_group_arn = call_arn(call, "logs", "log-group:/aws-dynamodb/imports:*"),
        .input_format = asked.input_format,
        .input_format_options = asked.input_format_options,
        .input_compression_type = present(asked.input_compression_type) ? asked.input_compression_type : TEXT("NONE"),
        .table_creation_parameters = asked.table_creation_parameters,
    };
    SET(d, start_time, import->start_ms);
    describe_result(call, import, d);
    return d;
}
