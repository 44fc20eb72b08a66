/* table_stream.h - the streams of tables, for whoever reads them: DynamoDB Streams' own operations, Lambda's pollers.
 *
 * aws: Developer Guide, "Change data capture for DynamoDB Streams": a table's changes of the last 24 hours, each once,
 * those of an item in order; a stream is made of shards that are closed after some hours and followed by others.
 * scope: of the Dynamodb that has the table (scope_for). Codes are the store's. */
#pragma once
#include "dynamodb.h"
#include "dynamodb_model.h"
#include "event.h"

/* A shard has new records, or has been closed: once a turn and shard. */
extern const EventKind DYNAMODB_STREAM_GREW;
typedef struct DynamodbStreamGrew {
    int64_t stream_id, shard_id;
} DynamodbStreamGrew;

/* A record as GetRecords of any kind tells it is kept so long. */
#define STREAM_RETENTION_MS INT64_C(86400000)

typedef struct TableStream {
    int64_t id; /* a table's newest stream has the greatest; 0: none */
    Bytes table_name;
    Bytes label; /* when it was switched on, as ISO 8601 has it; together with the table's name it is one stream */
    Bytes view_type;
    Bytes hash_name, range_name; /* the table's keys; the latter absent where it has none */
    int64_t created_ms;
    int64_t disabled_ms; /* 0: it is on. A day later it is gone */
} TableStream;

Bytes table_stream_arn(const Scope *scope, const TableStream *stream);
/* STORE_NOT_FOUND: no such stream in this account and region, or it is no stream's ARN. */
MUST_CHECK int table_stream_find(const Scope *scope, Bytes arn, TableStream *ret_stream);
typedef struct TableStreams {
    TableStream *items;
    size_t count;
} TableStreams;
/* Oldest first, behind the one with that id; table_name absent: of all tables. */
MUST_CHECK int table_streams_list(const Scope *scope, Bytes table_name, int64_t after_id, size_t limit,
                                  TableStreams *ret_streams);

typedef struct StreamShard {
    int64_t id;
    Bytes name;                   /* "shardId-00000001414576573621-f55eea83" */
    Bytes parent;                 /* its name; absent: none. It may be gone already */
    int64_t opened_ms, closed_ms; /* 0: it is open */
    int64_t last;                 /* position of the last record; counted while it is open */
} StreamShard;
typedef struct StreamShards {
    StreamShard *items;
    size_t count;
} StreamShards;
/* Oldest first, behind the one with that id; parent present: only its children. */
MUST_CHECK int stream_shards_list(const Scope *scope, const TableStream *stream, Bytes parent, int64_t after_id,
                                  size_t limit, StreamShards *ret_shards);
/* A call that is to be answered with so much of it: for CloudWatch. */
void table_stream_measured(Call *call, const TableStream *stream, size_t records, size_t bytes);
MUST_CHECK int stream_shard_find(const Scope *scope, const TableStream *stream, Bytes name, StreamShard *ret_shard);
MUST_CHECK int stream_shard_get(const Scope *scope, const TableStream *stream, int64_t id, StreamShard *ret_shard);

/* A position in a shard, as clients see it: 27 digits that grow from shard to shard. Position 0 is where it begins. */
Bytes stream_sequence_number(Arena *arena, const StreamShard *shard, int64_t position);
/* False: it isn't one of this shard. */
bool stream_position_of(const StreamShard *shard, Bytes sequence_number, int64_t *ret_position);
/* Of the first record made at or after the time; behind the last where there is none. */
MUST_CHECK int stream_position_at(const Scope *scope, const StreamShard *shard, int64_t time_ms, int64_t *ret_position);

typedef struct StreamRecord {
    Bytes event_id, event_name, sequence_number;
    int64_t created_ms;
    bool is_expiry;                                  /* Time to Live has removed the item */
    DynamodbAttributeMap keys, new_image, old_image; /* images absent where the view or the change has none */
    int64_t size_bytes;
} StreamRecord;

#define STREAM_FROM_HORIZON INT64_C(0) /* the oldest that is kept */
typedef struct StreamPage {
    StreamRecord *items;
    size_t count;
    int64_t next;    /* position to read from after these */
    bool is_end;     /* the shard is closed, and these were its last */
    bool is_trimmed; /* what is asked for is older than a day: nothing is told */
} StreamPage;
MUST_CHECK int stream_read(const Scope *scope, const TableStream *stream, const StreamShard *shard, int64_t from,
                           size_t limit, StreamPage *ret_page);
