/* imports.c - ImportTable, DescribeImport, ListImports: the table is made here, and filled by import_job.c. DynamoDB
 * API Reference, ImportTable. */
#include "definition.h"
#include "history.h"
#include "transfer.h"
#include "uuid.h"

OPERATION(DynamodbImportTable, import_table, WRITES);
OPERATION(DynamodbDescribeImport, describe_import, READS);
OPERATION(DynamodbListImports, list_imports, READS);

#define INVALID          "One or more parameter values were invalid: "
#define PAGE_IMPORTS_MAX 25 /* aws: PageSize, 1 to 25 */

extern const Row whole_import;
#define COLUMNS                                                                                                        \
    "table_name, name, table_uuid, token, request, table_id, start_ms, end_ms, object, at, processed, imported,"       \
    " errors, bytes, failure_code, failure, account, region, id FROM dynamodb_import WHERE account = ?1 AND region = ?2"
static const Query find_token = {"SELECT " COLUMNS " AND token = ?3 AND start_ms > ?4 ORDER BY id DESC LIMIT 1"};
static const Query find_name = {"SELECT " COLUMNS " AND table_name = ?3 AND name = ?4"};
static const Query list_all = {"SELECT " COLUMNS
                               " AND (table_name, name) > (?3, ?4) ORDER BY table_name, name LIMIT ?5"};
static const Query list_of_table = {"SELECT " COLUMNS
                                    " AND table_name = ?3 AND name > ?4 ORDER BY table_name, name LIMIT ?5"};

static Status check_indexes(Call *call, const DynamodbTableCreationParameters *wanted, Table *table)
{
    const DynamodbGlobalSecondaryIndexList *globals = &wanted->global_secondary_indexes;
    if (globals->len > INDEXES_GLOBAL_MAX)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "GlobalSecondaryIndex count exceeds the per-table limit of %d",
                    INDEXES_GLOBAL_MAX);
    table->indexes = arena_new_array(call->arena, Index, INDEXES_GLOBAL_MAX);
    for (size_t i = 0; i < globals->len; i++) {
        IndexDefinition definition = GLOBAL_DEFINITION(&globals->items[i]);
        TRY(index_of_definition(call, table, &wanted->attribute_definitions, &definition, &table->indexes[i]));
        table->indexes_count++;
    }
    return definitions_check_used(call, table, &wanted->attribute_definitions);
}

/* The table as CreateTable would check it. */
static Status check_table(Call *call, const DynamodbTableCreationParameters *wanted, Table *ret_table)
{
    bool is_on_demand = bytes_equal(wanted->billing_mode, DYNAMODB_BILLING_MODE_PAY_PER_REQUEST);
    Table table = {.name = wanted->table_name,
                   .uuid = uuid_new(call->arena, call->runtime->random),
                   .created_ms = call->now_ms,
                   .billing_mode = is_on_demand ? wanted->billing_mode : DYNAMODB_BILLING_MODE_PROVISIONED,
                   .on_demand_since_ms = is_on_demand ? call->now_ms : 0};
    TRY(name_check(call, table.name));
    TRY(keys_of_schema(call, &wanted->key_schema, &wanted->attribute_definitions, &table.keys));
    TRY(units_of(call, &table, (Bytes){0}, wanted->provisioned_throughput, wanted->on_demand_throughput, &table.units));
    TRY(warm_of(call, &table, (Bytes){0}, NULL, &table.units));
    TRY(check_indexes(call, wanted, &table));
    TRY(sse_key_of(call, wanted->sse_specification, &table.sse_key));
    *ret_table = table;
    return name_check_free(call, table.name);
}

static Status check_implemented(Call *call, const DynamodbImportTableInput *in)
{
    const Dynamodb *dynamodb = call->service;
    const char *what = !dynamodb->s3                                              ? "ImportTable without S3"
                       : bytes_equal(in->input_format, DYNAMODB_INPUT_FORMAT_ION) ? "InputFormat ION"
                       : in->table_creation_parameters->vector_indexes.len        ? "VectorIndexes of ImportTable"
                                                                                  : NULL;
    return what ? fail(call, &COMMON_NOT_IMPLEMENTED, "%s is not implemented.", what) : OK;
}

