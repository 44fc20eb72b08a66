/* tables.c - CreateTable, GetTable, GetTables, UpdateTable, DeleteTable, BatchDeleteTable, GetPartitionIndexes. */
#include "catalogue.h"
#include "json_schema/json_schema.h"
#include "lifetimes.h"
#include "wire.h"

OPERATION(GlueCreateTable, create_table, WRITES);
OPERATION(GlueGetTable, get_table, READS);
OPERATION(GlueGetTables, get_tables, READS);
OPERATION(GlueUpdateTable, update_table, WRITES);
OPERATION(GlueDeleteTable, delete_table, WRITES);
OPERATION(GlueBatchDeleteTable, batch_delete_table, WRITES);
OPERATION(GlueGetPartitionIndexes, get_partition_indexes, READS);

static const Query insert = {"INSERT INTO glue_table (database_id, name, version, json) VALUES (?1, ?2, 0, ?3)"};
static const Query archive = {
    "INSERT INTO glue_table_version (table_id, number, json) SELECT id, version, json FROM glue_table WHERE id = ?1"};
static const Query update = {"UPDATE glue_table SET version = version + 1, json = ?2 WHERE id = ?1"};
static const Query list = {"SELECT name, json FROM glue_table WHERE database_id = ?1 AND name > ?2 ORDER BY name"};

#define EXPRESSION_STEPS 100000

/* What an answer tells of a storage descriptor that says less. */
static GlueStorageDescriptor *storage_of(Arena *arena, const GlueStorageDescriptor *in)
{
    GlueStorageDescriptor *storage = arena_new_of(arena, GlueStorageDescriptor);
    static char nothing[1];
    *storage = *in;
    if (!storage->columns.items)
        storage->columns.items = (void *)nothing;
    if (!storage->bucket_columns.items)
        storage->bucket_columns.items = (void *)nothing;
    if (!storage->sort_columns.items)
        storage->sort_columns.items = (void *)nothing;
    if (!storage->has_compressed)
        SET(storage, compressed, false);
    if (!storage->has_number_of_buckets)
        SET(storage, number_of_buckets, 0);
    if (!storage->has_stored_as_sub_directories)
        SET(storage, stored_as_sub_directories, false);
    return storage;
}

#define SAME(member)            .member = in->member
#define TIMED(told, in, member) ((told)->member = (in)->member, (void)((told)->has_##member = (in)->has_##member))

/* before: what an update finds; NULL: it is new. */
static Bytes json_of(Call *call, const GlueTableInput *in, Bytes database, const Table *before)
{
    static GlueColumn none[1];
    GlueTable told = {
        SAME(description),
        SAME(owner),
        SAME(partition_keys),
        SAME(view_original_text),
        SAME(view_expanded_text),
        SAME(table_type),
        SAME(parameters),
        SAME(target_table),
        SAME(federated_table),
        .database_name = database,
        .name = arena_lower(call->arena, in->name),
        .created_by = before ? before->told.created_by : call_root_arn(call),
        .catalog_id = call->account,
        .version_id = arena_text(call->arena, "%lld", (long long)(before ? before->version + 1 : 0)),
    };
    SET(&told, create_time, before ? before->told.create_time : call->now_ms);
    SET(&told, update_time, call->now_ms);
    SET(&told, retention, in->has_retention ? in->retention : 0);
    SET(&told, is_registered_with_lake_formation, false);
    SET(&told, is_multi_dialect_view, false);
    TIMED(&told, in, last_access_time);
    TIMED(&told, in, last_analyzed_time);
    if (!told.partition_keys.items)
        told.partition_keys.items = none;
    if (in->storage_descriptor)
        told.storage_descriptor = storage_of(call->arena, in->storage_descriptor);
    return json_text(call->arena, &GLUE_SHAPE_TABLE, &told);
}

