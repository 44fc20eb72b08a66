/* schema.c - the tables of the service. Trees of items and of index entries lie in one SQLite table: a tree is the id
 * of its table, or an index's id below 0. */
#include "table.h"

const Migration dynamodb_schema = {
    "dynamodb",
    (const char *const[]){
        "CREATE TABLE dynamodb_table (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT "
        "NULL,"
        " name TEXT NOT NULL, uuid TEXT NOT NULL, created_ms INTEGER NOT NULL, hash_name TEXT NOT NULL,"
        " hash_kind INTEGER NOT NULL, range_name TEXT, range_kind INTEGER NOT NULL, billing_mode TEXT NOT NULL,"
        " on_demand_since_ms INTEGER NOT NULL, read_units INTEGER NOT NULL, write_units INTEGER NOT NULL,"
        " max_read_units INTEGER NOT NULL, max_write_units INTEGER NOT NULL, table_class TEXT,"
        " is_protected INTEGER NOT NULL, ttl_attribute TEXT, recovery_since_ms INTEGER NOT NULL,"
        " recovery_days INTEGER NOT NULL, sse_key TEXT, items INTEGER NOT NULL DEFAULT 0,"
        " bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (account, region, name));"
        "CREATE TABLE dynamodb_index (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL, name TEXT NOT "
        "NULL,"
        " is_global INTEGER NOT NULL, hash_name TEXT NOT NULL, hash_kind INTEGER NOT NULL, range_name TEXT,"
        " range_kind INTEGER NOT NULL, projection_type TEXT NOT NULL, non_key BLOB, read_units INTEGER NOT NULL,"
        " write_units INTEGER NOT NULL, max_read_units INTEGER NOT NULL, max_write_units INTEGER NOT NULL,"
        " items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (table_id, name));"
        "CREATE TABLE dynamodb_item (tree INTEGER NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL, item BLOB NOT "
        "NULL,"
        " PRIMARY KEY (tree, hash, range)) WITHOUT ROWID;"
        "CREATE TABLE dynamodb_dropped (tree INTEGER PRIMARY KEY);",
        "CREATE TABLE dynamodb_tag (table_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (table_id, key)) WITHOUT ROWID;"
        "CREATE TABLE dynamodb_token (account TEXT NOT NULL, region TEXT NOT NULL, token TEXT NOT NULL,"
        " request BLOB NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (account, region, token)) WITHOUT ROWID;",
        "CREATE TABLE dynamodb_expiry (expires_s INTEGER NOT NULL, table_id INTEGER NOT NULL, hash BLOB NOT NULL,"
        " range BLOB NOT NULL, PRIMARY KEY (expires_s, table_id, hash, range)) WITHOUT ROWID;"
        "CREATE INDEX dynamodb_expiry_of_table ON dynamodb_expiry (table_id);",
        "CREATE TABLE dynamodb_stream (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL,"
        " account TEXT NOT NULL, region TEXT NOT NULL, table_name TEXT NOT NULL, label TEXT NOT NULL,"
        " view_type TEXT NOT NULL, hash_name TEXT NOT NULL, range_name TEXT, created_ms INTEGER NOT NULL,"
        " disabled_ms INTEGER NOT NULL, UNIQUE (account, region, table_name, label));"
        "CREATE INDEX dynamodb_stream_of_table ON dynamodb_stream (table_id);"
        "CREATE TABLE dynamodb_shard (id INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL,"
        " name TEXT NOT NULL, parent TEXT, opened_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL,"
        " last INTEGER NOT NULL, due_ms INTEGER NOT NULL);"
        "CREATE INDEX dynamodb_shard_of_stream ON dynamodb_shard (stream_id);"
        "CREATE INDEX dynamodb_shard_due ON dynamodb_shard (due_ms);",
        "ALTER TABLE dynamodb_index ADD COLUMN more_keys BLOB;"
        "ALTER TABLE dynamodb_index ADD COLUMN warm_read INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE dynamodb_index ADD COLUMN warm_write INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE dynamodb_table ADD COLUMN warm_read INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE dynamodb_table ADD COLUMN warm_write INTEGER NOT NULL DEFAULT 0;",
        "CREATE TABLE dynamodb_destination (id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL,"
        " stream_arn TEXT NOT NULL, precision TEXT, status TEXT NOT NULL, status_after TEXT NOT NULL,"
        " due_ms INTEGER NOT NULL, UNIQUE (table_id, stream_arn));"
        "CREATE TABLE dynamodb_undelivered (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL,"
        " region TEXT NOT NULL, stream TEXT NOT NULL, made_ms INTEGER NOT NULL, partition_key TEXT NOT NULL,"
        " record BLOB NOT NULL);"
        "CREATE INDEX dynamodb_undelivered_to ON dynamodb_undelivered (account, region, stream);",
        "CREATE TABLE dynamodb_backup (table_id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,"
        " id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, table_name TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, active_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, view_type TEXT,"
        " UNIQUE (account, region, id));"
        "CREATE TABLE dynamodb_job (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
        " source INTEGER NOT NULL, target INTEGER NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL,"
        " from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, drops_source INTEGER NOT NULL);"
        "CREATE TABLE dynamodb_origin (table_id INTEGER PRIMARY KEY, table_arn TEXT NOT NULL, backup_arn TEXT,"
        " as_of_ms INTEGER NOT NULL, active_ms INTEGER NOT NULL, is_copying INTEGER NOT NULL);"
        "CREATE TABLE dynamodb_change (table_id INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL,"
        " range BLOB NOT NULL, item BLOB NOT NULL, PRIMARY KEY (table_id, at)) WITHOUT ROWID;"
        "CREATE TABLE dynamodb_recovery (table_id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);"
        "CREATE TABLE dynamodb_policy (table_id INTEGER NOT NULL, stream TEXT NOT NULL, policy TEXT NOT NULL,"
        " revision TEXT NOT NULL, PRIMARY KEY (table_id, stream)) WITHOUT ROWID;"
        "CREATE TABLE dynamodb_insights (table_id INTEGER NOT NULL, index_name TEXT NOT NULL, mode TEXT NOT NULL,"
        " is_on INTEGER NOT NULL, updated_ms INTEGER NOT NULL, PRIMARY KEY (table_id, index_name)) WITHOUT ROWID;",
        "CREATE TABLE dynamodb_dials (tree INTEGER PRIMARY KEY, day INTEGER NOT NULL, decreases INTEGER NOT NULL,"
        " decreased_ms INTEGER NOT NULL, increased_ms INTEGER NOT NULL);",
        "CREATE TABLE dynamodb_export (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL,"
        " region TEXT NOT NULL, table_name TEXT NOT NULL, name TEXT NOT NULL, table_uuid TEXT NOT NULL,"
        " token TEXT NOT NULL, request BLOB NOT NULL, view_id INTEGER NOT NULL, changes_id INTEGER NOT NULL,"
        " start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,"
        " items INTEGER NOT NULL, bytes INTEGER NOT NULL, files INTEGER NOT NULL, failure_code TEXT, failure TEXT,"
        " UNIQUE (account, region, table_name, name));"
        "CREATE INDEX dynamodb_export_view ON dynamodb_export (view_id);"
        "CREATE INDEX dynamodb_export_token ON dynamodb_export (account, region, token);"
        "CREATE TABLE dynamodb_export_file (export_id INTEGER NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL,"
        " items INTEGER NOT NULL, md5 BLOB NOT NULL, PRIMARY KEY (export_id, number)) WITHOUT ROWID;"
        "CREATE TABLE dynamodb_import (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL,"
        " region TEXT NOT NULL, table_name TEXT NOT NULL, name TEXT NOT NULL, table_uuid TEXT NOT NULL,"
        " token TEXT NOT NULL, request BLOB NOT NULL, table_id INTEGER NOT NULL, start_ms INTEGER NOT NULL,"
        " end_ms INTEGER NOT NULL, object BLOB NOT NULL, at INTEGER NOT NULL, processed INTEGER NOT NULL,"
        " imported INTEGER NOT NULL, errors INTEGER NOT NULL, bytes INTEGER NOT NULL, failure_code TEXT,"
        " failure TEXT, UNIQUE (account, region, table_name, name));"
        "CREATE INDEX dynamodb_import_table ON dynamodb_import (table_id);"
        "CREATE INDEX dynamodb_import_token ON dynamodb_import (account, region, token);",
        "CREATE TABLE dynamodb_replica (account TEXT NOT NULL, name TEXT NOT NULL, region TEXT NOT NULL,"
        " PRIMARY KEY (account, name, region)) WITHOUT ROWID;",
        "ALTER TABLE dynamodb_dials ADD COLUMN own INTEGER NOT NULL DEFAULT 0;",
        NULL,
    },
};
