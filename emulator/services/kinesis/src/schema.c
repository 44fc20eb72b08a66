#include "schema.h"

/* Shard ids are never given twice (AUTOINCREMENT): a dropped log may still be on its way out under the old one. */
const Migration kinesis_schema = {
    "kinesis",
    (const char *const[]){
        "CREATE TABLE kinesis_stream ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,"
        " status INTEGER NOT NULL, status_due_ms INTEGER NOT NULL,"
        " created_ms INTEGER NOT NULL, horizon_floor_ms INTEGER NOT NULL DEFAULT 0,"
        " retention_hours INTEGER NOT NULL, record_kib_max INTEGER NOT NULL, is_on_demand INTEGER NOT NULL,"
        " key_id TEXT, next_shard_index INTEGER NOT NULL,"
        " UNIQUE (account, region, name));"
        "CREATE TABLE kinesis_shard ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " stream_id INTEGER NOT NULL, shard_index INTEGER NOT NULL,"
        " parent INTEGER NOT NULL, adjacent_parent INTEGER NOT NULL,"
        " hash_start BLOB NOT NULL, hash_end BLOB NOT NULL,"
        " created_s INTEGER NOT NULL, opened_ms INTEGER NOT NULL,"
        " closed_ms INTEGER NOT NULL DEFAULT 0, ended_s INTEGER NOT NULL DEFAULT 0,"
        " floor INTEGER NOT NULL DEFAULT 1,"
        " UNIQUE (stream_id, shard_index));"
        "CREATE TABLE kinesis_consumer ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " stream_id INTEGER NOT NULL, name TEXT NOT NULL, created_ms INTEGER NOT NULL, active_ms INTEGER NOT NULL,"
        " UNIQUE (stream_id, name));"
        "CREATE TABLE kinesis_tag ("
        " stream_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (stream_id, key)) WITHOUT ROWID;"
        "CREATE TABLE kinesis_rescale ("
        " id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, at_ms INTEGER NOT NULL);"
        "CREATE INDEX kinesis_rescale_of ON kinesis_rescale (stream_id, at_ms);"
        "CREATE TABLE kinesis_dropped_log (id INTEGER PRIMARY KEY);"
        "CREATE TABLE kinesis_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);",
        /* Tags and policies of a consumer stand under its id below 0. */
        "ALTER TABLE kinesis_stream ADD COLUMN shard_metrics INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE kinesis_stream ADD COLUMN warm_mibps INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE kinesis_policy (owner INTEGER PRIMARY KEY, policy TEXT NOT NULL);"
        "CREATE TABLE kinesis_mode_switch (id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, at_ms INTEGER NOT NULL);"
        "CREATE TABLE kinesis_account (account TEXT NOT NULL, region TEXT NOT NULL, started_ms INTEGER NOT NULL,"
        " ended_ms INTEGER NOT NULL, is_ending INTEGER NOT NULL, PRIMARY KEY (account, region)) WITHOUT ROWID;",
        "ALTER TABLE kinesis_stream ADD COLUMN sealed_key_id TEXT;"
        "UPDATE kinesis_stream SET sealed_key_id = key_id;",
        "CREATE TABLE kinesis_encryption ("
        " id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, is_start INTEGER NOT NULL, at_ms INTEGER NOT NULL);"
        "ALTER TABLE kinesis_stream ADD COLUMN spreads_records INTEGER NOT NULL DEFAULT 0;",
        /* What a stream is UPDATING for; a consumer is DELETING until gone_ms. */
        "CREATE TABLE kinesis_reshard ("
        " stream_id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, shard INTEGER NOT NULL, adjacent INTEGER NOT NULL,"
        " at BLOB NOT NULL, count INTEGER NOT NULL);"
        "ALTER TABLE kinesis_consumer ADD COLUMN gone_ms INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX kinesis_consumer_going ON kinesis_consumer (gone_ms) WHERE gone_ms > 0;",
        NULL,
    },
};
