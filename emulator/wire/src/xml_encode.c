/* xml_encode.c - the struct of a shape as XML: what restXml and awsQuery answer with. Names of items, attributes,
 * namespaces and flattened lists are those of the model. */
#include "text_value.h"
#include "xml.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* XML 1.0 has no way to write the other controls, nor U+FFFE and U+FFFF: how many bytes of one are here. */
static size_t unwritable(Bytes text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x20)
        return c != '\t' && c != '\n' && c != '\r';
    bool is_no_character =
        c == 0xef && at + 2 < text.len && text.ptr[at + 1] == '\xbf' && (unsigned char)text.ptr[at + 2] >= 0xbe;
    return is_no_character ? 3 : 0;
}

void xml_append_escaped(Buffer *out, Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        size_t left_out = unwritable(text, i);
        const char *entity = c == '<'    ? "&lt;"
                             : c == '>'  ? "&gt;"
                             : c == '&'  ? "&amp;"
                             : c == '"'  ? "&quot;"
                             : c == '\r' ? "&#xD;"
                                         : NULL;
        if (left_out) {
            buffer_append_text(out, REPLACEMENT);
            i += left_out - 1;
        } else if (entity) {
            buffer_append_text(out, entity);
        } else {
            buffer_append_char(out, c);
        }
    }
}

static void append_content(Buffer *out, const Shape *shape, const void *value);

static void append_namespace(Buffer *out, const char *prefix, const char *uri)
{
    if (!uri)
        return;
    buffer_append_format(out, prefix ? " xmlns:%s=\"" : " xmlns%s=\"", prefix ? prefix : "");
    xml_append_escaped(out, bytes_of(uri));
    buffer_append_char(out, '"');
}

/* What an attribute's reader would take for spaces. */
static void append_attribute_text(Buffer *out, Bytes text)
{
    while (present(text)) {
        size_t end = 0;
        while (end < text.len && text.ptr[end] != '\t' && text.ptr[end] != '\n')
            end++;
        xml_append_escaped(out, bytes_slice(text, 0, end));
        if (end == text.len)
            return;
        buffer_append_text(out, text.ptr[end] == '\t' ? "&#x9;" : "&#xA;");
        text = bytes_slice(text, end + 1, text.len - end - 1);
    }
}

static void append_scalar(Buffer *out, const Shape *shape, const void *value)
{
    if (shape->kind == KIND_STRING)
        xml_append_escaped(out, *(const Bytes *)value);
    else
        text_append(out, shape, TIME_ISO_8601, value);
}

static void append_attributes(Buffer *out, const Shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!field->attribute || !field_is_present(shape, field, value))
            continue;
        buffer_append_format(out, " " BYTES_FMT "=\"", BYTES_ARG(field->name));
        if (field->shape->kind == KIND_STRING)
            append_attribute_text(out, *(const Bytes *)field_value(field, value));
        else
            append_scalar(out, field->shape, field_value(field, value));
        buffer_append_char(out, '"');
    }
}

static bool has_members(const Shape *shape)
{
    return shape->kind == KIND_STRUCTURE || shape->kind == KIND_UNION;
}

/* An element's name, and the namespace that it opens. */
typedef struct Tag {
    const char *name, *xml_namespace, *xml_prefix;
} Tag;

static Tag tag_of(const Field *field)
{
    return (Tag){field->name.ptr, field->xml_namespace, field->xml_prefix};
}

static void append_element(Buffer *out, const Tag *tag, const Shape *shape, const void *value)
{
    buffer_append_format(out, "<%s", tag->name);
    append_namespace(out, tag->xml_prefix, tag->xml_namespace);
    if (has_members(shape))
        append_attributes(out, shape, value);
    buffer_append_char(out, '>');
    append_content(out, shape, value);
    buffer_append_format(out, "</%s>", tag->name);
}

static void append_entry(Buffer *out, const Tag *tag, const Shape *shape, const char *entry)
{
    Tag key = {.name = shape->key_name ? shape->key_name : "key", .xml_namespace = shape->key_namespace};
    Tag value = {.name = shape->value_name ? shape->value_name : "value", .xml_namespace = shape->item_namespace};
    buffer_append_format(out, "<%s", tag->name);
    append_namespace(out, tag->xml_prefix, tag->xml_namespace);
    buffer_append_char(out, '>');
    append_element(out, &key, shape->key, entry);
    append_element(out, &value, shape->member, entry + shape->value_offset);
    buffer_append_format(out, "</%s>", tag->name);
}

/* The items of a list or map, each in an element of this name. */
static void append_items(Buffer *out, const Tag *tag, const Shape *shape, const AnyList *list)
{
    for (size_t i = 0; i < list->len; i++)
        if (shape->kind == KIND_LIST)
            append_element(out, tag, shape->member, list_item(list, i, shape->member->size));
        else
            append_entry(out, tag, shape, list_item(list, i, shape->entry_size));
}

void xml_append_members(Buffer *out, const Shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!is_in_answers_body(field) || field->attribute || !field_is_present(shape, field, value))
            continue;
        Tag tag = tag_of(field);
        bool is_flat = field->flattened && (field->shape->kind == KIND_LIST || field->shape->kind == KIND_MAP);
        if (field->is_text)
            append_scalar(out, field->shape, field_value(field, value));
        else if (is_flat)
            append_items(out, &tag, field->shape, field_value(field, value));
        else
            append_element(out, &tag, field->shape, field_value(field, value));
    }
}

static void append_content(Buffer *out, const Shape *shape, const void *value)
{
    Tag item = {.name = shape->kind == KIND_MAP ? "entry"
                        : shape->item_name      ? shape->item_name
                                                : "member",
                .xml_namespace = shape->kind == KIND_MAP ? NULL : shape->item_namespace};
    if (has_members(shape))
        xml_append_members(out, shape, value);
    else if (shape->kind == KIND_LIST || shape->kind == KIND_MAP)
        append_items(out, &item, shape, value);
    else
        append_scalar(out, shape, value);
}

void xml_append_root(Buffer *out, const XmlRoot *root, const Shape *shape, const void *value)
{
    append_element(out, &(Tag){root->name, root->xml_namespace, root->xml_prefix}, shape, value);
}
