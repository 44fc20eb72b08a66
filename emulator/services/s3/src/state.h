/* state.h - what the service remembers beside its tables. */
#pragma once
#include "call.h"
#include "md5_stream.h"
#include "md5_thread.h"

typedef enum Known { KNOWN_NOT, KNOWN_NONE, KNOWN_SOME } Known;

/* Documents that are asked for at each object, and that most buckets don't have. */
typedef enum Watched { WATCHED_LIFECYCLE, WATCHED_ENCRYPTION, WATCHED_CORS, WATCHED_COUNT } Watched;

typedef struct S3 {
    Runtime *runtime;
    const char *hosts;          /* further domains whose subdomains are buckets: a list; NULL: none */
    void *kms;                  /* NULL: there is none */
    Known known[WATCHED_COUNT]; /* has some bucket such a document? KNOWN_NOT: to be looked up */
    Timer *sweep;               /* the next step of lifecycle.c */
    int64_t sweep_bucket;
    int sweep_phase;
    Buffer sweep_key;       /* where the sweep has come to in the bucket */
    int64_t sweep_sequence; /* of the key's versions */
    int64_t sweep_since_ms; /* when the next older version became noncurrent */
    int64_t sweep_rank;     /* how many newer noncurrent versions there are */
    int64_t upload_ms;      /* when the last upload in parts began */
    unsigned uploads_of_ms; /* how many of that millisecond came before it */
    Md5Crowd md5s;          /* of bodies under way */
    Md5Thread *md5_thread;  /* of what other services put */
} S3;

/* Whether any bucket has one: where none has, nothing is asked of the store. */
MUST_CHECK Status some_bucket_has(Call *call, Watched kind, bool *ret_has);
void documents_changed(S3 *s3, const char *kind); /* they may have come or gone; NULL: of any kind */
