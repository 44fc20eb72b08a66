/* snappy.c - Snappy's block format: literals, and copies of what was before. */
#include "snappy.h"
#include "varint.h"

#define HASH_BITS    13
#define COPY_LEN_MAX 64
#define COPY_LEN_MIN 4

static uint32_t load32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static size_t hash_of(uint32_t four)
{
    return (four * UINT32_C(0x1e35a7bd)) >> (32 - HASH_BITS);
}

static void append_literal(Buffer *out, const char *from, size_t len)
{
    if (!len)
        return;
    if (len <= 60) {
        buffer_append_char(out, (char)((len - 1) << 2));
    } else if (len <= 256) {
        buffer_append_char(out, (char)(60 << 2));
        buffer_append_char(out, (char)(len - 1));
    } else {
        buffer_append_char(out, (char)(61 << 2));
        buffer_append_char(out, (char)((len - 1) & 0xff));
        buffer_append_char(out, (char)((len - 1) >> 8));
    }
    buffer_append(out, (Bytes){from, len});
}

static void append_copy(Buffer *out, size_t offset, size_t len)
{
    while (len) {
        size_t part = len < COPY_LEN_MAX ? len : COPY_LEN_MAX;
        buffer_append_char(out, (char)((part - 1) << 2 | 2));
        buffer_append_char(out, (char)(offset & 0xff));
        buffer_append_char(out, (char)(offset >> 8));
        len -= part;
    }
}

static size_t match_length(const char *a, const char *b, const char *end)
{
    size_t len = 0;
    while (b + len < end && a[len] == b[len])
        len++;
    return len;
}

/* Copies reach back no further than to the fragment's begin. */
static void append_fragment(Buffer *out, Bytes block)
{
    uint16_t seen[1 << HASH_BITS] = {0};
    const char *begin = block.ptr, *end = begin + block.len, *literal = begin, *at = begin;
    while (end - at > COPY_LEN_MIN) {
        uint32_t four = load32(at);
        uint16_t *place = &seen[hash_of(four)];
        const char *before = begin + *place;
        *place = (uint16_t)(at - begin);
        if (before >= at || load32(before) != four) {
            at += 1 + ((at - literal) >> 5); /* the longer nothing is found, the faster */
            continue;
        }
        append_literal(out, literal, (size_t)(at - literal));
        size_t len = match_length(before, at, end);
        append_copy(out, (size_t)(at - before), len);
        at += len;
        literal = at;
    }
    append_literal(out, literal, (size_t)(end - literal));
}

void snappy_append(Buffer *out, Bytes bytes)
{
    varint_append(out, bytes.len);
    for (size_t at = 0; at < bytes.len; at += SNAPPY_FRAGMENT) {
        size_t len = bytes.len - at < SNAPPY_FRAGMENT ? bytes.len - at : SNAPPY_FRAGMENT;
        append_fragment(out, bytes_slice(bytes, at, len));
    }
}
