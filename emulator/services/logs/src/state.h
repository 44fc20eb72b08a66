/* state.h - what the service holds in memory: nothing of its groups, which are rows, read as they are needed. */
#pragma once
#include "event.h"
#include "kms.h"
#include "logs.h"
#include "logs_model.h"
#include "meters.h"
#include "seal.h"

#define MS_PER_S    INT64_C(1000)
#define MS_PER_HOUR INT64_C(3600000)
#define MS_PER_DAY  INT64_C(86400000)

struct Logs {
    Runtime *runtime;
    Store *store;
    struct Kms *kms;
    struct Iam *iam;
    struct Kinesis *kinesis;
    struct Firehose *firehose;
    struct LiveTail *live_tails;
    Meters *meters;                          /* NULL: nothing is measured */
    unsigned char secret[SEAL_SECRET_BYTES]; /* what events of groups that have a key are sealed with */
    struct QueryRuns *query_runs;            /* what queries that are going on have in memory */
    Timer *sweep_timer;                      /* what is dropped, and what is too old, goes in steps */
    int64_t sweep_due_ms;
};
