/* json_encode.c - the struct of a shape as JSON text. */
#include "base64.h"
#include "value.h"
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

void json_append_string(Buffer *out, Bytes text)
{
    size_t plain = 0;
    buffer_reserve(out, text.len + 2);
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_append(out, bytes_slice(text, plain, i - plain));
        append_escape(out, c);
        plain = i + 1;
    }
    if (text.len > plain)
        buffer_append(out, bytes_slice(text, plain, text.len - plain));
    buffer_append_char(out, '"');
}

static void append_blob(Buffer *out, Bytes blob)
{
    char *at = buffer_reserve(out, base64_encoded_len(blob.len) + 2);
    *at = '"';
    size_t len = base64_encode(at + 1, blob);
    at[len + 1] = '"';
    out->len += len + 2;
}

static void append_number(Buffer *out, double value)
{
    if (isnan(value))
        buffer_append_text(out, "\"NaN\"");
    else if (isinf(value))
        buffer_append_text(out, value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    else
        append_double(out, value);
}

/* Seconds; as many decimals as it takes. */
static void append_timestamp(Buffer *out, int64_t ms)
{
    uint64_t magnitude = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    unsigned part = (unsigned)(magnitude % 1000);
    if (ms < 0)
        buffer_append_char(out, '-');
    buffer_append_uint64(out, magnitude / 1000);
    if (!part)
        return;
    char digits[] = {'.', (char)('0' + part / 100), (char)('0' + part / 10 % 10), (char)('0' + part % 10)};
    size_t len = part % 10 ? 4 : part % 100 ? 3 : 2;
    buffer_append(out, (Bytes){digits, len});
}

static void append_structure(Buffer *out, const Shape *shape, const void *value)
{
    bool first = true;
    buffer_append_char(out, '{');
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!field_is_present(shape, field, value))
            continue;
        if (!first)
            buffer_append_char(out, ',');
        first = false;
        buffer_append_char(out, '"');
        buffer_append(out, field->name);
        buffer_append(out, TEXT("\":"));
        json_encode(out, field->shape, field_value(field, value));
    }
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
        append_number(out, (double)*(const float *)value);
        return;
    case KIND_DOUBLE:
        append_number(out, *(const double *)value);
        return;
    case KIND_TIMESTAMP:
        append_timestamp(out, *(const int64_t *)value);
        return;
    case KIND_STRUCTURE:
    case KIND_UNION:
        append_structure(out, shape, value);
        return;
    case KIND_LIST:
        append_list(out, shape, value);
        return;
    case KIND_MAP:
        append_map(out, shape, value);
        return;
    }
}