static Status check_input(Call *call, const GlueTableInput *in, const void *open_format, Bytes transaction_id)
{
    if (!in || open_format)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Tables of an open format are not implemented: give a TableInput.");
    if (in->view_definition)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "TableInput.ViewDefinition is not implemented.");
    if (present(transaction_id))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "TransactionId is not implemented: governed tables have ended.");
    if (in->partition_keys.len > PARTITION_KEYS_MAX)
        return fail(call, &GLUE_INVALID_INPUT, "A table can have at most %d partition keys.", PARTITION_KEYS_MAX);
    return OK;
}

static Status create_table(Call *call, const GlueCreateTableInput *in, GlueCreateTableOutput *out)
{
    Database database;
    Table there;
    (void)out;
    TRY(check_input(call, in->table_input, in->open_table_format_input, in->transaction_id));
    if (in->partition_indexes.len)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "PartitionIndexes are not implemented.");
    TRY(database_find(call, in->catalog_id, in->database_name, &database));
    int code = catalogue_table_load(&call->scope, database.id, in->table_input->name, &there);
    if (code == STORE_OK)
        return fail(call, &GLUE_ALREADY_EXISTS, "Table already exists.");
    if (code != STORE_NOT_FOUND)
        return fault(call, code);

    Statement *row = statement_begin(call->store, &insert);
    bind_int64(row, 1, database.id);
    bind_text(row, 2, arena_lower(call->arena, in->table_input->name));
    bind_text(row, 3, json_of(call, in->table_input, database.name, NULL));
    return expect_ok(call, statement_run(row));
}

static Status get_table(Call *call, const GlueGetTableInput *in, GlueGetTableOutput *out)
{
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->name}, &table));
    out->table = arena_new_of(call->arena, GlueTable);
    *out->table = table.told;
    return OK;
}

typedef struct NameFilter {
    const Regex *regex;
    Effort effort;
} NameFilter;

static bool has_name(void *context, Statement *row)
{
    NameFilter *filter = context;
    return filter->effort.steps >= 0 && regex_matches(&filter->effort, filter->regex, column_bytes(row, 0));
}

/* As Hive's metastore takes a pattern of tables: the whole name, in letters of any case, and a star by itself stands
 * for any text. awswrangler asks for "ev*" and "*en*". */
static Bytes pattern_of(Arena *arena, Bytes expression)
{
    static const char before[] = "^(?i:", after[] = ")$";
    char *out = arena_take_raw(arena, 2 * expression.len + sizeof before + sizeof after), *at = out;
    at = stpcpy(at, before);
    for (size_t i = 0; i < expression.len; i++) {
        char last = (char)(i ? expression.ptr[i - 1] : 0);
        if (expression.ptr[i] == '*' && (!last || !strchr(".)]}\\", last)))
            *at++ = '.';
        *at++ = expression.ptr[i];
    }
    at = stpcpy(at, after);
    return (Bytes){out, (size_t)(at - out)};
}

static Status filter_of(Call *call, Bytes expression, NameFilter *ret)
{
    RegexSpace *space = regex_space_new(call->arena);
    *ret = (NameFilter){.effort = {.arena = call->arena, .steps = EXPRESSION_STEPS, .kept = map_new_in(call->arena)}};
    ret->regex = regex_compile(space, pattern_of(call->arena, expression));
    return ret->regex ? OK : fail(call, &GLUE_INVALID_INPUT, "Expression is no regular expression.");
}

static Status get_tables(Call *call, const GlueGetTablesInput *in, GlueGetTablesOutput *out)
{
    Database database;
    NameFilter filter;
    Listing listing = {.limit = in->has_max_results ? (size_t)in->max_results : CATALOGUE_PAGE};
    TRY(database_find(call, in->catalog_id, in->database_name, &database));
    if (in->expression.len) {
        TRY(filter_of(call, in->expression, &filter));
        listing.takes = has_name;
        listing.context = &filter;
    }
    Statement *rows = statement_begin(call->store, &list);
    bind_int64(rows, 1, database.id);
    bind_text(rows, 2, present(in->next_token) ? in->next_token : TEXT(""));
    TRY(listing_read(call, rows, &listing));
    if (listing.takes && filter.effort.steps < 0)
        return fail(call, &GLUE_INVALID_INPUT, "Expression takes too long to match.");

    out->table_list.items = arena_new_array(call->arena, GlueTable, listing.len + 1);
    for (size_t i = 0; i < listing.len; i++)
        if (!catalogue_table_read(call->arena, listing.jsons[i], &out->table_list.items[out->table_list.len++]))
            return fault(call, STORE_BROKEN);
    out->next_token = listing.next_token;
    return OK;
}

