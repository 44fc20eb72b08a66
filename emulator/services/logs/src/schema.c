/* schema.c - a group and a stream are a row each; events lie in chunks, a row for many of them. */
#include "schema.h"

/* Ids are never given twice (AUTOINCREMENT): the chunks of what is deleted go later, in steps, under the old ones.
 * A chunk's id is its stream's (31 bits) and its number within the stream (32): a stream's chunks lie together. */
const Migration logs_schema = {
    "logs",
    (const char *const[]){
        "CREATE TABLE logs_group ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, retention_days INTEGER NOT NULL, key_arn TEXT, is_protected INTEGER NOT NULL,"
        " stored_bytes INTEGER NOT NULL, span_ms INTEGER NOT NULL,"
        " UNIQUE (account, region, name));"
        "CREATE TABLE logs_stream ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
        " last_ingestion_ms INTEGER NOT NULL, chunks INTEGER NOT NULL, span_ms INTEGER NOT NULL,"
        " UNIQUE (group_id, name));"
        "CREATE INDEX logs_stream_last ON logs_stream (group_id, last_ms, name);"
        "CREATE TABLE logs_chunk ("
        " id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,"
        " first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,"
        " is_sealed INTEGER NOT NULL, events BLOB NOT NULL);"
        "CREATE INDEX logs_chunk_of_group ON logs_chunk (group_id, first_ms);"
        "CREATE INDEX logs_chunk_of_stream ON logs_chunk (stream_id, first_ms);"
        /* What was deleted and still has rows: a stream, or all of a group. */
        "CREATE TABLE logs_dropped ("
        " is_group INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (is_group, id)) WITHOUT ROWID;"
        "CREATE TABLE logs_tag ("
        " arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)) WITHOUT ROWID;"
        "CREATE TABLE logs_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);",
        "CREATE TABLE logs_resource_policy ("
        " account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, resource_arn TEXT NOT NULL,"
        " document TEXT NOT NULL, updated_ms INTEGER NOT NULL, revision INTEGER NOT NULL,"
        " PRIMARY KEY (account, region, name, resource_arn)) WITHOUT ROWID;"
        "CREATE TABLE logs_destination ("
        " account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, target_arn TEXT NOT NULL,"
        " role_arn TEXT NOT NULL, policy TEXT, created_ms INTEGER NOT NULL,"
        " PRIMARY KEY (account, region, name)) WITHOUT ROWID;"
        "CREATE TABLE logs_subscription ("
        " group_id INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, destination_arn TEXT NOT NULL,"
        " role_arn TEXT, is_random INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
        " PRIMARY KEY (group_id, name)) WITHOUT ROWID;",
        NULL,
    },
};
