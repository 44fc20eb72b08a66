/* stream.h - a table's stream as the service itself has it: switched on and off, written with each change. */
#pragma once
#include "items.h"
#include "shard_log.h"

/* aws: Developer Guide, "Reading and processing a stream": shards are closed and followed by others, "a shard is …
 * about 4 hours" */
#define SHARD_LIFE_MS INT64_C(14400000)

/* Logs of Kinesis are numbered from 1. */
#define STREAM_LOGS (LOGS_MAX / 2)
static inline int64_t stream_log_of(int64_t shard_id)
{
    return STREAM_LOGS + shard_id;
}

/* STREAM_ENABLED and its view: which a request may ask for, of this table as it is. *ret_view absent: to be off. */
MUST_CHECK Status stream_check(Call *call, const Table *table, const DynamodbStreamSpecification *specification,
                               Bytes *ret_view);
/* The table's newest stream and its open shard, if any: table->stream. */
MUST_CHECK int stream_load(Store *store, Table *table);
/* Switches one on or off; the table's copy is changed with it. */
MUST_CHECK int stream_open(const Scope *scope, Table *table, Bytes view_type);
MUST_CHECK int stream_close(const Scope *scope, Table *table);
/* The record of a change that has changed something. after: as the item is stored. Takes nothing from the arena. */
MUST_CHECK int stream_follow(const Scope *scope, const Change *change, Bytes after);
static inline bool stream_is_on(const Table *table)
{
    return table->stream.shard_id != 0;
}

/* stream_shard.c */
MUST_CHECK int stream_shard_insert(Store *store, int64_t stream_id, Bytes parent, int64_t opened_ms, int64_t *ret_id);
MUST_CHECK int stream_shard_close(const Scope *scope, int64_t id, int64_t closed_ms);

/* stream_times.c: shards that are closed after some hours, and dropped a day after that. */
void streams_start(Dynamodb *dynamodb, int64_t due_ms); /* looks at that time, if not before */
void streams_stop(Dynamodb *dynamodb);