/* aws: UpdateTable, VersionId: "The version ID at which to update the table contents." Apache Iceberg commits by it. */
static Status check_version(Call *call, const Table *table, Bytes version_id)
{
    int64_t version;
    if (!present(version_id))
        return OK;
    if (!bytes_to_int64(version_id, &version))
        return fail(call, &GLUE_INVALID_INPUT, "VersionId must be a number.");
    if (version != table->version)
        return fail(call, &GLUE_CONCURRENT_MODIFICATION, "Update table failed due to concurrent modifications.");
    return OK;
}

static Status update_table(Call *call, const GlueUpdateTableInput *in, GlueUpdateTableOutput *out)
{
    Table table;
    (void)out;
    TRY(check_input(call, in->table_input, in->update_open_table_format_input, in->transaction_id));
    Bytes name = present(in->name) ? in->name : in->table_input->name;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, name}, &table));
    if (!bytes_equal(arena_lower(call->arena, in->table_input->name), table.name))
        return fail(call, &GLUE_INVALID_INPUT, "Table name cannot be changed.");
    TRY(check_version(call, &table, in->version_id));

    if (!in->skip_archive) {
        Statement *old = statement_begin(call->store, &archive);
        bind_int64(old, 1, table.id);
        TRY(expect_ok(call, statement_run(old)));
    }
    Statement *row = statement_begin(call->store, &update);
    bind_int64(row, 1, table.id);
    bind_text(row, 2, json_of(call, in->table_input, table.told.database_name, &table));
    return expect_ok(call, statement_run(row));
}

static Status delete_table(Call *call, const GlueDeleteTableInput *in, GlueDeleteTableOutput *out)
{
    Table table;
    (void)out;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->name}, &table));

    TRY(expect_ok(call, catalogue_table_delete(call, table.id)));
    return expect_ok(call, lifetimes_settle(glue_of(call)));
}

static Status batch_delete_table(Call *call, const GlueBatchDeleteTableInput *in, GlueBatchDeleteTableOutput *out)
{
    Database database;
    TRY(database_find(call, in->catalog_id, in->database_name, &database));

    out->errors.items = arena_new_array(call->arena, GlueTableError, in->tables_to_delete.len + 1);
    for (size_t i = 0; i < in->tables_to_delete.len; i++) {
        Bytes name = in->tables_to_delete.items[i];
        Table table;
        int code = catalogue_table_load(&call->scope, database.id, name, &table);
        if (code == STORE_OK)
            code = catalogue_table_delete(call, table.id);
        else if (code == STORE_NOT_FOUND) {
            const Refusal refusal = {
                &GLUE_ENTITY_NOT_FOUND,
                arena_text(call->arena, "Table " BYTES_FMT " not found.", BYTES_ARG(name)),
            };
            out->errors.items[out->errors.len++] = (GlueTableError){name, refusal_detail(call->arena, &refusal)};
            code = STORE_OK;
        }
        TRY(expect_ok(call, code));
    }
    return expect_ok(call, lifetimes_settle(glue_of(call)));
}

/* No table has any: CreateTable says that they are not built. Terraform asks for each table's. */
static Status get_partition_indexes(Call *call, const GlueGetPartitionIndexesInput *in,
                                    GlueGetPartitionIndexesOutput *out)
{
    static GluePartitionIndexDescriptor none[1];
    Table table;
    TRY(catalogue_table_find(call, &(TableName){in->catalog_id, in->database_name, in->table_name}, &table));
    out->partition_index_descriptor_list.items = none;
    return OK;
}
