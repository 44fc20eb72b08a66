/* summing.h - MD5 and checksum of bytes that are kept already, for copies: some MiB a turn, so that 5 GiB hold nobody
 * up.
 */
#pragma once
#include "object.h"

typedef struct Summing {
    Call *call;
    Blob *blob;
    uint64_t at, end;
    struct md5_ctx md5;
    Checksum sum;
    LoopTimer timer;
    char *piece;
    Status (*then)(Call *call, void *context);
    void *context;
    /* What came of it. */
    Bytes etag, checksum;
} Summing;

/* then is called in a later turn, as a handler, with etag and checksum set. The result is the handler's own. */
MUST_CHECK Status summing_start(Summing *summing, Call *call, const Object *object, uint64_t at, uint64_t length,
                                ChecksumAlgorithm algorithm);
