/* shard_log.h - logs of records, clustered by (log, sequence), in chunks: a row holds what a while's turns appended to
 * one log. Knows logs by number and records by an ever-growing sequence; AWS's names and 56-digit numbers are made
 * above.
 */
#pragma once
#include "store.h"

typedef struct ShardLog ShardLog;

typedef struct LogRecord {
    uint64_t sequence; /* 1 … ; strictly growing within a log, never given twice, also not after a restart or a trim */
    int64_t arrival_ms;
    Bytes partition_key;
    Bytes explicit_hash_key; /* absent where none was given */
    Bytes data;              /* as appended: sealing is done above */
    uint32_t flags;          /* the appender's own: kept and given back */
} LogRecord;

/* A store has one, however many services open it: all of a turn's appends go behind one tail. Its table and its
 * before-commit hook (which writes what the turn appended) are its own. Each service numbers its logs from a place of
 * its own, within LOGS_MAX. Each open is followed by a close, before the store's. */
#define LOGS_MAX (INT64_C(1) << 23)
MUST_CHECK int shard_log_open(Store *store, ShardLog **ret_log);
ShardLog *shard_log_close(ShardLog *log);

/* Visible to readers of the same turn at once, on disk at the turn's commit. Everything is copied.
 * record->sequence is the caller's: greater than any before in this log. */
MUST_CHECK int shard_log_append(ShardLog *log, int64_t id, const LogRecord *record);

/* Up to `limit` records with sequence >= from, stopping before `bytes_max` of data and keys would be passed (but at
 * least one, where there is one). Records point into the arena. *ret_count 0: nothing there yet. */
MUST_CHECK int shard_log_read(ShardLog *log, int64_t id, uint64_t from, size_t limit, size_t bytes_max, Arena *arena,
                              LogRecord **ret_records, size_t *ret_count);
/* Sequence of the first record that arrived at or after the time, or STORE_NOT_FOUND. */
MUST_CHECK int shard_log_find_time(ShardLog *log, int64_t id, int64_t arrival_ms, uint64_t *ret_sequence);
/* First and last sequence and the last arrival; STORE_NOT_FOUND when empty. */
typedef struct LogSpan {
    uint64_t first, last;
    int64_t last_arrival_ms;
} LogSpan;
MUST_CHECK int shard_log_span(ShardLog *log, int64_t id, LogSpan *ret_span);
/* Drops whole chunks whose every record arrived before the time, at most chunks_max of them: a small step. *ret_more:
 * call again. */
MUST_CHECK int shard_log_trim(ShardLog *log, int64_t id, int64_t before_ms, int chunks_max, bool *ret_more);
/* Drops all of a log, in steps likewise. */
MUST_CHECK int shard_log_drop(ShardLog *log, int64_t id, int chunks_max, bool *ret_more);
