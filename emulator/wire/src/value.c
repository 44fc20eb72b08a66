/* value.c */
#include "value.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_pointed_to(const Shape *shape)
{
    return shape->kind == KIND_STRUCTURE || shape->kind == KIND_UNION;
}

bool field_is_present(const Shape *owner_shape, const Field *field, const void *owner)
{
    const char *base = owner;
    if (owner_shape->kind == KIND_UNION)
        return *(const int *)owner == 1 + (int)(field - owner_shape->fields);
    if (field->has_offset != NO_OFFSET)
        return *(const bool *)(base + field->has_offset);
    /* Bytes, lists and pointers alike start with the pointer that is NULL where they are absent. */
    return *(const void *const *)(const void *)(base + field->offset) != NULL;
}

const void *field_value(const Field *field, const void *owner)
{
    const char *at = (const char *)owner + field->offset;
    return is_pointed_to(field->shape) ? *(const void *const *)(const void *)at : at;
}

void *field_slot(Arena *arena, const Shape *owner_shape, const Field *field, void *owner)
{
    char *at = (char *)owner + field->offset;
    if (owner_shape->kind == KIND_UNION) {
        int *kind = owner;
        *kind = *kind ? UNION_SEVERAL : 1 + (int)(field - owner_shape->fields);
    } else if (field->has_offset != NO_OFFSET) {
        *(bool *)((char *)owner + field->has_offset) = true;
    }
    if (!is_pointed_to(field->shape))
        return memset(at, 0, field->shape->size);
    void *value = arena_take(arena, field->shape->size);
    *(void **)(void *)at = value;
    return value;
}

const Field *field_find(const Shape *shape, Bytes name)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (bytes_equal(shape->fields[i].name, name))
            return &shape->fields[i];
    return NULL;
}

Growing growing_new(Arena *arena, size_t item_size)
{
    return (Growing){.arena = arena, .item_size = item_size};
}

void *growing_add(Growing *growing)
{
    if (growing->count == growing->capacity) {
        size_t capacity = growing->capacity ? growing->capacity * 2 : 4;
        char *items = arena_take_array(growing->arena, capacity, growing->item_size);
        if (growing->count)
            memcpy(items, growing->items, growing->count * growing->item_size);
        growing->items = items;
        growing->capacity = capacity;
    }
    return growing->items + growing->count++ * growing->item_size;
}

AnyList growing_list(const Growing *growing)
{
    return (AnyList){growing->items ? growing->items : arena_take(growing->arena, growing->item_size), growing->count};
}

AnyList growing_map(Growing *growing)
{
    if (growing->count < 2)
        return growing_list(growing);
    Map *seen = map_new();
    size_t kept = 0;
    for (size_t i = 0; i < growing->count; i++) {
        const char *item = growing->items + i * growing->item_size;
        Bytes key = *(const Bytes *)(const void *)item;
        size_t at = (size_t)(uintptr_t)map_get(seen, key);
        if (!at) {
            at = ++kept;
            map_put(seen, key, (void *)(uintptr_t)at);
        }
        if (at - 1 != i)
            memcpy(growing->items + (at - 1) * growing->item_size, item, growing->item_size);
    }
    growing->count = kept;
    map_free(seen);
    return growing_list(growing);
}

int wire_fail(Arena *arena, Bytes *ret_message, int code, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *ret_message = arena_copy(arena, bytes_of(text));
    return code;
}

bool seconds_to_ms(double seconds, int64_t *ret_ms)
{
    double ms = round(seconds * 1000);
    if (!(ms > -9.2e18 && ms < 9.2e18))
        return false;
    *ret_ms = (int64_t)ms;
    return true;
}

void append_double(Buffer *out, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buffer_append_text(out, text);
}
