/* table.c - a table as it is found and read. */
#include "catalogue.h"
#include "glue_operations.h"
#include "row.h"
#include "wire.h"

static const Query find = {
    "SELECT id, database_id, version, name, json FROM glue_table WHERE database_id = ?1 AND name = ?2"};
static const Query find_version = {"SELECT json FROM glue_table_version WHERE table_id = ?1 AND number = ?2"};
static const Query delete_it = {"DELETE FROM glue_table WHERE id = ?1"};

static const Column columns[] = {COLUMN(Table, id), COLUMN(Table, database_id), COLUMN(Table, version),
                                 COLUMN(Table, name), COLUMN(Table, json)};
static const Row table_row = ROW(columns);

bool catalogue_table_read(Arena *arena, Bytes json, GlueTable *ret_table)
{
    Bytes message;
    return json_decode(arena, &GLUE_SHAPE_TABLE, json, ret_table, &message) == WIRE_OK;
}

int catalogue_table_load(const Scope *scope, int64_t database_id, Bytes name, Table *ret_table)
{
    Statement *row = statement_begin(scope->store, &find);
    bind_int64(row, 1, database_id);
    bind_text(row, 2, arena_lower(scope->arena, name));
    int code = row_one(scope->arena, row, &table_row, ret_table);
    if (code == STORE_OK && !catalogue_table_read(scope->arena, ret_table->json, &ret_table->told))
        return STORE_BROKEN;
    return code;
}

int catalogue_version_load(const Scope *scope, const Table *table, int64_t number, GlueTable *ret_told)
{
    *ret_told = table->told;
    if (number == table->version)
        return STORE_OK;
    Statement *row = statement_begin(scope->store, &find_version);
    bind_int64(row, 1, table->id);
    bind_int64(row, 2, number);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    Bytes json = arena_copy(scope->arena, column_bytes(row, 0));
    statement_end(row);
    *ret_told = (GlueTable){0};
    return catalogue_table_read(scope->arena, json, ret_told) ? STORE_OK : STORE_BROKEN;
}

/* "An error occurred (EntityNotFoundException) when calling the GetTable operation: Entity Not Found": in many logs of
 * today; of other operations "Table image_metadata not found.", as in terraform-provider-aws #34132. */
Status catalogue_table_find(Call *call, const TableName *name, Table *ret_table)
{
    Database database;
    *ret_table = (Table){0};
    TRY(database_find(call, name->catalog_id, name->database, &database));
    int code = catalogue_table_load(&call->scope, database.id, name->table, ret_table);
    if (code == STORE_NOT_FOUND)
        return call->operation == &GlueGetTable
                   ? fail(call, &GLUE_ENTITY_NOT_FOUND, "Entity Not Found")
                   : fail(call, &GLUE_ENTITY_NOT_FOUND, "Table " BYTES_FMT " not found.", BYTES_ARG(name->table));
    return expect_ok(call, code);
}

int catalogue_table_delete(Call *call, int64_t id)
{
    return query_run_with(call->store, &delete_it, id);
}
