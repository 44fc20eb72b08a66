/* value.c */
#include "value.h"
#include "budget.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define COMPARED_EACH_MAX 16 /* entries of a map; a DynamoDB item seldom has more */

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
        if (bytes_equal(shape->fields[i].name, name) && shape->fields[i].location == IN_BODY)
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
        budget_work(growing->arena, growing->count);
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
    static const max_align_t nothing; /* what an empty list points to: it is there, and nobody looks behind it */
    return (AnyList){growing->items ? growing->items : (void *)(uintptr_t)&nothing, growing->count};
}

/* An entry's key, and where it stood: qsort is told nothing else. */
typedef struct KeyPlace {
    Bytes key;
    size_t at;
} KeyPlace;

static int by_key_and_place(const void *a, const void *b)
{
    const KeyPlace *one = a, *other = b;
    int order = bytes_compare(one->key, other->key);
    return order ? order : (one->at > other->at) - (one->at < other->at);
}

/* What is to become of each entry: the place of the first with its key. Few are compared with each other, many sorted:
 * hashing would let a client choose keys that collide. */
static size_t *first_places(const Growing *growing)
{
    size_t *firsts = arena_new_array(growing->arena, size_t, growing->count);
    KeyPlace *places = arena_new_array(growing->arena, KeyPlace, growing->count);
    budget_work(growing->arena, growing->count);
    for (size_t i = 0; i < growing->count; i++)
        places[i] = (KeyPlace){*(const Bytes *)(const void *)(growing->items + i * growing->item_size), i};
    if (growing->count > COMPARED_EACH_MAX)
        qsort(places, growing->count, sizeof *places, by_key_and_place);
    for (size_t i = 0; i < growing->count; i++) {
        size_t j = growing->count > COMPARED_EACH_MAX && i ? i - 1 : 0;
        while (j < i && !bytes_equal(places[j].key, places[i].key))
            j++;
        firsts[places[i].at] = j < i ? firsts[places[j].at] : places[i].at;
    }
    return firsts;
}

AnyList growing_map(Growing *growing)
{
    if (growing->count < 2)
        return growing_list(growing);
    size_t *places = first_places(growing), kept = 0;
    for (size_t i = 0; i < growing->count; i++) {
        bool is_first = places[i] == i;
        places[i] = is_first ? kept++ : places[places[i]]; /* from here on: where it goes */
        if (places[i] != i)
            memcpy(growing->items + places[i] * growing->item_size, growing->items + i * growing->item_size,
                   growing->item_size);
    }
    growing->count = kept;
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
