/* columns.c - a table's columns, as other services ask for them. */
#include "catalogue.h"
#include "glue.h"

static const Query find_version = {"SELECT json FROM glue_table_version WHERE table_id = ?1 AND number = ?2"};

/* An earlier version takes the place of what the table is now. */
static int load_version(const Scope *scope, int64_t number, Table *table)
{
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
    table->told = (GlueTable){0};
    return catalogue_table_read(scope->arena, json, &table->told) ? STORE_OK : STORE_BROKEN;
}

int glue_columns(const Scope *scope, const CatalogTableName *name, TableColumns *ret_columns, Bytes *ret_message)
{
    Database database;
    Table table = {0};
    int64_t version;
    *ret_message = arena_text(scope->arena, "Database " BYTES_FMT " not found.", BYTES_ARG(name->database));
    int code = database_load(scope, name->database, &database);
    if (code == STORE_OK) {
        *ret_message = arena_text(scope->arena, "Table " BYTES_FMT " not found.", BYTES_ARG(name->table));
        code = catalogue_table_load(scope, database.id, name->table, &table);
    }
    if (code == STORE_OK && present(name->version) && !bytes_is(name->version, "LATEST")) {
        *ret_message = TEXT("Version not found.");
        code = bytes_to_int64(name->version, &version) ? load_version(scope, version, &table) : STORE_NOT_FOUND;
    }
    if (code != STORE_OK)
        return code;
    const GlueStorageDescriptor *storage = table.told.storage_descriptor;
    *ret_columns = (TableColumns){0};
    ret_columns->items = arena_new_array(scope->arena, TableColumn, storage ? storage->columns.len + 1 : 1);
    for (size_t i = 0; storage && i < storage->columns.len; i++)
        ret_columns->items[ret_columns->len++] =
            (TableColumn){storage->columns.items[i].name, storage->columns.items[i].type};
    return STORE_OK;
}
