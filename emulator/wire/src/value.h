/* value.h - how values of shapes lie in C, as model.h says: what every decoder and encoder needs. */
#pragma once
#include "wire.h"

/* Is the member there? `owner` is the structure's (or union's) C value. */
const Field *union_field(const Shape *shape, const void *value); /* the one that was given; NULL: none, or several */
bool field_is_present(const Shape *owner_shape, const Field *field, const void *owner);
/* Where the member's value lies: for structures and unions what the pointer points to, else the member itself. */
const void *field_value(const Field *field, const void *owner);

/* Path and query are places of requests alone: what travels there in one stands in the body of an answer. */
static inline bool is_in_answers_body(const Field *field)
{
    return field->location <= IN_QUERY;
}

/* Decoding: where to write the member's value (structures are allocated); marks it as present. */
void *field_slot(Arena *arena, const Shape *owner_shape, const Field *field, void *owner);
const Field *field_find(const Shape *shape, Bytes name); /* that travels in the body; NULL: no such member */

/* A list or map that grows while it is read; item_size bytes each. */
typedef struct Growing {
    Arena *arena;
    char *items;
    size_t count, capacity, item_size;
} Growing;
Growing growing_new(Arena *arena, size_t item_size);
void *growing_add(Growing *growing); /* zeroed; valid until the next add */
/* Never absent: an empty list is there. */
AnyList growing_list(const Growing *growing);
/* A later entry with the same key takes the earlier one's place. */
AnyList growing_map(Growing *growing);

static inline const char *list_item(const AnyList *list, size_t at, size_t size)
{
    return (const char *)list->items + at * size;
}

/* WIRE_WRONG_TYPE or WIRE_MALFORMED with its words. */
int wire_fail(Arena *arena, Bytes *ret_message, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* From the year 1 to 9999: what ISO 8601 can spell. Whatever computes with a decoded time stays within an int64. */
bool is_time(int64_t ms);
/* Seconds as a double to ms; false where it isn't such a time. */
bool seconds_to_ms(double seconds, int64_t *ret_ms);
void append_double(Buffer *out, double value); /* the shortest decimal that reads back the same */
void append_float(Buffer *out, float value);
void append_real(Buffer *out, bool is_float, double value); /* the same, or NaN, Infinity, -Infinity */
void append_seconds(Buffer *out, int64_t ms);               /* with as many decimals as it takes */
