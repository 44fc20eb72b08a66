/* glue.h - the Glue Schema Registry, and the Data Catalog. */
#pragma once
#include "call.h"

extern const Service glue_service;

/* For services that convert records by a table's columns. */
typedef struct TableColumn {
    Bytes name, type; /* a type of Hive's: "array<int>" */
} TableColumn;
typedef struct TableColumns {
    TableColumn *items;
    size_t len;
} TableColumns;
typedef struct CatalogTableName {
    Bytes database, table;
    Bytes version; /* absent or LATEST: as it is now */
} CatalogTableName;

/* scope: of Glue, in the table's account and region. STORE_OK; STORE_NOT_FOUND, with the words for it; or below 0.
 * Partition keys are no columns of the files. */
MUST_CHECK int glue_columns(const Scope *scope, const CatalogTableName *name, TableColumns *ret_columns,
                            Bytes *ret_message);
