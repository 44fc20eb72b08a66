/* conversion.c - of one delivery: its table, its rules, and how it writes. */
#include "conversion.h"
#include "failing.h"
#include "glue.h"
#include "moment.h"
#include <stdlib.h>

#define COLUMNS_MAX        1000
#define PAGE_BYTES         ((size_t)1024 * 1024) /* aws: PageSizeBytes: the default */
#define GROUP_BYTES        ((size_t)4 * 1024 * 1024)
#define GROUP_BYTES_GZIP   ((size_t)1024 * 1024) /* what is pressed holds up the others */
#define GROUP_BYTES_OF_ONE ((size_t)512 * 1024)

struct Conversion {
    const FirehoseDataFormatConversionConfiguration *settings;
    Arena *arena;  /* the table's */
    Arena *record; /* of the one at hand */
    RowTable table;
    RowRules rules;
    size_t columns;
    RowFault fault; /* of all records: the table isn't there, or cannot be converted to */
    Bytes region;
};

static const FirehoseParquetSerDe *parquet_of(const FirehoseDataFormatConversionConfiguration *settings)
{
    static const FirehoseParquetSerDe plain = {0};
    const FirehoseSerializer *serializer =
        settings->output_format_configuration ? settings->output_format_configuration->serializer : NULL;
    return serializer && serializer->parquet_ser_de ? serializer->parquet_ser_de : &plain;
}

static RowRules rules_of(Arena *arena, const FirehoseDeserializer *deserializer)
{
    const FirehoseOpenXJsonSerDe *open_x = deserializer->open_x_json_ser_de;
    const FirehoseHiveJsonSerDe *hive = deserializer->hive_json_ser_de;
    RowRules rules = {.is_hive = hive != NULL};
    if (hive) {
        rules.formats = hive->timestamp_formats.items;
        rules.formats_count = hive->timestamp_formats.len;
    }
    if (!open_x)
        return rules;
    rules.is_case_sensitive = open_x->has_case_insensitive && !open_x->case_insensitive;
    rules.has_dots_as_underscores = open_x->convert_dots_in_json_keys_to_underscores;
    if (open_x->column_to_json_key_mappings.len)
        rules.columns_of_keys = map_new_in(arena);
    for (size_t i = 0; i < open_x->column_to_json_key_mappings.len; i++) {
        Bytes *column = arena_new_of(arena, Bytes), key = open_x->column_to_json_key_mappings.items[i].value;
        *column = arena_lower(arena, open_x->column_to_json_key_mappings.items[i].key);
        map_put(rules.columns_of_keys, rules.is_case_sensitive ? key : arena_lower(arena, key), column);
    }
    return rules;
}

static void refuse_all(struct Conversion *conversion, const char *code, Bytes message)
{
    conversion->fault = (RowFault){bytes_of(code), message};
}

/* aws: the codes and words of the log of format conversion */
static void set_columns(struct Conversion *conversion, const TableColumns *columns)
{
    Arena *arena = conversion->arena;
    RowTable *table = &conversion->table;
    table->fields = arena_new_array(arena, ParquetField, columns->len + 1);
    table->count = columns->len;
    for (size_t i = 0; i < columns->len; i++) {
        const TableColumn *column = &columns->items[i];
        if (!column->name.len || !column->type.len || !hive_type_read(arena, column->type, &table->fields[i])) {
            refuse_all(conversion, "DataFormatConversion.InvalidTypeFormat",
                       TEXT("The type format is invalid. Check the type syntax."));
            return;
        }
        table->fields[i].name = column->name;
    }
    if (!columns->len || !parquet_fields_prepare(table->fields, table->count, &conversion->columns) ||
        conversion->columns > COLUMNS_MAX)
        refuse_all(conversion, "DataFormatConversion.InvalidSchema", TEXT("The schema is invalid."));
    table->note = hive_note_of_children(arena, table->fields, table->count);
}

static int find_columns(const Scope *scope, const FirehoseSchemaConfiguration *schema, TableColumns *ret,
                        Bytes *ret_message)
{
    Scope theirs = scope_for(scope, ((Firehose *)scope->service)->glue);
    if (present(schema->region))
        theirs.region = schema->region;
    if (present(schema->catalog_id))
        theirs.account = schema->catalog_id;
    *ret_message = TEXT("There is no Glue here.");
    const CatalogTableName name = {schema->database_name, schema->table_name, schema->version_id};
    return theirs.service ? glue_columns(&theirs, &name, ret, ret_message) : STORE_NOT_FOUND;
}

