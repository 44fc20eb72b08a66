/* schema.c - a delivery stream is one row, its buffer's edges included; the records of the buffer lie in a log. */
#include "schema.h"

/* Ids are never given twice (AUTOINCREMENT): a dropped buffer may still be on its way out under the old one. */
const Migration firehose_schema = {
    "firehose",
    (const char *const[]){
        "CREATE TABLE firehose_stream ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, type INTEGER NOT NULL,"
        " is_deleting INTEGER NOT NULL, passes_ms INTEGER NOT NULL,"
        " version INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
        " encryption INTEGER NOT NULL, encryption_passes_ms INTEGER NOT NULL, key_type TEXT, key_arn TEXT,"
        " source_arn TEXT, source_role_arn TEXT, throughput_hint INTEGER NOT NULL,"
        " destination TEXT NOT NULL, size_max INTEGER NOT NULL, interval_ms INTEGER NOT NULL,"
        " next INTEGER NOT NULL, position INTEGER NOT NULL, buffered_bytes INTEGER NOT NULL,"
        " since_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, retry_ms INTEGER NOT NULL, failing_ms INTEGER NOT NULL,"
        " flush_to INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
        " UNIQUE (account, region, name));"
        "CREATE INDEX firehose_due ON firehose_stream (due_ms);"
        "CREATE TABLE firehose_tag ("
        " stream_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (stream_id, key)) WITHOUT ROWID;"
        "CREATE TABLE firehose_dropped_log (id INTEGER PRIMARY KEY);"
        "CREATE TABLE firehose_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);"
        /* How far each shard of a source has been read; a child has a row when its parents are read to their ends. */
        "CREATE TABLE firehose_source ("
        " stream_id INTEGER NOT NULL, shard_id INTEGER NOT NULL, shard_index INTEGER NOT NULL,"
        " position INTEGER NOT NULL, PRIMARY KEY (stream_id, shard_index)) WITHOUT ROWID;"
        "CREATE INDEX firehose_source_shard ON firehose_source (shard_id);",
        /* An HTTP endpoint, and what it has not taken. */
        "ALTER TABLE firehose_stream ADD COLUMN endpoint TEXT;"
        "ALTER TABLE firehose_stream ADD COLUMN access_key TEXT;"
        "ALTER TABLE firehose_stream ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE firehose_stream ADD COLUMN attempt_to INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE firehose_stream ADD COLUMN request_id TEXT;",
        NULL,
    },
};
