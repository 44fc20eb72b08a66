/* shape_json.c */
#include "shape_json.h"
#include "base64.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *text_to_json(Bytes text)
{
    return json_stringn_nocheck(text.ptr, text.len);
}

static json_t *blob_to_json(Bytes blob)
{
    char *text = malloc(base64_encoded_len(blob.len) + 1);
    json_t *json = json_stringn(text, base64_encode(text, blob));
    free(text);
    return json;
}

static json_t *number_to_json(double number, int digits)
{
    char text[40];
    if (isnan(number))
        return json_string("NaN");
    if (isinf(number))
        return json_string(number < 0 ? "-Infinity" : "Infinity");
    snprintf(text, sizeof text, "%.*g", digits, number);
    return json_real(strtod(text, NULL));
}

static json_t *members_to_json(const Shape *shape, const void *value)
{
    json_t *json = json_object();
    if (shape->kind == KIND_UNION && *(const int *)value == UNION_SEVERAL)
        json_object_set_new(json, "several", json_true());
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (field_is_present(shape, field, value))
            json_object_set_new(json, field->path, shape_to_json(field->shape, field_value(field, value)));
    }
    return json;
}

static json_t *list_to_json(const Shape *shape, const AnyList *list)
{
    json_t *json = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(json, shape_to_json(shape->member, list_item(list, i, shape->member->size)));
    return json;
}

static json_t *map_to_json(const Shape *shape, const AnyList *map)
{
    json_t *json = json_object();
    for (size_t i = 0; i < map->len; i++) {
        const char *entry = list_item(map, i, shape->entry_size);
        Bytes key = *(const Bytes *)(const void *)entry;
        json_object_setn_new_nocheck(json, key.ptr, key.len, shape_to_json(shape->member, entry + shape->value_offset));
    }
    return json;
}

json_t *shape_to_json(const Shape *shape, const void *value)
{
    switch (shape->kind) {
    case KIND_STRING:
        return text_to_json(*(const Bytes *)value);
    case KIND_BLOB:
        return blob_to_json(*(const Bytes *)value);
    case KIND_BOOLEAN:
        return json_boolean(*(const bool *)value);
    case KIND_INTEGER:
        return json_integer(*(const int32_t *)value);
    case KIND_LONG:
        return json_integer(*(const int64_t *)value);
    case KIND_FLOAT:
        return number_to_json((double)*(const float *)value, 7);
    case KIND_DOUBLE:
        return number_to_json(*(const double *)value, 17);
    case KIND_TIMESTAMP:
        return json_real((double)*(const int64_t *)value / 1000);
    case KIND_LIST:
        return list_to_json(shape, value);
    case KIND_MAP:
        return map_to_json(shape, value);
    default:
        return members_to_json(shape, value);
    }
}

static Bytes text_of(const json_t *json)
{
    return (Bytes){json_string_value(json), json_string_length(json)};
}

static bool blob_from_json(Arena *arena, Bytes text, Bytes *out)
{
    char *bytes = arena_take_raw(arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(bytes, text);
    *out = (Bytes){bytes, len < 0 ? 0 : (size_t)len};
    return len >= 0;
}

static double number_of(const json_t *json)
{
    return json_is_string(json) ? strtod(json_string_value(json), NULL) : json_number_value(json);
}

static bool members_from_json(Arena *arena, const Shape *shape, const json_t *json, void *out)
{
    size_t used = 0;
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        const json_t *member = json_object_get(json, field->path);
        if (!member)
            continue;
        used++;
        if (!shape_from_json(arena, field->shape, member, field_slot(arena, shape, field, out)))
            return false;
    }
    return json_is_object(json) && used == json_object_size(json);
}

static bool list_from_json(Arena *arena, const Shape *shape, const json_t *json, AnyList *out)
{
    Growing items = growing_new(arena, shape->member->size);
    bool is_good = json_is_array(json);
    for (size_t i = 0; is_good && i < json_array_size(json); i++)
        is_good = shape_from_json(arena, shape->member, json_array_get(json, i), growing_add(&items));
    *out = growing_list(&items);
    return is_good;
}

static bool map_from_json(Arena *arena, const Shape *shape, json_t *json, AnyList *out)
{
    Growing entries = growing_new(arena, shape->entry_size);
    const char *key;
    json_t *member;
    bool is_good = json_is_object(json);
    json_object_foreach(json, key, member)
    {
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = bytes_of(key);
        is_good = is_good && shape_from_json(arena, shape->member, member, entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return is_good;
}

static bool number_from_json(const Shape *shape, const json_t *json, void *out)
{
    double number = number_of(json);
    if (shape->kind == KIND_FLOAT)
        *(float *)out = (float)number;
    else if (shape->kind == KIND_DOUBLE)
        *(double *)out = number;
    else if (shape->kind == KIND_TIMESTAMP)
        *(int64_t *)out = (int64_t)llround(number * 1000);
    else if (shape->kind == KIND_LONG)
        *(int64_t *)out = json_integer_value(json);
    else
        *(int32_t *)out = (int32_t)json_integer_value(json);
    return json_is_number(json) || json_is_string(json);
}

bool shape_from_json(Arena *arena, const Shape *shape, const json_t *json, void *out)
{
    switch (shape->kind) {
    case KIND_STRING:
        *(Bytes *)out = arena_copy(arena, text_of(json));
        return json_is_string(json);
    case KIND_BLOB:
        return json_is_string(json) && blob_from_json(arena, text_of(json), out);
    case KIND_BOOLEAN:
        *(bool *)out = json_is_true(json);
        return json_is_boolean(json);
    case KIND_STRUCTURE:
    case KIND_UNION:
        return members_from_json(arena, shape, json, out);
    case KIND_LIST:
        return list_from_json(arena, shape, json, out);
    case KIND_MAP:
        return map_from_json(arena, shape, (json_t *)(uintptr_t)json, out);
    default:
        return number_from_json(shape, json, out);
    }
}

static bool objects_same(json_t *one, const json_t *other)
{
    const char *key;
    json_t *member;
    json_object_foreach(one, key, member) if (!json_same(member, json_object_get(other, key))) return false;
    return json_object_size(one) == json_object_size(other);
}

static bool arrays_same(const json_t *one, const json_t *other)
{
    for (size_t i = 0; i < json_array_size(one); i++)
        if (!json_same(json_array_get(one, i), json_array_get(other, i)))
            return false;
    return json_array_size(one) == json_array_size(other);
}

bool json_same(const json_t *one, const json_t *other)
{
    if (json_is_number(one) && json_is_number(other))
        return json_number_value(one) == json_number_value(other);
    if (!one || !other || json_typeof(one) != json_typeof(other))
        return false;
    if (json_is_object(one))
        return objects_same((json_t *)(uintptr_t)one, other);
    return json_is_array(one) ? arrays_same(one, other) : json_equal(one, other);
}
