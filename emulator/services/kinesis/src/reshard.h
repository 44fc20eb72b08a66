/* reshard.h - from any division of the hash keys to one in equal parts, by splits and merges alone. */
#pragma once
#include "shard.h"

/* Where the `count` equal parts begin. A boundary that is there already and differs by no more than rounding is kept:
 * 6 parts out of 3 are 3 splits, though floor(2^128 / 6) * 2 is not floor(2^128 / 3). Room for count in ret_starts. */
void reshard_plan(const Stream *stream, uint32_t count, HashKey *ret_starts);
/* First the splits, at the boundaries that are missing, then the merges of what lies between two. */
MUST_CHECK int reshard_run(Kinesis *kinesis, Stream *stream, const HashKey *starts, uint32_t count, int64_t at_ms);
