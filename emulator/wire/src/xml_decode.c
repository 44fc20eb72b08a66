/* xml_decode.c - a document into the struct of a shape. */
#include "budget.h"
#include "text_value.h"
#include "xml.h"
#include "xml_tree.h"

#define WRONG_VALUE_SHOWN_BYTES 100

typedef struct XmlReader {
    Arena *arena;
    Bytes *message;
} XmlReader;

static int read_value(XmlReader *reader, const Shape *shape, const XmlElement *element, void *out);

static bool is_called(const XmlElement *element, Bytes name)
{
    return bytes_equal(element->local_name, name);
}

static Bytes trimmed(Bytes text)
{
    while (text.len && (unsigned char)text.ptr[0] <= ' ')
        text = bytes_slice(text, 1, text.len - 1);
    while (text.len && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    return text;
}

static int read_scalar(XmlReader *reader, const Shape *shape, Bytes text, void *out)
{
    Bytes wanted = shape->kind == KIND_STRING ? text : trimmed(text);
    if (text_read(reader->arena, shape, TIME_USUAL, wanted, out))
        return WIRE_OK;
    return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "'" BYTES_FMT "' can not be converted to %s",
                     BYTES_ARG(bytes_utf8_prefix(wanted, WRONG_VALUE_SHOWN_BYTES)), shape->name);
}

/* The element or those behind it that have its name: all of them where the list is flattened. */
static const XmlElement *next_item(const XmlElement *item, Bytes name)
{
    while (item && !is_called(item, name))
        item = item->next;
    return item;
}

static int read_list(XmlReader *reader, const Shape *shape, const XmlElement *first, Bytes name, AnyList *out)
{
    Growing items = growing_new(reader->arena, shape->member->size);
    int code = WIRE_OK;
    for (const XmlElement *item = next_item(first, name); item && code == WIRE_OK; item = next_item(item->next, name))
        code = read_value(reader, shape->member, item, growing_add(&items));
    *out = growing_list(&items);
    return code;
}

static int read_map(XmlReader *reader, const Shape *shape, const XmlElement *first, Bytes name, AnyList *out)
{
    Growing entries = growing_new(reader->arena, shape->entry_size);
    Bytes key_name = bytes_of(shape->key_name ? shape->key_name : "key");
    Bytes value_name = bytes_of(shape->value_name ? shape->value_name : "value");
    int code = WIRE_OK;
    for (const XmlElement *item = next_item(first, name); item && code == WIRE_OK; item = next_item(item->next, name)) {
        const XmlElement *key = next_item(item->first, key_name), *value = next_item(item->first, value_name);
        if (!key || !value)
            return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "An entry of %s has no key or no value",
                             shape->name);
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = key->text;
        code = read_value(reader, shape->member, value, entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return code;
}

static int read_items(XmlReader *reader, const Shape *shape, const XmlElement *first, Bytes name, void *out)
{
    return shape->kind == KIND_LIST ? read_list(reader, shape, first, name, out)
                                    : read_map(reader, shape, first, name, out);
}

static int read_attributes(XmlReader *reader, const Shape *shape, const XmlElement *element, void *out)
{
    int code = WIRE_OK;
    for (const XmlAttribute *at = element->attributes; at && code == WIRE_OK; at = at->next) {
        const Field *field = field_find(shape, at->name);
        if (field && field->attribute)
            code = read_scalar(reader, field->shape, at->value, field_slot(reader->arena, shape, field, out));
    }
    return code;
}

static int read_member(XmlReader *reader, const Shape *shape, const Field *field, const XmlElement *element, void *out)
{
    bool is_flat = field->flattened && (field->shape->kind == KIND_LIST || field->shape->kind == KIND_MAP);
    void *slot = field_slot(reader->arena, shape, field, out);
    if (is_flat)
        return read_items(reader, field->shape, element, field->name, slot);
    return read_value(reader, field->shape, element, slot);
}

/* Each member is looked for once, so that a flattened list's items are not gone through for each of them. */
static int read_structure(XmlReader *reader, const Shape *shape, const XmlElement *element, void *out)
{
    int code = read_attributes(reader, shape, element, out);
    for (size_t i = 0; i < shape->fields_count && code == WIRE_OK; i++) {
        const Field *field = &shape->fields[i];
        budget_work(reader->arena, 1);
        if (field->attribute || field->location != IN_BODY)
            continue;
        const XmlElement *member = next_item(element->first, field->name);
        if (member)
            code = read_member(reader, shape, field, member, out);
    }
    return code;
}

/* smithy.io, restXml: a union holds one member, which may be a flattened list. */
static int read_union(XmlReader *reader, const Shape *shape, const XmlElement *element, void *out)
{
    const XmlElement *first = element->first, *other = first;
    while (other && bytes_equal(other->local_name, first->local_name))
        other = other->next;
    int code = read_structure(reader, shape, element, out);
    if (code == WIRE_OK && (other || !union_field(shape, out)))
        return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "%s must have exactly one member",
                         shape->name);
    return code;
}

static int read_value(XmlReader *reader, const Shape *shape, const XmlElement *element, void *out)
{
    budget_descend(reader->arena);
    Bytes item = shape->kind == KIND_MAP ? TEXT("entry") : bytes_of(shape->item_name ? shape->item_name : "member");
    switch (shape->kind) {
    case KIND_STRUCTURE:
        return read_structure(reader, shape, element, out);
    case KIND_UNION:
        return read_union(reader, shape, element, out);
    case KIND_LIST:
    case KIND_MAP:
        return read_items(reader, shape, element->first, item, out);
    default:
        if (element->first)
            return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "An element stands where %s is expected",
                             shape->name);
        return read_scalar(reader, shape, element->text, out);
    }
}

int xml_decode(Arena *arena, const char *root, const Shape *shape, Bytes body, void *ret, Bytes *ret_message)
{
    XmlReader reader = {arena, ret_message};
    const XmlElement *element = xml_tree(arena, body);
    if (!element || (root && !is_called(element, bytes_of(root))))
        return wire_fail(arena, ret_message, WIRE_MALFORMED,
                         "The XML you provided was not well-formed or did not validate against our published schema");
    return read_value(&reader, shape, element, ret);
}
