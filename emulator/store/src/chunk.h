/* chunk.h - the bytes of one row of a shard log: records one behind the other.
 *
 *   record = sequence - the one before (varint), arrival - the one before (zigzag varint), flags (varint),
 *            length of the partition key (varint), 0 or 1 + length of the explicit hash key (varint), length of the
 * data (varint), partition key, explicit hash key, data The first record counts from sequence 0 and arrival 0. */
#pragma once
#include "shard_log.h"
#include "varint.h"

typedef struct ChunkCursor {
    Bytes rest;
    uint64_t sequence;
    int64_t arrival_ms;
} ChunkCursor;

void chunk_append(Buffer *chunk, ChunkCursor *tail, const LogRecord *record);
/* The next record, pointing into the chunk; false at its end or where the bytes are broken (cursor->rest.len tells
 * which). */
bool chunk_next(ChunkCursor *cursor, LogRecord *ret_record);
