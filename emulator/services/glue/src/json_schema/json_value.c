/* json_value.c */
#include "json_value.h"
#include <jansson.h>
#include <stdio.h>

static void copy(Arena *arena, const json_t *json, JsonValue *out);

static void copy_array(Arena *arena, const json_t *json, JsonValue *out)
{
    out->kind = VALUE_ARRAY;
    out->count = json_array_size(json);
    out->items = arena_new_array(arena, JsonValue, out->count);
    for (size_t i = 0; i < out->count; i++)
        copy(arena, json_array_get(json, i), &out->items[i]);
}

static void copy_object(Arena *arena, const json_t *json, JsonValue *out)
{
    out->kind = VALUE_OBJECT;
    out->items = arena_new_array(arena, JsonValue, json_object_size(json));
    out->names = arena_new_array(arena, Bytes, json_object_size(json));
    for (void *at = json_object_iter((json_t *)json); at; at = json_object_iter_next((json_t *)json, at)) {
        out->names[out->count] = arena_copy(arena, (Bytes){json_object_iter_key(at), json_object_iter_key_len(at)});
        copy(arena, json_object_iter_value(at), &out->items[out->count++]);
    }
}

static void copy(Arena *arena, const json_t *json, JsonValue *out)
{
    if (json_is_array(json))
        copy_array(arena, json, out);
    else if (json_is_object(json))
        copy_object(arena, json, out);
    else if (json_is_string(json))
        *out = (JsonValue){.kind = VALUE_STRING,
                           .text = arena_copy(arena, (Bytes){json_string_value(json), json_string_length(json)})};
    else if (json_is_number(json))
        *out = (JsonValue){.kind = VALUE_NUMBER, .number = json_number_value(json)};
    else if (json_is_boolean(json))
        *out = (JsonValue){.kind = VALUE_BOOLEAN, .truth = json_is_true(json)};
}

JsonValue *json_value_read(Arena *arena, Bytes text, Bytes *ret_reason)
{
    json_error_t error;
    json_t *json = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    if (!json) {
        /* It may cut a character in two. */
        Bytes what = bytes_is_utf8(bytes_of(error.text)) ? bytes_of(error.text) : TEXT("invalid JSON");
        *ret_reason = arena_text(arena, "line %d: " BYTES_FMT, error.line, BYTES_ARG(what));
        return NULL;
    }
    JsonValue *value = arena_new_of(arena, JsonValue);
    copy(arena, json, value);
    json_decref(json);
    return value;
}

JsonValue *json_value_member(const JsonValue *object, Bytes name)
{
    if (object->kind == VALUE_OBJECT)
        for (size_t i = 0; i < object->count; i++)
            if (bytes_equal(object->names[i], name))
                return &object->items[i];
    return NULL;
}

static bool objects_equal(const JsonValue *a, const JsonValue *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const JsonValue *other = json_value_member(b, a->names[i]);
        if (!other || !json_value_equal(&a->items[i], other))
            return false;
    }
    return true;
}

bool json_value_equal(const JsonValue *a, const JsonValue *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == VALUE_OBJECT)
        return objects_equal(a, b);
    for (size_t i = 0; i < a->count; i++)
        if (!json_value_equal(&a->items[i], &b->items[i]))
            return false;
    return a->truth == b->truth && a->number == b->number && bytes_equal(a->text, b->text);
}

Bytes json_value_text(Arena *arena, const JsonValue *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return TEXT("null");
    case VALUE_BOOLEAN:
        return value->truth ? TEXT("true") : TEXT("false");
    case VALUE_NUMBER:
        return arena_text(arena, "%.17g", value->number);
    case VALUE_STRING:
        return arena_text(arena, "\"" BYTES_FMT "\"", BYTES_ARG(bytes_utf8_prefix(value->text, 100)));
    case VALUE_ARRAY:
        return TEXT("a list");
    case VALUE_OBJECT:
        break;
    }
    return TEXT("an object");
}
