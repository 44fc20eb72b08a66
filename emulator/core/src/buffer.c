/* buffer.c - bytes that grow by doubling. */
#include "buffer.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_done(Buffer *buffer)
{
    free(buffer->ptr);
    *buffer = (Buffer){0};
}

void buffer_grow(Buffer *buffer, size_t more)
{
    size_t needed, capacity = buffer->capacity ? buffer->capacity : 256;
    if (__builtin_add_overflow(buffer->len, more, &needed) || needed > SIZE_MAX / 2)
        abort();
    while (capacity < needed)
        capacity *= 2;
    buffer->ptr = realloc(buffer->ptr, capacity);
    if (!buffer->ptr)
        abort();
    buffer->capacity = capacity;
}

void buffer_append(Buffer *buffer, Bytes b)
{
    if (!b.len)
        return;
    memcpy(buffer_reserve(buffer, b.len), b.ptr, b.len);
    buffer->len += b.len;
}

void buffer_append_text(Buffer *buffer, const char *text)
{
    buffer_append(buffer, bytes_of(text));
}

void buffer_append_format(Buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char *at = buffer_reserve(buffer, 128);
    size_t room = buffer->capacity - buffer->len;
    int len = vsnprintf(at, room, format, args);
    if (len < 0)
        abort();
    if ((size_t)len >= room)
        vsnprintf(buffer_reserve(buffer, (size_t)len + 1), (size_t)len + 1, format, again);
    buffer->len += (size_t)len;
    va_end(again);
    va_end(args);
}

/* The code point where it is a control character, C0, DEL or C1; else -1. */
static int control_character(Bytes character)
{
    unsigned char first = (unsigned char)character.ptr[0];
    if (character.len == 2 && first == 0xc2 && (unsigned char)character.ptr[1] < 0xa0)
        return (unsigned char)character.ptr[1];
    return character.len == 1 && (first < 0x20 || first == 0x7f) ? first : -1;
}

void buffer_append_shown(Buffer *buffer, Bytes text)
{
    for (size_t at = 0, len; at < text.len; at += len) {
        len = bytes_utf8_character(bytes_slice(text, at, text.len - at));
        if (!len) {
            buffer_append_format(buffer, "\\x%02x", (unsigned char)text.ptr[at]);
            len = 1;
            continue;
        }
        Bytes character = bytes_slice(text, at, len);
        int control = control_character(character);
        if (control >= 0)
            buffer_append_format(buffer, "\\u%04x", (unsigned)control);
        else
            buffer_append(buffer, character);
    }
}

void buffer_append_utf8(Buffer *buffer, Bytes text)
{
    for (size_t at = 0, len; at < text.len; at += len) {
        len = bytes_utf8_character(bytes_slice(text, at, text.len - at));
        buffer_append(buffer, len ? bytes_slice(text, at, len) : TEXT("\xef\xbf\xbd"));
        len += !len;
    }
}

void buffer_append_uint64(Buffer *buffer, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    buffer_append(buffer, (Bytes){digits + at, sizeof digits - at});
}

void buffer_append_int64(Buffer *buffer, int64_t value)
{
    if (value < 0)
        buffer_append_char(buffer, '-');
    buffer_append_uint64(buffer, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void append_big_endian(Buffer *buffer, uint64_t value, int len)
{
    char *out = buffer_reserve(buffer, (size_t)len);
    for (int i = 0; i < len; i++)
        out[i] = (char)(value >> (8 * (len - 1 - i)));
    buffer->len += (size_t)len;
}

void buffer_append_be16(Buffer *buffer, uint16_t value)
{
    append_big_endian(buffer, value, 2);
}

void buffer_append_be32(Buffer *buffer, uint32_t value)
{
    append_big_endian(buffer, value, 4);
}

void buffer_append_be64(Buffer *buffer, uint64_t value)
{
    append_big_endian(buffer, value, 8);
}

void buffer_append_le(Buffer *buffer, uint64_t value, size_t len)
{
    char *out = buffer_reserve(buffer, len);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(value >> (8 * i));
    buffer->len += len;
}
