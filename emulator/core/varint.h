/* varint.h - LEB128: seven bits a byte, the lowest first. */
#pragma once
#include "buffer.h"

static inline void varint_append(Buffer *out, uint64_t value)
{
    char *at = buffer_reserve(out, 10);
    while (value >= 0x80) {
        *at++ = (char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (char)value;
    out->len = (size_t)(at - out->ptr);
}

/* False at the end or where it isn't one; *rest is then unspecified. */
static inline bool varint_read(Bytes *rest, uint64_t *ret)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && rest->len; shift += 7) {
        unsigned char byte = (unsigned char)*rest->ptr++;
        rest->len--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *ret = value;
            return true;
        }
    }
    return false;
}

/* Small magnitudes of either sign stay short. */
static inline uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}
static inline int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}
