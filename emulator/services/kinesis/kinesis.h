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
enum { KINESIS_DONE = 0, KINESIS_NO_STREAM = 1 };

/* Is there a stream that takes records? */
MUST_CHECK int kinesis_find(const Scope *scope, Bytes stream);
/* One record, in this turn's transaction, whole after its commit. */
MUST_CHECK int kinesis_append(const Scope *scope, Bytes stream, Bytes partition_key, Bytes data);
