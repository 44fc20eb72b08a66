/* json_encode.c - the struct of a shape as JSON text. */
#include "base64.h"
#include "text_value.h"
#include <math.h>

static void append_escape(Buffer *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = memchr(from, c, sizeof from - 1);
    buffer_append_char(out, '\\');
    if (found)
        buffer_append_char(out, to[found - from]);
    else
        buffer_append_format(out, "u%04x", c);
}

/* Sixteen bytes at a time, by what the CPU has for that; then eight, then four. */
typedef uint8_t Block __attribute__((vector_size(16)));
typedef uint64_t Halves __attribute__((vector_size(16)));

static bool is_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static bool block_has_special(Block block)
{
    Halves found = (Halves)((block < 0x20) | (block == '"') | (block == '\\'));
    return (found[0] | found[1]) != 0;
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* Sean Anderson, "Bit Twiddling Hacks": whether a byte is zero, and whether one is less than n. */
static bool word_has_special(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE('"'), backslash = word ^ EACH_BYTE('\\');
    return (((word - EACH_BYTE(0x20)) & ~word) | ((quote - EACH_BYTE(1)) & ~quote) |
            ((backslash - EACH_BYTE(1)) & ~backslash)) &
           EACH_BYTE(0x80);
}

/* As far as bytes stand for themselves; tells how far. Most strings have no others. */
static size_t copy_plain(char *to, const char *from, size_t len)
{
    size_t at = 0;
    Block block;
    uint64_t word;
    for (; len - at >= sizeof block; at += sizeof block) {
        memcpy(&block, from + at, sizeof block);
        if (block_has_special(block))
            break;
        memcpy(to + at, &block, sizeof block);
    }
    for (; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, from + at, sizeof word);
        if (word_has_special(word))
            break;
        memcpy(to + at, &word, sizeof word);
    }
    if (len - at >= 4) {
        word = EACH_BYTE('-');
        memcpy(&word, from + at, 4);
        if (!word_has_special(word)) {
            memcpy(to + at, &word, 4);
            at += 4;
        }
    }
    for (; at < len && !is_special((unsigned char)from[at]); at++)
        to[at] = from[at];
    return at;
}

void json_append_string(Buffer *out, Bytes text)
{
    buffer_reserve(out, text.len + 2);
    out->ptr[out->len++] = '"';
    for (size_t at = 0;;) {
        size_t plain = copy_plain(out->ptr + out->len, text.ptr + at, text.len - at);
        out->len += plain;
        at += plain;
        if (at == text.len)
            break;
        append_escape(out, (unsigned char)text.ptr[at++]);
        buffer_reserve(out, text.len - at + 1);
    }
    out->ptr[out->len++] = '"';
}

static void append_blob(Buffer *out, Bytes blob)
{
    char *at = buffer_reserve(out, base64_encoded_len(blob.len) + 2);
    *at = '"';
    size_t len = base64_encode(at + 1, blob);
    at[len + 1] = '"';
    out->len += len + 2;
}

static void append_number(Buffer *out, const Shape *shape, double value)
{
    bool is_word = !isfinite(value);
    if (is_word)
        buffer_append_char(out, '"');
    append_real(out, shape->kind == KIND_FLOAT, value);
    if (is_word)
        buffer_append_char(out, '"');
}

/* As its shape says; usually a number. Not inlined: it would make json_encode's frame larger for every value. */
static __attribute__((noinline)) void append_time(Buffer *out, const Shape *shape, int64_t ms)
{
    if (shape->time == TIME_USUAL || shape->time == TIME_SECONDS) {
        append_seconds(out, ms);
        return;
    }
    buffer_append_char(out, '"');
    text_append(out, shape, shape->time, &ms);
    buffer_append_char(out, '"');
}

static void append_member(Buffer *out, const Field *field, const void *value)
{
    char *at = buffer_reserve(out, field->name.len + 3);
    *at = '"';
    memcpy(at + 1, field->name.ptr, field->name.len);
    memcpy(at + 1 + field->name.len, "\":", 2);
    out->len += field->name.len + 3;
    json_encode(out, field->shape, field_value(field, value));
}

static void append_structure(Buffer *out, const Shape *shape, const void *value)
{
    bool first = true;
    buffer_append_char(out, '{');
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!is_in_answers_body(field) || !field_is_present(shape, field, value))
            continue;
        if (!first)
            buffer_append_char(out, ',');
        first = false;
        append_member(out, field, value);
    }
    buffer_append_char(out, '}');
}

static void append_union(Buffer *out, const Shape *shape, const void *value)
{
    const Field *field = union_field(shape, value);
    buffer_append_char(out, '{');
    if (field)
        append_member(out, field, value);
    buffer_append_char(out, '}');
}

static void append_list(Buffer *out, const Shape *shape, const AnyList *list)
{
    buffer_append_char(out, '[');
    for (size_t i = 0; i < list->len; i++) {
        if (i)
            buffer_append_char(out, ',');
        json_encode(out, shape->member, list_item(list, i, shape->member->size));
    }
    buffer_append_char(out, ']');
}

static void append_map(Buffer *out, const Shape *shape, const AnyList *map)
{
    buffer_append_char(out, '{');
    for (size_t i = 0; i < map->len; i++) {
        const char *entry = list_item(map, i, shape->entry_size);
        if (i)
            buffer_append_char(out, ',');
        json_append_string(out, *(const Bytes *)(const void *)entry);
        buffer_append_char(out, ':');
        json_encode(out, shape->member, entry + shape->value_offset);
    }
    buffer_append_char(out, '}');
}

void json_encode(Buffer *out, const Shape *shape, const void *value)
{
    switch (shape->kind) {
    case KIND_STRING:
        json_append_string(out, *(const Bytes *)value);
        return;
    case KIND_BLOB:
        append_blob(out, *(const Bytes *)value);
        return;
    case KIND_BOOLEAN:
        buffer_append_text(out, *(const bool *)value ? "true" : "false");
        return;
    case KIND_INTEGER:
        buffer_append_int64(out, *(const int32_t *)value);
        return;
    case KIND_LONG:
        buffer_append_int64(out, *(const int64_t *)value);
        return;
    case KIND_FLOAT:
        append_number(out, shape, (double)*(const float *)value);
        return;
    case KIND_DOUBLE:
        append_number(out, shape, *(const double *)value);
        return;
    case KIND_TIMESTAMP:
        append_time(out, shape, *(const int64_t *)value);
        return;
    case KIND_STRUCTURE:
        append_structure(out, shape, value);
        return;
    case KIND_UNION:
        append_union(out, shape, value);
        return;
    case KIND_LIST:
        append_list(out, shape, value);
        return;
    case KIND_MAP:
        append_map(out, shape, value);
        return;
    }
}

Bytes json_text(Arena *arena, const Shape *shape, const void *value)
{
    Buffer *json = arena_buffer(arena);
    json_encode(json, shape, value);
    return buffer_bytes(json);
}
