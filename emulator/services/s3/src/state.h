/* state.h - what the service remembers beside its tables. */
#pragma once
#include "call.h"

typedef enum Known { KNOWN_NOT, KNOWN_NONE, KNOWN_SOME } Known;

typedef struct S3 {
    Runtime *runtime;
    Known lifecycle; /* is there a bucket with rules? KNOWN_NOT: to be looked up */
    Timer *sweep;    /* the next step of lifecycle.c */
    int64_t sweep_bucket;
    int sweep_phase;
    Buffer sweep_key;       /* where the sweep has come to in the bucket */
    int64_t sweep_sequence; /* of the key's versions */
    int64_t sweep_since_ms; /* when the next older version became noncurrent */
    int64_t sweep_rank;     /* how many newer noncurrent versions there are */
} S3;