int conversion_new(Delivery *delivery, struct Conversion **ret)
{
    TableColumns columns;
    Bytes message;
    *ret = NULL;
    if (!conversion_is_enabled(delivery->destination))
        return STORE_OK;
    struct Conversion *conversion = calloc(1, sizeof *conversion);
    if (!conversion)
        abort();
    conversion->settings = delivery->destination->data_format_conversion_configuration;
    conversion->arena = arena_new();
    conversion->record = arena_new();
    Scope scope = scope_of_runtime(delivery->firehose->runtime, delivery->firehose, conversion->arena);
    scope.account = delivery->stream.account;
    scope.region = conversion->region = delivery->stream.region;
    conversion->rules = rules_of(conversion->arena, conversion->settings->input_format_configuration->deserializer);
    int code = find_columns(&scope, conversion->settings->schema_configuration, &columns, &message);
    if (code == STORE_OK)
        set_columns(conversion, &columns);
    else if (code == STORE_NOT_FOUND)
        refuse_all(conversion, "DataFormatConversion.EntityNotFoundException", message);
    if (code < 0)
        conversion = conversion_free(conversion);
    *ret = conversion;
    return code < 0 ? code : STORE_OK;
}

struct Conversion *conversion_free(struct Conversion *conversion)
{
    if (!conversion)
        return NULL;
    arena_free(conversion->record);
    arena_free(conversion->arena);
    free(conversion);
    return NULL;
}

static ParquetCodec codec_of(const FirehoseParquetSerDe *parquet)
{
    return bytes_equal(parquet->compression, FIREHOSE_PARQUET_COMPRESSION_GZIP)           ? PARQUET_GZIP
           : bytes_equal(parquet->compression, FIREHOSE_PARQUET_COMPRESSION_UNCOMPRESSED) ? PARQUET_UNCOMPRESSED
                                                                                          : PARQUET_SNAPPY;
}

/* A row group of AWS's is as large as BlockSizeBytes; ours are smaller, so that a delivery costs little memory.
 * MaxPaddingBytes: the default is none, and there is none. */
ParquetWriter *conversion_writer(const struct Conversion *conversion, bool is_one_of_many)
{
    const FirehoseParquetSerDe *parquet = parquet_of(conversion->settings);
    ParquetOptions options = {
        .codec = codec_of(parquet),
        .page_bytes = parquet->has_page_size_bytes ? (size_t)parquet->page_size_bytes : PAGE_BYTES,
        .has_dictionaries = parquet->enable_dictionary_compression,
        .is_version_2 = bytes_equal(parquet->writer_version, FIREHOSE_PARQUET_WRITER_VERSION_V2),
    };
    options.row_group_bytes = is_one_of_many                  ? GROUP_BYTES_OF_ONE
                              : options.codec == PARQUET_GZIP ? GROUP_BYTES_GZIP
                                                              : GROUP_BYTES;
    return present(conversion->fault.code) ? NULL
                                           : parquet_new(conversion->table.fields, conversion->table.count, &options);
}

bool conversion_add(struct Conversion *conversion, ParquetWriter *writer, Bytes record, Buffer *out,
                    RowFault *ret_fault)
{
    if (!writer) {
        *ret_fault = conversion->fault;
        return false;
    }
    arena_reset(conversion->record);
    return json_rows_add(conversion->record, &conversion->table, &conversion->rules, record, writer, out, ret_fault);
}

int64_t conversion_weight(const struct Conversion *conversion)
{
    return (int64_t)conversion->columns * 2;
}

/* Seen at AWS, though the file is as any other: floci-io/floci, docs/services/firehose.md, "probed". */
const char *conversion_encoding(const struct Conversion *conversion)
{
    return codec_of(parquet_of(conversion->settings)) == PARQUET_SNAPPY ? "hadoop-snappy" : NULL;
}

void conversion_append_failure(const struct Conversion *conversion, const Failing *failing, int64_t now_ms, Buffer *out)
{
    const FirehoseSchemaConfiguration *schema = conversion->settings->schema_configuration;
    const FailedTable table = {
        .catalog_id = schema->catalog_id,
        .database = schema->database_name,
        .table = schema->table_name,
        .region = present(schema->region) ? schema->region : conversion->region,
        .version = present(schema->version_id) ? schema->version_id : TEXT("LATEST"),
    };
    failing_append_conversion(out, failing, &table, now_ms);
}

bool conversion_is_enabled(const Destination *destination)
{
    const FirehoseDataFormatConversionConfiguration *settings = destination->data_format_conversion_configuration;
    return settings && (settings->enabled || !settings->has_enabled);
}

