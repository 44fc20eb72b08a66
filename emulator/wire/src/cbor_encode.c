/* cbor_encode.c - the struct of a shape as CBOR: definite lengths, doubles as doubles. */
#include "cbor.h"
#include "value.h"

static void append_head(Buffer *out, int major, uint64_t argument)
{
    char top = (char)(major << 5);
    if (argument < 24) {
        buffer_append_char(out, (char)(top | (char)argument));
    } else if (argument <= UINT8_MAX) {
        buffer_append_char(out, (char)(top | 24));
        buffer_append_char(out, (char)argument);
    } else if (argument <= UINT16_MAX) {
        buffer_append_char(out, (char)(top | 25));
        buffer_append_be16(out, (uint16_t)argument);
    } else if (argument <= UINT32_MAX) {
        buffer_append_char(out, (char)(top | 26));
        buffer_append_be32(out, (uint32_t)argument);
    } else {
        buffer_append_char(out, (char)(top | 27));
        buffer_append_be64(out, argument);
    }
}

static void append_string(Buffer *out, int major, Bytes text)
{
    append_head(out, major, text.len);
    buffer_append(out, text);
}

static void append_whole(Buffer *out, int64_t value)
{
    if (value < 0)
        append_head(out, CBOR_NEGATIVE, (uint64_t)(-1 - value));
    else
        append_head(out, CBOR_UINT, (uint64_t)value);
}

static void append_cbor_real(Buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buffer_append_char(out, (char)(CBOR_SIMPLE << 5 | CBOR_DOUBLE));
    buffer_append_be64(out, bits);
}

static void append_timestamp(Buffer *out, int64_t ms, CborDialect dialect)
{
    append_head(out, CBOR_TAG, CBOR_EPOCH_TAG);
    if (dialect == CBOR_AMZ_1_1)
        append_whole(out, ms);
    else if (ms % 1000)
        append_cbor_real(out, (double)ms / 1000);
    else
        append_whole(out, ms / 1000);
}

static void append_structure(Buffer *out, const Shape *shape, const void *value, CborDialect dialect)
{
    uint64_t count = 0;
    for (size_t i = 0; i < shape->fields_count; i++)
        count += field_is_present(shape, &shape->fields[i], value);
    append_head(out, CBOR_MAP, count);
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!field_is_present(shape, field, value))
            continue;
        append_string(out, CBOR_TEXT, field->name);
        cbor_encode(out, field->shape, field_value(field, value), dialect);
    }
}

static void append_list(Buffer *out, const Shape *shape, const AnyList *list, CborDialect dialect)
{
    append_head(out, CBOR_ARRAY, list->len);
    for (size_t i = 0; i < list->len; i++)
        cbor_encode(out, shape->member, list_item(list, i, shape->member->size), dialect);
}

static void append_map(Buffer *out, const Shape *shape, const AnyList *map, CborDialect dialect)
{
    append_head(out, CBOR_MAP, map->len);
    for (size_t i = 0; i < map->len; i++) {
        const char *entry = list_item(map, i, shape->entry_size);
        append_string(out, CBOR_TEXT, *(const Bytes *)(const void *)entry);
        cbor_encode(out, shape->member, entry + shape->value_offset, dialect);
    }
}

void cbor_encode(Buffer *out, const Shape *shape, const void *value, CborDialect dialect)
{
    switch (shape->kind) {
    case KIND_STRING:
        append_string(out, CBOR_TEXT, *(const Bytes *)value);
        return;
    case KIND_BLOB:
        append_string(out, CBOR_BYTES, *(const Bytes *)value);
        return;
    case KIND_BOOLEAN:
        append_head(out, CBOR_SIMPLE, *(const bool *)value ? CBOR_TRUE : CBOR_FALSE);
        return;
    case KIND_INTEGER:
        append_whole(out, *(const int32_t *)value);
        return;
    case KIND_LONG:
        append_whole(out, *(const int64_t *)value);
        return;
    case KIND_FLOAT:
        append_cbor_real(out, (double)*(const float *)value);
        return;
    case KIND_DOUBLE:
        append_cbor_real(out, *(const double *)value);
        return;
    case KIND_TIMESTAMP:
        append_timestamp(out, *(const int64_t *)value, dialect);
        return;
    case KIND_STRUCTURE:
    case KIND_UNION:
        append_structure(out, shape, value, dialect);
        return;
    case KIND_LIST:
        append_list(out, shape, value, dialect);
        return;
    case KIND_MAP:
        append_map(out, shape, value, dialect);
        return;
    }
}
