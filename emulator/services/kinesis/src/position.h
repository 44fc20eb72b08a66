/* position.h - where to begin to read a shard: the five ways to say it, for iterators and subscriptions alike. */
#pragma once
#include "shard.h"

typedef struct StartingPoint {
    Bytes type, sequence_number;
    bool has_timestamp;
    int64_t timestamp;
    const char *operation; /* for messages: "GetShardIterator" */
} StartingPoint;

MUST_CHECK Status position_find(Call *call, Shard *shard, const StartingPoint *start, uint64_t *ret_from);
/* The latest second any number of the stream may bear: one beyond was not given by it. */
int64_t stream_newest_second(const Stream *stream, int64_t at_ms);
