/* chunk.c */
#include "chunk.h"

void chunk_append(Buffer *chunk, ChunkCursor *tail, const LogRecord *record)
{
    varint_append(chunk, record->sequence - tail->sequence);
    varint_append(chunk, zigzag(record->arrival_ms - tail->arrival_ms));
    varint_append(chunk, record->flags);
    varint_append(chunk, record->partition_key.len);
    varint_append(chunk, present(record->explicit_hash_key) ? record->explicit_hash_key.len + 1 : 0);
    varint_append(chunk, record->data.len);
    buffer_append(chunk, record->partition_key);
    buffer_append(chunk, record->explicit_hash_key);
    buffer_append(chunk, record->data);
    tail->sequence = record->sequence;
    tail->arrival_ms = record->arrival_ms;
}

static bool cut(Bytes *rest, uint64_t len, Bytes *ret)
{
    if (len > rest->len)
        return false;
    *ret = bytes_slice(*rest, 0, (size_t)len);
    *rest = bytes_slice(*rest, (size_t)len, rest->len - (size_t)len);
    return true;
}

bool chunk_next(ChunkCursor *cursor, LogRecord *ret_record)
{
    LogRecord record = {0};
    uint64_t step, arrival, flags, key_len, hash_len, data_len;
    Bytes rest = cursor->rest;
    if (!varint_read(&rest, &step) || !varint_read(&rest, &arrival) || !varint_read(&rest, &flags) ||
        !varint_read(&rest, &key_len) || !varint_read(&rest, &hash_len) || !varint_read(&rest, &data_len))
        return false;
    if (!cut(&rest, key_len, &record.partition_key) ||
        (hash_len && !cut(&rest, hash_len - 1, &record.explicit_hash_key)) || !cut(&rest, data_len, &record.data))
        return false;
    cursor->rest = rest;
    record.sequence = cursor->sequence += step;
    record.arrival_ms = cursor->arrival_ms += unzigzag(arrival);
    record.flags = (uint32_t)flags;
    *ret_record = record;
    return true;
}
