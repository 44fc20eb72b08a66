/* glue.c - the operations this service answers, and its tables. */
#include "glue.h"
#include "glue_model.h"
#include "reset.h"
#include <stdlib.h>

extern const Operation GlueCreateRegistry, GlueGetRegistry, GlueListRegistries, GlueUpdateRegistry, GlueDeleteRegistry,
    GlueCreateSchema, GlueGetSchema, GlueListSchemas, GlueUpdateSchema, GlueDeleteSchema, GlueRegisterSchemaVersion,
    GlueGetSchemaVersion, GlueGetSchemaByDefinition, GlueListSchemaVersions, GlueDeleteSchemaVersions,
    GlueCheckSchemaVersionValidity, GluePutSchemaVersionMetadata, GlueQuerySchemaVersionMetadata,
    GlueRemoveSchemaVersionMetadata;

static const Operation *const operations[] = {
    &GlueCreateRegistry,
    &GlueGetRegistry,
    &GlueListRegistries,
    &GlueUpdateRegistry,
    &GlueDeleteRegistry,
    &GlueCreateSchema,
    &GlueGetSchema,
    &GlueListSchemas,
    &GlueUpdateSchema,
    &GlueDeleteSchema,
    &GlueRegisterSchemaVersion,
    &GlueGetSchemaVersion,
    &GlueGetSchemaByDefinition,
    &GlueListSchemaVersions,
    &GlueDeleteSchemaVersions,
    &GlueCheckSchemaVersionValidity,
    &GluePutSchemaVersionMetadata,
    &GlueQuerySchemaVersionMetadata,
    &GlueRemoveSchemaVersionMetadata,
    NULL,
};

const Service glue_service = {
    .model = &GLUE_SERVICE,
    .operations = operations,
    .reset = glue_reset,
};

static const Migration migration = {
    "glue",
    (const char *const[]){
        "CREATE TABLE glue_registry (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT "
        "NULL, name TEXT NOT NULL,"
        " description TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE (account, region, name));"
        "CREATE TABLE glue_schema (id INTEGER PRIMARY KEY AUTOINCREMENT, registry_id INTEGER NOT NULL, name TEXT NOT "
        "NULL, description TEXT,"
        " data_format TEXT NOT NULL, compatibility TEXT NOT NULL, checkpoint INTEGER NOT NULL, latest_version INTEGER "
        "NOT NULL,"
        " next_version INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE "
        "(registry_id, name));"
        "CREATE TABLE glue_version (id TEXT PRIMARY KEY, schema_id INTEGER NOT NULL, number INTEGER NOT NULL, "
        "definition TEXT NOT NULL,"
        " canonical TEXT NOT NULL, status TEXT NOT NULL, created_ms INTEGER NOT NULL, UNIQUE (schema_id, number));"
        "CREATE INDEX glue_version_by_canonical ON glue_version (schema_id, canonical);"
        "CREATE TABLE glue_version_metadata (version_id TEXT, key TEXT, value TEXT, created_ms INTEGER NOT NULL,"
        " PRIMARY KEY (version_id, key, value)) WITHOUT ROWID;",
        NULL,
    },
};

struct Glue {
    Host *host;
};

Store *glue_store(Glue *glue)
{
    return glue->host->store;
}

Glue *glue_open(Host *host)
{
    if (store_migrate(host->store, &migration) != STORE_OK)
        return NULL;
    Glue *glue = calloc(1, sizeof *glue);
    if (!glue)
        abort();
    glue->host = host;
    return glue;
}

Glue *glue_close(Glue *glue)
{
    free(glue);
    return NULL;
}
