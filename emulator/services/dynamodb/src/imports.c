/* imports.c - ImportTable, DescribeImport, ListImports. An import is checked whole; then there is no S3 yet to read it
 * from, and it says so. DynamoDB API Reference, ImportTable. */
#include "definition.h"

OPERATION(DynamodbImportTable, import_table, READS);
OPERATION(DynamodbDescribeImport, describe_import, READS);
OPERATION(DynamodbListImports, list_imports, READS);

#define INVALID "One or more parameter values were invalid: "

static Status check_indexes(Call *call, const DynamodbTableCreationParameters *wanted, Table *table)
{
    const DynamodbGlobalSecondaryIndexList *globals = &wanted->global_secondary_indexes;
    if (globals->len > INDEXES_GLOBAL_MAX)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "GlobalSecondaryIndex count exceeds the per-table limit of %d",
                    INDEXES_GLOBAL_MAX);
    table->indexes = arena_new_array(call->arena, Index, INDEXES_GLOBAL_MAX);
    for (size_t i = 0; i < globals->len; i++) {
        const DynamodbGlobalSecondaryIndex *global = &globals->items[i];
        IndexDefinition definition = {global->index_name,
                                      true,
                                      &global->key_schema,
                                      global->projection,
                                      global->provisioned_throughput,
                                      global->on_demand_throughput,
                                      global->warm_throughput};
        TRY(index_of_definition(call, table, &wanted->attribute_definitions, &definition, &table->indexes[i]));
        table->indexes_count++;
    }
    return definitions_check_used(call, table, &wanted->attribute_definitions);
}

/* The table as CreateTable would check it. */
static Status check_table(Call *call, const DynamodbTableCreationParameters *wanted)
{
    bool is_on_demand = bytes_equal(wanted->billing_mode, DYNAMODB_BILLING_MODE_PAY_PER_REQUEST);
    Table table = {.name = wanted->table_name,
                   .billing_mode = is_on_demand ? wanted->billing_mode : DYNAMODB_BILLING_MODE_PROVISIONED},
          *other;
    TRY(name_check(call, table.name));
    TRY(keys_of_schema(call, &wanted->key_schema, &wanted->attribute_definitions, &table.keys));
    TRY(units_of(call, &table, (Bytes){0}, wanted->provisioned_throughput, wanted->on_demand_throughput, &table.units));
    TRY(check_indexes(call, wanted, &table));
    TRY(sse_key_of(call, wanted->sse_specification, &table.sse_key));
    int code = table_get(&call->scope, table.name, &other);
    if (code == STORE_OK)
        return fail(call, &DYNAMODB_RESOURCE_IN_USE, "Table already exists: " BYTES_FMT, BYTES_ARG(table.name));
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

static Status import_table(Call *call, const DynamodbImportTableInput *in, DynamodbImportTableOutput *out)
{
    (void)out;
    if (in->input_format_options && in->input_format_options->csv &&
        !bytes_equal(in->input_format, DYNAMODB_INPUT_FORMAT_CSV))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "InputFormatOptions Csv is only allowed when InputFormat is CSV");
    TRY(check_table(call, in->table_creation_parameters));
    return fail(call, &COMMON_NOT_IMPLEMENTED,
                "ImportTable needs S3, which is not implemented: the request is fine, nothing was imported.");
}

static Status describe_import(Call *call, const DynamodbDescribeImportInput *in, DynamodbDescribeImportOutput *out)
{
    (void)out;
    return fail(call, &DYNAMODB_IMPORT_NOT_FOUND, "Import not found: " BYTES_FMT, BYTES_ARG(in->import_arn));
}

static Status list_imports(Call *call, const DynamodbListImportsInput *in, DynamodbListImportsOutput *out)
{
    (void)in;
    out->import_summary_list.items = arena_new_of(call->arena, DynamodbImportSummary); /* there, and empty */
    return OK;
}
