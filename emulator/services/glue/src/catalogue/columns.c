/* columns.c - a table's columns, as other services ask for them. */
#include "catalogue.h"
#include "glue.h"

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
        code = bytes_to_int64(name->version, &version) ? catalogue_version_load(scope, &table, version, &table.told)
                                                       : STORE_NOT_FOUND;
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
