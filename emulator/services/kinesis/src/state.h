/* state.h - what the service holds in memory: a copy of its tables for streams and shards, and who is subscribed.
 *
 * The copy is written through: a handler changes the table, then the copy. Where a turn is rolled back the copy is
 * dropped and read again at its next use. Records are never kept here. */
#pragma once
#include "hash_key.h"
#include "kinesis.h"
#include "kinesis_model.h"
#include "map.h"
#include "meters.h"
#include "page.h"
#include "rate.h"
#include "seal.h"
#include "sequence.h"
#include "shard_log.h"
#include <sodium.h>

#define MS_PER_S    INT64_C(1000)
#define MS_PER_HOUR INT64_C(3600000)

#define RETENTION_HOURS_MIN    24
#define RETENTION_HOURS_MAX    8760
#define RECORD_KIB_DEFAULT     1024
#define PUT_RECORDS_BYTES_MAX  (10 * 1024 * 1024) /* aws: Kinesis API, PutRecords: "up to a limit of 10 MiB" */
#define READ_BYTES_MAX         (10 * 1024 * 1024) /* aws: Kinesis API, GetRecords */
#define READ_RECORDS_MAX       10000
#define SHARDS_PER_ACCOUNT_MAX 20000 /* aws: Developer Guide, Quotas and limits, the largest regions */
#define SHARDS_ON_DEMAND       4     /* aws: Developer Guide, Quotas: a new on-demand stream has 4 shards */
#define ON_DEMAND_STREAMS_MAX  50    /* aws: there */
#define CONSUMERS_PER_STREAM   20
#define NO_SHARD               INT64_C(-1)
#define RECORD_IS_ENCRYPTED    1u /* LogRecord.flags */
#define RECORD_HAS_NO_KEY      2u

typedef enum StreamStatus { STREAM_CREATING, STREAM_ACTIVE, STREAM_UPDATING, STREAM_DELETING } StreamStatus;

typedef struct Stream Stream;

/* What a stream is UPDATING for: its shards become others when it is ACTIVE again. */
typedef enum ReshardKind { RESHARD_NONE, RESHARD_SPLIT, RESHARD_MERGE, RESHARD_COUNT } ReshardKind;
typedef struct Reshard {
    ReshardKind kind;
    uint32_t shard, adjacent; /* indexes: what is split, or the two that are merged */
    HashKey at;               /* where it is split */
    uint32_t count;           /* so many shards then */
} Reshard;

typedef struct Shard {
    int64_t id; /* of its row and its log */
    Stream *stream;
    uint32_t index;
    int64_t parent, adjacent_parent; /* indexes, or NO_SHARD */
    HashKey hash_start, hash_end;    /* both inside */
    SequenceOrigin origin;
    int64_t opened_ms, closed_ms; /* closed_ms 0: open */
    int64_t ended_s;              /* of a closed one's EndingSequenceNumber */
    uint64_t floor;               /* its log may be trimmed empty: numbers go on from here */
    uint64_t next;                /* the index its next record gets; 0: not asked the log yet */
    int64_t last_arrival_ms;
    uint64_t told_turn; /* in which its growth was published last, plus one */
    MeterRef meter;
    KeptRate writes, reads, iterators; /* where limits are asked for */
} Shard;

struct Stream {
    int64_t id;
    Bytes key; /* account NUL region NUL name, owned: the three point into it */
    Bytes account, region, name;
    Bytes key_id;                                     /* of KMS, owned; absent: not encrypted */
    Bytes sealed_key_id;                              /* the last it had, owned: what sealed records are opened with */
    uint64_t kms_generation_put, kms_generation_read; /* KMS's, when these keys were found usable */
    StreamStatus status;
    int64_t status_due_ms; /* when a status that passes does */
    Reshard reshard;       /* begun, not done */
    int64_t created_ms;
    int64_t horizon_floor_ms; /* what retention had dropped before it was raised stays dropped */
    int32_t retention_hours;
    int32_t record_kib_max;
    int32_t warm_mibps;     /* 0: none was asked for */
    unsigned shard_metrics; /* monitoring.h */
    bool is_on_demand;
    bool spreads_records; /* over its shards in turn, whatever their keys */
    size_t spread_next;
    uint32_t next_shard_index;
    int64_t newest_created_s; /* of all shards: the greatest sequence numbers are of that one */
    int64_t newest_s;         /* the latest second that a number of its shards bears */
    MeterRef meter;
    Rate demand;            /* of an on-demand stream, in the second that is on */
    uint32_t wanted_shards; /* it is to grow to so many; 0: no */
    Shard **shards;         /* by index; those whose retention has ended are gone */
    size_t shards_count, shards_capacity;
    Shard **open; /* by hash range */
    size_t open_count;
};

typedef struct Subscription Subscription;

struct Kinesis {
    Runtime *runtime;
    Store *store;
    struct Kms *kms;
    Meters *meters; /* NULL: nothing is measured */
    ShardLog *log;
    Map *streams; /* by key */
    Map *streams_by_id;
    Map *shards; /* 8 bytes of id → Shard */
    bool is_loaded;
    unsigned char secret[SEAL_SECRET_BYTES];
    int64_t transition_ms;
    Timer *transition_timer;
    int64_t consumer_due_ms; /* when the first consumer that is DELETING is gone; 0: none is */
    Timer *trim_timer;
    Timer *scaling_timer;
    RateLimits limits;
    Map *stream_limits; /* by key of the stream, there or not: its own RateLimits */
    Map *kept_rates; /* 8 bytes of shard id → its three, while the copy in memory is read again; NULL: none are kept */
    Map *calls;      /* account/region/operation/stream → Rate */
    int64_t trimmed_shard; /* how far the pass that is on has come */
    Map *damaged_logs;     /* 8 bytes of id: what cannot be trimmed, so that the others are */
    Map *subscribed;       /* 8 bytes of shard id → its first Subscription */
    Subscription *ready;   /* to be looked at after the commit */
    Arena *push_arena;
    struct Trace *trace; /* NULL: none is kept */
};

/* An id as a map's key. */
static inline Bytes id_key(const int64_t *id)
{
    return (Bytes){(const char *)id, sizeof *id};
}

static inline int64_t now_ms(const Kinesis *kinesis)
{
    return clock_now_ms(kinesis->runtime->clock);
}

PageFunction trace_page; /* /_evpoc/trace */