FirehoseDataFormatConversionConfiguration *conversion_merged(Arena *arena,
                                                             const FirehoseDataFormatConversionConfiguration *before,
                                                             const FirehoseDataFormatConversionConfiguration *in)
{
    FirehoseDataFormatConversionConfiguration *merged = arena_new_of(arena, FirehoseDataFormatConversionConfiguration);
    FirehoseSchemaConfiguration *schema = arena_new_of(arena, FirehoseSchemaConfiguration);
    if (!in)
        return (FirehoseDataFormatConversionConfiguration *)(uintptr_t)before;
    *merged = before ? *before : (FirehoseDataFormatConversionConfiguration){0};
    if (in->schema_configuration) {
        *schema = merged->schema_configuration ? *merged->schema_configuration : (FirehoseSchemaConfiguration){0};
        TAKE_TEXT(schema, in->schema_configuration, role_arn);
        TAKE_TEXT(schema, in->schema_configuration, catalog_id);
        TAKE_TEXT(schema, in->schema_configuration, database_name);
        TAKE_TEXT(schema, in->schema_configuration, table_name);
        TAKE_TEXT(schema, in->schema_configuration, region);
        TAKE_TEXT(schema, in->schema_configuration, version_id);
        merged->schema_configuration = schema;
    }
    TAKE_STRUCT(merged, in, input_format_configuration);
    TAKE_STRUCT(merged, in, output_format_configuration);
    SET(merged, enabled, in->has_enabled ? in->enabled : !before || !before->has_enabled || before->enabled);
    return merged;
}

static Status invalid(Call *call, const char *message)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "%s", message);
}

static Status check_table(Call *call, const FirehoseSchemaConfiguration *schema)
{
    TableColumns columns;
    Bytes message;
    if (!schema || !present(schema->role_arn) || !present(schema->database_name) || !present(schema->table_name))
        return invalid(
            call,
            "SchemaConfiguration must have RoleARN, DatabaseName and TableName when data format conversion is enabled.");
    int code = find_columns(&call->scope, schema, &columns, &message);
    if (code == STORE_NOT_FOUND)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    BYTES_FMT " (Service: AWSGlue; Status Code: 400; Error Code: EntityNotFoundException)",
                    BYTES_ARG(message));
    return expect_ok(call, code);
}

static Status check_input(Call *call, const FirehoseInputFormatConfiguration *input)
{
    const FirehoseDeserializer *deserializer = input ? input->deserializer : NULL;
    const FirehoseHiveJsonSerDe *hive = deserializer ? deserializer->hive_json_ser_de : NULL;
    if (!deserializer || !hive == !deserializer->open_x_json_ser_de)
        return invalid(
            call,
            "InputFormatConfiguration must have exactly one deserializer when data format conversion is enabled.");
    for (size_t i = 0; hive && i < hive->timestamp_formats.len; i++)
        if (!joda_is_pattern(hive->timestamp_formats.items[i]))
            return fail(call, &FIREHOSE_INVALID_ARGUMENT, "Invalid deserializer option(s): " BYTES_FMT,
                        BYTES_ARG(hive->timestamp_formats.items[i]));
    return OK;
}

static Status check_output(Call *call, const FirehoseOutputFormatConfiguration *output)
{
    const FirehoseSerializer *serializer = output ? output->serializer : NULL;
    if (!serializer || !serializer->parquet_ser_de == !serializer->orc_ser_de)
        return invalid(
            call, "OutputFormatConfiguration must have exactly one serializer when data format conversion is enabled.");
    if (serializer->orc_ser_de)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "OrcSerDe is not implemented: ParquetSerDe is.");
    return OK;
}

/* aws: "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.", and its order: seen by
 * users. */
Status conversion_check(Call *call, const Destination *destination)
{
    const FirehoseDataFormatConversionConfiguration *settings = destination->data_format_conversion_configuration;
    if (!conversion_is_enabled(destination))
        return OK;
    if (!bytes_equal(destination->compression_format, FIREHOSE_COMPRESSION_FORMAT_UNCOMPRESSED))
        return invalid(call, "CompressionFormat must be UNCOMPRESSED when data format conversion is enabled.");
    if (destination->buffering_hints->size_in_m_bs < CONVERSION_SIZE_MB_MIN)
        return invalid(call, "BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled.");
    TRY(check_input(call, settings->input_format_configuration));
    TRY(check_output(call, settings->output_format_configuration));
    return check_table(call, settings->schema_configuration);
}
