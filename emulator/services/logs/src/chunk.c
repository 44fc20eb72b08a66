/* chunk.c */
#include "chunk.h"
#include "varint.h"

void event_chunk_append(Buffer *chunk, int64_t last_ms, int64_t time_ms, int64_t ingested_ms, Bytes message)
{
    varint_append(chunk, (uint64_t)(time_ms - last_ms));
    varint_append(chunk, zigzag(ingested_ms - time_ms));
    varint_append(chunk, message.len);
    buffer_append(chunk, message);
}

bool event_chunk_next(Bytes *rest, ChunkEvent *at)
{
    uint64_t step, delay, len;
    Bytes left = *rest;
    if (!varint_read(&left, &step) || !varint_read(&left, &delay) || !varint_read(&left, &len) || len > left.len)
        return false;
    at->time_ms += (int64_t)step;
    at->ingested_ms = at->time_ms + unzigzag(delay);
    at->message = bytes_slice(left, 0, (size_t)len);
    *rest = bytes_slice(left, (size_t)len, left.len - (size_t)len);
    return true;
}
