/* chunk.h - how events lie in a row, in the order of their times: time since the one before, how long after it came in,
 * length, message. Numbers are varints. */
#pragma once
#include "buffer.h"

#define CHUNK_EVENTS_MAX 8192
#define CHUNK_BYTES_MAX  ((size_t)256 * 1024) /* but one event may be larger */

/* last_ms: the time of the event before; of the first: 0. */
void event_chunk_append(Buffer *chunk, int64_t last_ms, int64_t time_ms, int64_t ingested_ms, Bytes message);

typedef struct ChunkEvent {
    int64_t time_ms, ingested_ms;
    Bytes message; /* in the chunk */
} ChunkEvent;

/* rest: the chunk's bytes at first; *at: zeroed then. False at the end, or where it isn't one: rest has bytes then. */
MUST_CHECK bool event_chunk_next(Bytes *rest, ChunkEvent *at);
