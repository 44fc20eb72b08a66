/* bytes_index.h - which one of an array equals these bytes: a hash table of places, made at once, in an arena. For
 * arrays that a client sent: its keys cannot be chosen to collide, and making it is charged to the arena's budget. */
#pragma once
#include "arena.h"

/* The hash beside the place: most others are told apart without a look at them. */
typedef struct BytesSlot {
    uint32_t place; /* + 1; 0: free */
    uint32_t hash;
} BytesSlot;

typedef struct BytesIndex {
    const char *items;
    size_t count, stride;
    struct BytesSlot *slots; /* NULL: the array is short and is scanned */
    size_t mask;
    uint64_t seed;
    ptrdiff_t first_double; /* of a table; see bytes_index_double */
} BytesIndex;

#define BYTES_INDEX_MAX (UINT32_MAX / 4) /* items */

/* items: `count` structs of `stride` bytes, each beginning with a Bytes; they must outlive the index. */
BytesIndex bytes_index_of(Arena *arena, const void *items, size_t count, size_t stride);
ptrdiff_t bytes_index_find(const BytesIndex *index, Bytes wanted); /* the place of the first such; -1: none */
ptrdiff_t bytes_index_double(const BytesIndex *index);             /* of the first that equals one before it */
/* The same, where nothing else is asked. */
ptrdiff_t bytes_find_double(Arena *arena, const void *items, size_t count, size_t stride);
/* For tables of one's own. */
uint64_t hash_seed_new(void);