static Status start(Call *call, Table *table, Import *import)
{
    const Dynamodb *dynamodb = call->service;
    table->origin =
        (Origin){.table_arn = TEXT(""), .active_ms = call->now_ms + dynamodb->transition_ms, .is_copying = true};
    TRY(expect_ok(call, table_insert(&call->scope, table, &table->id)));
    TRY(expect_ok(call, origin_insert(&call->scope, table->id, &table->origin)));
    import->table_id = table->id;
    import->table_name = table->name;
    import->table_uuid = table->uuid;
    TRY(expect_ok(call, import_insert(&call->scope, import)));
    Job work = {.kind = JOB_IMPORT, .source = table->id, .target = table->id};
    TRY(expect_ok(call, jobs_add(&call->scope, &work)));
    return expect_ok(call, jobs_begin(&call->scope));
}

static Status import_table(Call *call, const DynamodbImportTableInput *in, DynamodbImportTableOutput *out)
{
    Table table;
    bool is_done;
    Import before,
        import = {
            .name = transfer_name(&call->scope),
            .token = present(in->client_token) ? in->client_token : uuid_new(call->arena, call->runtime->random),
            .request = request_text(call->arena, &DYNAMODB_SHAPE_IMPORT_TABLE_INPUT, in),
            .start_ms = call->now_ms,
        };
    if (in->input_format_options && in->input_format_options->csv &&
        !bytes_equal(in->input_format, DYNAMODB_INPUT_FORMAT_CSV))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "InputFormatOptions Csv is only allowed when InputFormat is CSV");
    TRY(transfer_find_done(call, &find_token, &whole_import, import.token, &before, &is_done));
    if (is_done && !bytes_equal(import.request, before.request))
        return fail(call, &DYNAMODB_IMPORT_CONFLICT, "Duplicate request detected");
    if (is_done) {
        out->import_table_description = import_describe(call, &before);
        return OK;
    }
    TRY(check_table(call, in->table_creation_parameters, &table));
    TRY(check_implemented(call, in));

    TRY(start(call, &table, &import));
    out->import_table_description = import_describe(call, &import); /* aws: IN_PROGRESS, however small */
    return OK;
}

static Status describe_import(Call *call, const DynamodbDescribeImportInput *in, DynamodbDescribeImportOutput *out)
{
    Import import;
    TransferName name;
    int code = transfer_parse_arn(&call->scope, in->import_arn, "import", &name)
                   ? transfer_find(call, &find_name, &whole_import, &name, &import)
                   : STORE_NOT_FOUND;
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODB_IMPORT_NOT_FOUND, "Import not found: " BYTES_FMT, BYTES_ARG(in->import_arn));
    TRY(expect_ok(call, code));
    out->import_table_description = import_describe(call, &import);
    return OK;
}

static DynamodbImportSummary summarize(Call *call, const Import *import)
{
    const DynamodbImportTableDescription *d = import_describe(call, import);
    return (DynamodbImportSummary){
        .import_arn = d->import_arn,
        .import_status = d->import_status,
        .table_arn = d->table_arn,
        .s3_bucket_source = d->s3_bucket_source,
        .cloud_watch_log_group_arn = d->cloud_watch_log_group_arn,
        .input_format = d->input_format,
        .start_time = d->start_time,
        .has_start_time = true,
        .end_time = d->end_time,
        .has_end_time = d->has_end_time,
    };
}

static Status list_imports(Call *call, const DynamodbListImportsInput *in, DynamodbListImportsOutput *out)
{
    size_t limit = in->has_page_size ? (size_t)in->page_size : PAGE_IMPORTS_MAX;
    TransferName after;
    Import import = {0};
    int code;
    TRY(transfer_find_after(call, in->next_token, in->table_arn, "import", &after));
    out->import_summary_list.items = arena_new_array(call->arena, DynamodbImportSummary, limit);
    Statement *rows = transfers_begin(call, present(in->table_arn) ? &list_of_table : &list_all, &after, limit);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->import_summary_list.len == limit) {
            out->next_token = out->import_summary_list.items[limit - 1].import_arn;
            statement_end(rows);
            return OK;
        }
        row_read(call->arena, rows, &whole_import, &import);
        out->import_summary_list.items[out->import_summary_list.len++] = summarize(call, &import);
    }
    return expect_ok(call, code);
}
