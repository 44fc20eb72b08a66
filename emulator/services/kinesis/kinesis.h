/* kinesis.h - Kinesis Data Streams: its operations, and what other services may ask of its streams. KMS, where it is
 * open, is asked whether the keys of streams may be used; CloudWatch is told what is measured. */
#pragma once
#include "event.h"
#include "kinesis_model.h"
#include "limited.h"

typedef struct Kinesis Kinesis;

extern const Service kinesis_service;

/* How long CREATING, UPDATING and DELETING last, in ms of the emulator's clock; 0, the default: not at all. */
void kinesis_set_transition_ms(Kinesis *kinesis, int64_t transition_ms);

/* A shard has new records, or has been closed: once a turn and shard. */
extern const EventKind KINESIS_SHARD_GREW;
typedef struct KinesisShardGrew {
    int64_t shard_id; /* the service's own number of it */
} KinesisShardGrew;

/* Of account, region and name: one stream. */
typedef struct KinesisStreamName {
    Bytes account, region, name;
} KinesisStreamName;

/* AWS's limits of rate for all streams: per shard, per consumer, of calls. */
void kinesis_set_limits(Kinesis *kinesis, RateLimits limits);

/* The way of records: who put and who got them lately, so many steps of all streams together; 0, the default: none. */
void kinesis_keep_trace(Kinesis *kinesis, size_t steps);

typedef struct KinesisStep {
    const char *operation; /* "PutRecords", "GetRecords", "SubscribeToShard"; NULL: not remembered */
    int64_t time_ms;
    Bytes request_id, access_key;
    Bytes consumer; /* of SubscribeToShard; absent where it has gone */
} KinesisStep;

#define KINESIS_TRACED_DATA_MAX 2048
typedef struct KinesisTraced {
    Bytes shard_id, sequence_number, partition_key;
    Bytes data; /* its beginning */
    size_t data_len;
    int64_t arrival_ms;
    bool is_encrypted;
    KinesisStep put;
    KinesisStep *readers; /* oldest first */
    size_t readers_count;
} KinesisTraced;

typedef struct KinesisTraceQuery {
    Bytes stream;
    Bytes partition_key, sequence_number; /* absent: any */
    size_t limit;                         /* the newest so many; 100 at most */
} KinesisTraceQuery;

typedef struct KinesisTracedList {
    KinesisTraced *items; /* oldest first, in the arena */
    size_t count;
} KinesisTracedList;
/* Among the last 10,000 records of each shard; fewer where there are many shards or the records are large, so that the
 * answer takes no time that others would feel. One number is found wherever it is. KINESIS_NO_STREAM, or below 0: the
 * store's. */
MUST_CHECK int kinesis_trace(const Scope *scope, const KinesisTraceQuery *query, KinesisTracedList *ret_list);

/* For services that write to or read from streams. scope: of the Kinesis that has them. Codes of the store below 0 are
 * passed up unread. */
enum { KINESIS_DONE = 0, KINESIS_NO_STREAM = 1, KINESIS_NO_SHARD = 16, KINESIS_NO_KEY = 17 };

/* Is there a stream that takes records? */
MUST_CHECK int kinesis_find(const Scope *scope, Bytes stream);
/* One record, in this turn's transaction, whole after its commit. */
MUST_CHECK int kinesis_append(const Scope *scope, Bytes stream, Bytes partition_key, Bytes data);

/* For services that read streams: a shard by the service's own number, a record by its index in it; where a reader has
 * come to is its own to keep. Parents are to be read to their ends before their children. */
typedef struct KinesisShardPlace {
    int64_t id;
    uint32_t index;                  /* of its name: shardId-000000000007 */
    int64_t parent, adjacent_parent; /* indexes, or -1 */
    bool is_open;
    uint64_t tip; /* the index that its next record gets: LATEST */
} KinesisShardPlace;
typedef struct KinesisShardPlaces {
    KinesisShardPlace *items; /* by index, in the arena; those whose retention has ended are not there */
    size_t count;
} KinesisShardPlaces;
MUST_CHECK int kinesis_shards(const Scope *scope, Bytes stream, KinesisShardPlaces *ret_places);

typedef struct KinesisReading {
    KinesisRecordList records; /* in the arena */
    uint64_t next;
    bool is_at_tip;        /* nothing is behind them yet */
    bool is_ended;         /* and nothing ever will be */
    int64_t millis_behind; /* how far they are from the tip of the stream */
} KinesisReading;
/* KINESIS_NO_SHARD: it is gone. KINESIS_NO_KEY: the key that its records are sealed with may not be used now. */
MUST_CHECK int kinesis_read(const Scope *scope, int64_t shard_id, uint64_t from, size_t bytes_max,
                            KinesisReading *ret_reading);
