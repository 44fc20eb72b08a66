/* bytes_index.c - open addressing with linear probing, at most half full; nothing is ever removed. */
#include "bytes_index.h"
#include "budget.h"
#include <stdlib.h>
#include <sys/random.h>

#define SCANNED_MAX 16 /* so few are compared with each other sooner than hashed */
#define FETCHED     16

/* A table that is larger than what the processor has at hand costs more for each item. No document of AWS has so many
 * members that it meets the bound of a call by this alone. */
#define AT_HAND_BYTES   ((size_t)2 * 1024 * 1024)
#define STEPS_OUT_OF_IT 7

uint64_t hash_seed_new(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        abort();
    return seed;
}

static const Bytes *item_at(const BytesIndex *index, size_t place)
{
    return (const void *)(index->items + place * index->stride);
}

/* The slot that has it, or the free one where it would go. */
static BytesSlot *find_slot(const BytesIndex *index, Bytes wanted, uint64_t hash)
{
    size_t at = hash & index->mask;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (;; at = (at + 1) & index->mask) {
        BytesSlot *slot = &index->slots[at];
        if (!slot->place || (slot->hash == tag && bytes_equal(*item_at(index, slot->place - 1), wanted)))
            return slot;
    }
}

static void enter(BytesIndex *index, size_t place, uint64_t hash)
{
    BytesSlot *slot = find_slot(index, *item_at(index, place), hash);
    if (!slot->place)
        *slot = (BytesSlot){(uint32_t)place + 1, (uint32_t)(hash >> 32)};
    else if (index->first_double < 0)
        index->first_double = (ptrdiff_t)place;
}

/* A large table's slots are far from each other: those of the next few items are fetched together. */
static void fill(BytesIndex *index)
{
    uint64_t hashes[FETCHED];
    for (size_t at = 0; at < index->count; at += FETCHED) {
        size_t count = index->count - at < FETCHED ? index->count - at : FETCHED;
        for (size_t i = 0; i < count; i++) {
            hashes[i] = bytes_hash(*item_at(index, at + i), index->seed);
            __builtin_prefetch(&index->slots[hashes[i] & index->mask], 1);
        }
        for (size_t i = 0; i < count; i++)
            enter(index, at + i, hashes[i]);
    }
}

BytesIndex bytes_index_of(Arena *arena, const void *items, size_t count, size_t stride)
{
    BytesIndex index = {.items = items, .count = count, .stride = stride, .first_double = -1};
    size_t capacity = SCANNED_MAX;
    if (count <= SCANNED_MAX)
        return index;
    if (count > BYTES_INDEX_MAX)
        abort(); /* such an array alone is 16 GiB */
    while (capacity < count * 2)
        capacity *= 2;
    budget_work(arena, capacity * sizeof(BytesSlot) > AT_HAND_BYTES ? count * STEPS_OUT_OF_IT : count);
    index.slots = arena_new_array(arena, BytesSlot, capacity);
    index.mask = capacity - 1;
    index.seed = hash_seed_new();
    fill(&index);
    return index;
}

ptrdiff_t bytes_index_find(const BytesIndex *index, Bytes wanted)
{
    if (index->slots)
        return (ptrdiff_t)find_slot(index, wanted, bytes_hash(wanted, index->seed))->place - 1;
    for (size_t i = 0; i < index->count; i++)
        if (bytes_equal(*item_at(index, i), wanted))
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t bytes_index_double(const BytesIndex *index)
{
    BytesIndex before = *index;
    if (index->slots)
        return index->first_double;
    for (size_t i = 1; i < index->count; i++) {
        before.count = i;
        if (bytes_index_find(&before, *item_at(index, i)) >= 0)
            return (ptrdiff_t)i;
    }
    return -1;
}

ptrdiff_t bytes_find_double(Arena *arena, const void *items, size_t count, size_t stride)
{
    BytesIndex index = bytes_index_of(arena, items, count, stride);
    return bytes_index_double(&index);
}
