/* summing.h - MD5 and checksum of bytes that are kept already, for copies: some MiB a turn, so that 5 GiB hold nobody
 * up. Where they lie sealed, or shall, they are written anew on the way. */
#pragma once
#include "call_blob.h"
#include "sealing.h"

typedef struct Summing {
    /* Set by the caller; all outlives the summing. */
    Status (*then)(Call *call, void *context);
    void *context;
    const Object *source;
    uint64_t at, end; /* of its bytes */
    ChecksumAlgorithm algorithm;
    const SealingKeys *source_keys, *keys; /* of what is read; of what is made of it */
    /* Its own. */
    Call *call;
    Blob *blob;
    Opening *opening;
    Sealing sealing;
    BlobWriter *writer; /* NULL: the bytes can be shared */
    uint64_t from;
    struct md5_ctx md5;
    Checksum sum;
    LoopTimer timer;
    char *piece;
    /* What came of it. */
    Bytes etag, checksum;
} Summing;

/* then is called in a later turn, as a handler, with etag and checksum set. The result is the handler's own. */
MUST_CHECK Status summing_start(Summing *summing, Call *call);
/* (turn) The blob of what was summed: shared, or written anew. */
MUST_CHECK Status summing_keep(Summing *summing, Call *call, int64_t *ret_blob);
