/* reshard.h - from any division of the hash keys to one in equal parts, by splits and merges alone; and reshards that
 * take their time.
 *
 * aws: Kinesis API Reference, SplitShard: "Upon receiving a SplitShard request, Kinesis Data Streams immediately
 * returns a response and sets the stream status to UPDATING … Read and write operations continue to work while the
 * stream is in the UPDATING state"; Developer Guide, "Data Routing, Data Persistence, and Shard State after a Reshard".
 * So the parents stay open, alone in the list, and take the puts until the stream is ACTIVE again; what is to be done
 * then lies in the store. */
#pragma once
#include "shard.h"

/* The stream is ACTIVE and what is asked for fits it. Done at once where states take no time. */
MUST_CHECK int reshard_begin(Kinesis *kinesis, Stream *stream, const Reshard *reshard, int64_t at_ms);
/* UPDATING is over: does what was begun, if anything was. */
MUST_CHECK int reshard_finish(Kinesis *kinesis, Stream *stream, int64_t at_ms);
/* For streams_load: what was begun before a restart. */
MUST_CHECK int reshards_load(Kinesis *kinesis);

/* Where the `count` equal parts begin. A boundary that is there already and differs by no more than rounding is kept:
 * 6 parts out of 3 are 3 splits, though floor(2^128 / 6) * 2 is not floor(2^128 / 3). Room for count in ret_starts. */
void reshard_plan(const Stream *stream, uint32_t count, HashKey *ret_starts);
/* First the splits, at the boundaries that are missing, then the merges of what lies between two. */
MUST_CHECK int reshard_run(Kinesis *kinesis, Stream *stream, const HashKey *starts, uint32_t count, int64_t at_ms);
