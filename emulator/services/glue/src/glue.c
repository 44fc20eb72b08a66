/* glue.c - the operations this service answers, and its tables. */
#include "config.h"
#include "glue_model.h"
#include "glue_operations.h"
#include "lifetimes.h"
#include "page.h"
#include "permission.h"
#include "reset.h"
#include <stdlib.h>

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
        /* Definitions stand apart from what is asked often, and go some at a time: there may be half a gigabyte of
         * them. fingerprint: of the canonical form; NULL: registered before there were any. */
        "CREATE TABLE glue_definition (version_id TEXT PRIMARY KEY, definition TEXT NOT NULL, canonical TEXT NOT NULL);"
        "INSERT INTO glue_definition SELECT id, definition, canonical FROM glue_version;"
        "DROP INDEX glue_version_by_canonical;"
        "ALTER TABLE glue_version DROP COLUMN definition;"
        "ALTER TABLE glue_version DROP COLUMN canonical;"
        "ALTER TABLE glue_version ADD COLUMN fingerprint INTEGER;"
        "CREATE INDEX glue_version_by_fingerprint ON glue_version (schema_id, fingerprint);"
        "CREATE INDEX glue_version_standing ON glue_version (schema_id, number, settled_ms)"
        " WHERE status = 'AVAILABLE' AND gone_ms IS NULL;"
        "CREATE TABLE glue_orphan (version_id TEXT PRIMARY KEY) WITHOUT ROWID;"
        "DROP TRIGGER glue_version_goes;"
        "CREATE TRIGGER glue_version_goes AFTER DELETE ON glue_version BEGIN"
        " DELETE FROM glue_version_metadata WHERE version_id = old.id;"
        " INSERT OR IGNORE INTO glue_orphan (version_id) VALUES (old.id); END;",
        /* The Data Catalog. What a table that goes leaves behind, its versions and partitions, goes some at a time. */
        "CREATE TABLE glue_database (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL,"
        " name TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (account, region, name));"
        "CREATE TABLE glue_table (id INTEGER PRIMARY KEY AUTOINCREMENT, database_id INTEGER NOT NULL,"
        " name TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (database_id, name));"
        "CREATE TABLE glue_table_version (table_id INTEGER NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL,"
        " PRIMARY KEY (table_id, number));"
        "CREATE TABLE glue_partition (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL,"
        " partition_values BLOB NOT NULL, json TEXT NOT NULL, UNIQUE (table_id, partition_values));"
        "CREATE INDEX glue_partition_in_order ON glue_partition (table_id, id);"
        "CREATE TABLE glue_gone_table (id INTEGER PRIMARY KEY);"
        "CREATE TRIGGER glue_database_goes AFTER DELETE ON glue_database BEGIN"
        " DELETE FROM glue_table WHERE database_id = old.id;"
        " DELETE FROM glue_tag WHERE kind = 'database' AND resource_id = old.id; END;"
        "CREATE TRIGGER glue_table_goes AFTER DELETE ON glue_table BEGIN"
        " INSERT OR IGNORE INTO glue_gone_table (id) VALUES (old.id); END;",
        NULL,
    },
};

static void close_glue(void *service)
{
    lifetimes_stop(service);
    free(service);
}

static void *open_glue(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    Glue *glue = calloc(1, sizeof *glue);
    if (!glue)
        abort();
    glue->runtime = runtime;
    if (runtime->config) {
        glue->pending_ms = config_integer(runtime->config, SETTING_GLUE_PENDING);
        glue->ignores_json = config_choice(runtime->config, SETTING_GLUE_JSON) == GLUE_JSON_IGNORE;
    }
    store_on_rollback(runtime->store, lifetimes_soon, glue);
    if (lifetimes_settle(glue) == STORE_OK)
        return glue;
    close_glue(glue);
    return NULL;
}

static const Page pages[] = {{"/_evpoc/glue/failures", "GET", failures_page}, {NULL, NULL, NULL}};

extern const PermissionsOf glue_permissions; /* permissions.c */

const Service glue_service = {
    .model = &GLUE_SERVICE,
    .operations = GLUE_OPERATIONS,
    .open = open_glue,
    .close = close_glue,
    .pages = pages,
    .reset = glue_reset,
    .permissions = &glue_permissions,
};
