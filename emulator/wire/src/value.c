/* value.c */
#include "value.h"
#include "budget.h"
#include "bytes_index.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define COPIED_A_STEP 8 /* items */
#define GROWN_BYTES   (256 * 1024)

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

const Field *union_field(const Shape *shape, const void *value)
{
    int kind = *(const int *)value;
    return kind > 0 && kind <= shape->fields_count ? &shape->fields[kind - 1] : NULL;
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

/* Mostly the first letter tells, without a call of memcmp. */
static bool is_named(const Field *field, Bytes name)
{
    return field->name.len == name.len &&
           (!name.len || (field->name.ptr[0] == name.ptr[0] && bytes_equal(field->name, name)));
}

const Field *field_find(const Shape *shape, Bytes name)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (is_named(&shape->fields[i], name) && shape->fields[i].location == IN_BODY)
            return &shape->fields[i];
    return NULL;
}

Growing growing_new(Arena *arena, size_t item_size)
{
    return (Growing){.arena = arena, .item_size = item_size};
}

/* It grows by less then: what it has too much stays until the call has ended. */
static bool is_large(const Growing *growing)
{
    return growing->capacity * growing->item_size >= GROWN_BYTES;
}

static void grow(Growing *growing)
{
    budget_work(growing->arena, growing->count / COPIED_A_STEP);
    size_t capacity = !growing->capacity ? 4 : growing->capacity + growing->capacity / (is_large(growing) ? 2 : 1);
    growing->items =
        arena_grown(growing->arena, growing->items, growing->count * growing->item_size, capacity * growing->item_size);
    growing->capacity = capacity;
}

void *growing_add(Growing *growing)
{
    if (growing->count == growing->capacity)
        grow(growing);
    return memset(growing->items + growing->count++ * growing->item_size, 0, growing->item_size);
}

static char *growing_at(const Growing *growing, size_t at)
{
    return growing->items + at * growing->item_size;
}

AnyList growing_list(const Growing *growing)
{
    static const max_align_t nothing; /* what an empty list points to: it is there, and nobody looks behind it */
    return (AnyList){growing->items ? growing->items : (void *)(uintptr_t)&nothing, growing->count};
}

/* Entries with one key: the last value stands where the first did. */
static size_t join_entries(const Growing *growing, const BytesIndex *keys)
{
    size_t *places = arena_new_array(growing->arena, size_t, growing->count), kept = 0;
    for (size_t i = 0; i < growing->count; i++)
        places[i] = (size_t)bytes_index_find(keys, *(const Bytes *)(const void *)growing_at(growing, i));
    for (size_t i = 0; i < growing->count; i++) {
        places[i] = places[i] == i ? kept++ : places[places[i]]; /* from here on: where it goes */
        if (places[i] != i)
            memcpy(growing_at(growing, places[i]), growing_at(growing, i), growing->item_size);
    }
    return kept;
}

AnyList growing_map(Growing *growing)
{
    ArenaMark mark = arena_mark(growing->arena);
    BytesIndex keys = bytes_index_of(growing->arena, growing->items, growing->count, growing->item_size);
    if (bytes_index_double(&keys) >= 0)
        growing->count = join_entries(growing, &keys);
    arena_rewind(growing->arena, mark);
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

bool is_time(int64_t ms)
{
    return ms >= INT64_C(-62135596800000) && ms < INT64_C(253402300800000);
}

bool seconds_to_ms(double seconds, int64_t *ret_ms)
{
    double ms = round(seconds * 1000);
    if (!(ms > -9e15 && ms < 9e15) || !is_time((int64_t)ms))
        return false;
    *ret_ms = (int64_t)ms;
    return true;
}

void append_double(Buffer *out, double value)
{
    char text[40];
    /* Whole numbers need no trying: %.15g writes them so. */
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value && (value != 0 || !signbit(value))) {
        buffer_append_int64(out, (int64_t)value);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buffer_append_text(out, text);
}

void append_float(Buffer *out, float value)
{
    char text[40];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    buffer_append_text(out, text);
}

void append_seconds(Buffer *out, int64_t ms)
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

void append_real(Buffer *out, bool is_float, double value)
{
    if (isnan(value))
        buffer_append_text(out, "NaN");
    else if (isinf(value))
        buffer_append_text(out, value < 0 ? "-Infinity" : "Infinity");
    else if (is_float)
        append_float(out, (float)value);
    else
        append_double(out, value);
}
