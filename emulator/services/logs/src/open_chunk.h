/* open_chunk.h - a chunk as it is read: its events, by number. */
#pragma once
#include "chunk.h"
#include "state.h"

typedef struct ChunkMark {
    int64_t time_ms, ingested_ms;
    uint32_t at, len; /* of the message in the bytes */
} ChunkMark;

typedef struct OpenChunk {
    Buffer bytes;
    ChunkMark *marks;
    uint32_t count;
} OpenChunk;

/* STORE_OK, STORE_NOT_FOUND (it is dropped), or below 0. arena: for a while. */
MUST_CHECK int event_chunk_open(const Scope *scope, int64_t id, OpenChunk *ret_chunk);
void event_chunk_close(OpenChunk *chunk); /* zeroed then; a zeroed one is fine */
