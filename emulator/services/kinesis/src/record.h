/* record.h - records into and out of a shard's log: their numbers and times, what retention hides, sealing at rest. */
#pragma once
#include "shard.h"

typedef struct NewRecord {
    Bytes partition_key, explicit_hash_key, data;
    int64_t arrival_ms; /* the time of the call */
} NewRecord;

/* At the tip of an open, prepared shard. Tells the index it got and when it arrived. */
MUST_CHECK int record_append(Kinesis *kinesis, Arena *arena, Shard *shard, const NewRecord *record,
                             Bytes *ret_sequence_number);

typedef struct RecordQuery {
    uint64_t from;
    size_t limit, bytes_max;
} RecordQuery;

typedef struct RecordPage {
    KinesisRecordList records;
    uint64_t next;         /* where the next page begins */
    bool has_sealed;       /* some of its records were kept sealed */
    bool is_at_tip;        /* nothing was behind it when it was read */
    int64_t millis_behind; /* aws: how far the answer is from the tip of the stream */
    size_t bytes;          /* of data and partition keys */
    Bytes last_number;     /* of the last record; absent where the page is empty */
} RecordPage;

MUST_CHECK int records_read(Kinesis *kinesis, Arena *arena, Shard *shard, RecordQuery query, RecordPage *ret_page);

/* The index of the first readable record that arrived at or after the time; the tip where there is none. */
MUST_CHECK int record_index_at(Kinesis *kinesis, Shard *shard, int64_t time_ms, uint64_t *ret_index);
