/* glue.c - the operations this service answers, and its tables. */
#include "glue_model.h"
#include "lifetimes.h"
#include "reset.h"
#include <stdlib.h>

extern const Operation GlueCreateRegistry, GlueGetRegistry, GlueListRegistries, GlueUpdateRegistry, GlueDeleteRegistry,
    GlueCreateSchema, GlueGetSchema, GlueListSchemas, GlueUpdateSchema, GlueDeleteSchema, GlueRegisterSchemaVersion,
    GlueGetSchemaVersion, GlueGetSchemaByDefinition, GlueListSchemaVersions, GlueDeleteSchemaVersions,
    GlueCheckSchemaVersionValidity, GlueGetSchemaVersionsDiff, GluePutSchemaVersionMetadata,
    GlueQuerySchemaVersionMetadata, GlueRemoveSchemaVersionMetadata, GlueTagResource, GlueUntagResource, GlueGetTags;

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
    &GlueGetSchemaVersionsDiff,
    &GluePutSchemaVersionMetadata,
    &GlueQuerySchemaVersionMetadata,
    &GlueRemoveSchemaVersionMetadata,
    &GlueTagResource,
    &GlueUntagResource,
    &GlueGetTags,
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
        /* settled_ms: until then a version is PENDING, whatever its status says. gone_ms: it is DELETING until then. */
        "ALTER TABLE glue_registry ADD COLUMN gone_ms INTEGER;"
        "ALTER TABLE glue_schema ADD COLUMN gone_ms INTEGER;"
        "ALTER TABLE glue_schema DROP COLUMN latest_version;"
        "ALTER TABLE glue_version ADD COLUMN gone_ms INTEGER;"
        "ALTER TABLE glue_version ADD COLUMN settled_ms INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE glue_version ADD COLUMN mode TEXT;"
        "ALTER TABLE glue_version ADD COLUMN path TEXT;"
        "ALTER TABLE glue_version ADD COLUMN reason TEXT;"
        "CREATE INDEX glue_registry_gone ON glue_registry (gone_ms) WHERE gone_ms IS NOT NULL;"
        "CREATE INDEX glue_schema_gone ON glue_schema (gone_ms) WHERE gone_ms IS NOT NULL;"
        "CREATE INDEX glue_version_gone ON glue_version (gone_ms) WHERE gone_ms IS NOT NULL;"
        "CREATE INDEX glue_version_failed ON glue_version (created_ms) WHERE status = 'FAILURE';"
        "CREATE TABLE glue_tag (kind TEXT, resource_id INTEGER, key TEXT, value TEXT NOT NULL,"
        " PRIMARY KEY (kind, resource_id, key)) WITHOUT ROWID;"
        "CREATE TRIGGER glue_registry_goes AFTER DELETE ON glue_registry BEGIN"
        " DELETE FROM glue_schema WHERE registry_id = old.id;"
        " DELETE FROM glue_tag WHERE kind = 'registry' AND resource_id = old.id; END;"
        "CREATE TRIGGER glue_schema_goes AFTER DELETE ON glue_schema BEGIN"
        " DELETE FROM glue_version WHERE schema_id = old.id;"
        " DELETE FROM glue_tag WHERE kind = 'schema' AND resource_id = old.id; END;"
        "CREATE TRIGGER glue_version_goes AFTER DELETE ON glue_version BEGIN"
        " DELETE FROM glue_version_metadata WHERE version_id = old.id; END;",
        NULL,
    },
};

Glue *glue_open(Host *host, const GlueOptions *options)
{
    if (store_migrate(host->store, &migration) != STORE_OK)
        return NULL;
    Glue *glue = calloc(1, sizeof *glue);
    if (!glue)
        abort();
    glue->host = host;
    glue->options = *options;
    store_on_rollback(host->store, lifetimes_soon, glue);
    return lifetimes_settle(glue) == STORE_OK ? glue : glue_close(glue);
}

Glue *glue_close(Glue *glue)
{
    if (glue)
        lifetimes_stop(glue);
    free(glue);
    return NULL;
}
