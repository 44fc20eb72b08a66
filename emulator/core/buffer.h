/* buffer.h - bytes that grow. Owned by whoever has the struct; buffer_done frees. Running out of memory ends the
 * process. */
#pragma once
#include "bytes.h"

typedef struct Buffer {
    char *ptr;
    size_t len, capacity;
} Buffer;

void buffer_done(Buffer *buffer); /* also fine on a zeroed one; leaves it zeroed */
void buffer_grow(Buffer *buffer, size_t more);
/* Room for `more` bytes after len; returns where they go. buffer->len is the caller's to move. */
static inline char *buffer_reserve(Buffer *buffer, size_t more)
{
    if (more > buffer->capacity - buffer->len)
        buffer_grow(buffer, more);
    return buffer->ptr + buffer->len;
}
void buffer_append(Buffer *buffer, Bytes b);
void buffer_append_text(Buffer *buffer, const char *text);
void buffer_append_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For a terminal or a log: what would move its cursor or colour it is spelled: \u001b, \u009b, and \xff for a byte
 * that is no UTF-8. */
void buffer_append_shown(Buffer *buffer, Bytes text);
/* What is no UTF-8 becomes U+FFFD. */
void buffer_append_utf8(Buffer *buffer, Bytes text);
void buffer_append_uint64(Buffer *buffer, uint64_t value); /* decimal */
void buffer_append_int64(Buffer *buffer, int64_t value);
static inline void buffer_append_char(Buffer *buffer, char c)
{
    *buffer_reserve(buffer, 1) = c;
    buffer->len++;
}
void buffer_append_be16(Buffer *buffer, uint16_t value);
void buffer_append_be32(Buffer *buffer, uint32_t value);
void buffer_append_be64(Buffer *buffer, uint64_t value);
void buffer_append_le(Buffer *buffer, uint64_t value, size_t len); /* the lowest byte first */
static inline Bytes buffer_bytes(const Buffer *buffer)
{
    return (Bytes){buffer->ptr ? buffer->ptr : "", buffer->len};
}
