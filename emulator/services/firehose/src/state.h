/* state.h - what the service holds in memory: nothing of its streams, which are rows, read as they are needed; only
 * what is on its way, and when to look again. */
#pragma once
#include "event.h"
#include "firehose.h"
#include "firehose_model.h"
#include "kinesis.h"
#include "kms.h"
#include "map.h"
#include "meters.h"
#include "s3.h"
#include "seal.h"
#include "shard_log.h"

#define MS_PER_S     INT64_C(1000)
#define MS_PER_HOUR  INT64_C(3600000)
#define BYTES_PER_MB INT64_C(1048576)
#define DUE_NEVER    INT64_MAX

#define RECORD_IS_SEALED 1u /* LogRecord.flags */

/* The buffers' logs are numbered behind those of Kinesis and of DynamoDB's streams. */
#define BUFFER_LOGS (LOGS_MAX / 4 * 3)

typedef struct Delivery Delivery;

struct Firehose {
    Runtime *runtime;
    Store *store;
    struct Kms *kms;
    Meters *meters;          /* NULL: nothing is measured */
    struct Kinesis *kinesis; /* NULL: there is no source but DirectPut */
    void *glue;              /* NULL: nothing can be converted */
    void *s3;                /* NULL: there is nowhere to deliver to; what is put waits */
    ShardLog *log;
    unsigned char secret[SEAL_SECRET_BYTES]; /* what buffers of encrypted streams are sealed with */
    int64_t transition_ms;
    Timer *timer;         /* the next delivery, or end of a state */
    Delivery *deliveries; /* large ones, in steps; those that wait for somebody */
    struct Queries *queries;
    struct Outbound *outbound;
    struct FlushWait *flushes; /* pages that wait until nothing is on its way */
    LoopTimer delivery_steps;
    Map *sources; /* 8 bytes of the number of each shard that is read; others that grow are nobody's business here */
    Map *grown;   /* those of them that may have new records */
    bool all_grown;
    LoopTimer source_steps;
};
