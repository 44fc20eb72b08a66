/* event_message.c - application/vnd.amazon.eventstream: total length, length of the headers, CRC of these two, headers,
 * payload, CRC of everything before. A header: length of its name (1 byte), name, 7 (string), length of its value (2
 * bytes), value. */
#include "wire.h"
#include <libdeflate.h>

#define STRING_HEADER 7

uint32_t crc32_of(Bytes b)
{
    return libdeflate_crc32(0, b.ptr, b.len);
}

static size_t headers_size(const EventHeader *headers, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += 1 + strlen(headers[i].name) + 1 + 2 + headers[i].value.len;
    return size;
}

void event_message(Buffer *out, const EventHeader *headers, size_t headers_count, Bytes payload)
{
    size_t start = out->len, headers_len = headers_size(headers, headers_count);
    buffer_reserve(out, 16 + headers_len + payload.len);
    buffer_append_be32(out, (uint32_t)(16 + headers_len + payload.len));
    buffer_append_be32(out, (uint32_t)headers_len);
    buffer_append_be32(out, crc32_of((Bytes){out->ptr + start, 8}));
    for (size_t i = 0; i < headers_count; i++) {
        Bytes name = bytes_of(headers[i].name);
        buffer_append_char(out, (char)name.len);
        buffer_append(out, name);
        buffer_append_char(out, STRING_HEADER);
        buffer_append_be16(out, (uint16_t)headers[i].value.len);
        buffer_append(out, headers[i].value);
    }
    buffer_append(out, payload);
    buffer_append_be32(out, crc32_of((Bytes){out->ptr + start, out->len - start}));
}
