/* query_encode.c - the struct of a shape as the XML that awsQuery answers with. */
#include "base64.h"
#include "value.h"
#include <time.h>

void xml_append_escaped(Buffer *out, Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        const char *entity = c == '<'    ? "&lt;"
                             : c == '>'  ? "&gt;"
                             : c == '&'  ? "&amp;"
                             : c == '"'  ? "&quot;"
                             : c == '\r' ? "&#xD;"
                                         : NULL;
        if (entity)
            buffer_append_text(out, entity);
        else if ((unsigned char)c >= 0x20 || c == '\t' || c == '\n')
            buffer_append_char(out, c);
        else
            buffer_append_text(out, "\xef\xbf\xbd"); /* XML 1.0 has no way to write it */
    }
}

static void append_timestamp(Buffer *out, int64_t ms)
{
    time_t seconds = (time_t)(ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000));
    struct tm utc;
    char text[40];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    buffer_append_format(out, "%s.%03dZ", text, (int)(ms - (int64_t)seconds * 1000));
}

static void append_tag(Buffer *out, const char *open, Bytes name)
{
    buffer_append_text(out, open);
    buffer_append(out, name);
    buffer_append_char(out, '>');
}

static void append_value(Buffer *out, const Shape *shape, const void *value);

static void append_element(Buffer *out, Bytes name, const Shape *shape, const void *value)
{
    append_tag(out, "<", name);
    append_value(out, shape, value);
    append_tag(out, "</", name);
}

static void append_entry(Buffer *out, Bytes name, const Shape *shape, const char *entry)
{
    append_tag(out, "<", name);
    buffer_append_text(out, "<key>");
    xml_append_escaped(out, *(const Bytes *)(const void *)entry);
    buffer_append_text(out, "</key>");
    append_element(out, TEXT("value"), shape->member, entry + shape->value_offset);
    append_tag(out, "</", name);
}

/* The items of a list or map, each in an element of this name. */
static void append_items(Buffer *out, Bytes name, const Shape *shape, const AnyList *list)
{
    for (size_t i = 0; i < list->len; i++)
        if (shape->kind == KIND_LIST)
            append_element(out, name, shape->member, list_item(list, i, shape->member->size));
        else
            append_entry(out, name, shape, list_item(list, i, shape->entry_size));
}

static void append_value(Buffer *out, const Shape *shape, const void *value)
{
    switch (shape->kind) {
    case KIND_STRING:
        xml_append_escaped(out, *(const Bytes *)value);
        return;
    case KIND_BLOB: {
        Bytes blob = *(const Bytes *)value;
        out->len += base64_encode(buffer_reserve(out, base64_encoded_len(blob.len)), blob);
        return;
    }
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
        append_double(out, (double)*(const float *)value);
        return;
    case KIND_DOUBLE:
        append_double(out, *(const double *)value);
        return;
    case KIND_TIMESTAMP:
        append_timestamp(out, *(const int64_t *)value);
        return;
    case KIND_LIST:
        append_items(out, TEXT("member"), shape, value);
        return;
    case KIND_MAP:
        append_items(out, TEXT("entry"), shape, value);
        return;
    default:
        query_encode(out, shape, value);
    }
}

void query_encode(Buffer *out, const Shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!field_is_present(shape, field, value))
            continue;
        bool is_flat = (field->shape->kind == KIND_LIST || field->shape->kind == KIND_MAP) && field->shape->flattened;
        if (is_flat)
            append_items(out, field->name, field->shape, field_value(field, value));
        else
            append_element(out, field->name, field->shape, field_value(field, value));
    }
}
