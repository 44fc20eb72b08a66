/* map.c - open addressing with linear probing; a removed slot is closed by moving its followers back, so there are no
 * tombstones. Hashes are seeded per map from the kernel, so that clients cannot choose keys that collide. */
#include "map.h"
#include <stdlib.h>
#include <sys/random.h>

typedef struct Slot {
    uint64_t hash;
    Bytes key; /* malloc'd copy; absent: the slot is free */
    void *value;
} Slot;

struct Map {
    Slot *slots;
    size_t capacity; /* a power of two */
    size_t count;
    uint64_t seed;
};

static Slot *slots_new(size_t capacity)
{
    Slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        abort();
    return slots;
}

Map *map_new(void)
{
    Map *map = calloc(1, sizeof *map);
    if (!map)
        abort();
    map->capacity = 16;
    map->slots = slots_new(map->capacity);
    if (getrandom(&map->seed, sizeof map->seed, 0) != sizeof map->seed)
        abort();
    return map;
}

Map *map_free(Map *map)
{
    if (!map)
        return NULL;
    for (size_t i = 0; i < map->capacity; i++)
        free((char *)map->slots[i].key.ptr);
    free(map->slots);
    free(map);
    return NULL;
}

Map *map_free_with_values(Map *map)
{
    Bytes key;
    void *value;
    for (size_t at = 0; map && map_next(map, &at, &key, &value);)
        free(value);
    return map_free(map);
}

/* NULL as long as it isn't made: room for the note comes first, and may not come back. */
static void free_place(void *place)
{
    map_free(*(Map **)place);
}

Map *map_new_in(Arena *arena)
{
    Map **place = arena_new_of(arena, Map *);
    arena_defer(arena, free_place, place);
    return *place = map_new();
}

static uint64_t hash_of(const Map *map, Bytes key)
{
    return bytes_hash(key, map->seed);
}

/* The slot that holds the key, or the free one where it would go. */
static Slot *find(const Map *map, Bytes key, uint64_t hash)
{
    size_t at = hash & (map->capacity - 1);
    for (;; at = (at + 1) & (map->capacity - 1)) {
        Slot *slot = &map->slots[at];
        if (!present(slot->key) || (slot->hash == hash && bytes_equal(slot->key, key)))
            return slot;
    }
}

static void grow(Map *map)
{
    Slot *old = map->slots;
    size_t old_capacity = map->capacity;
    map->capacity *= 2;
    map->slots = slots_new(map->capacity);
    for (size_t i = 0; i < old_capacity; i++)
        if (present(old[i].key))
            *find(map, old[i].key, old[i].hash) = old[i];
    free(old);
}

void *map_get(const Map *map, Bytes key)
{
    return find(map, key, hash_of(map, key))->value;
}

static Bytes copy_key(Bytes key)
{
    char *copy = malloc(key.len + 1);
    if (!copy)
        abort();
    if (key.len)
        memcpy(copy, key.ptr, key.len);
    copy[key.len] = '\0';
    return (Bytes){copy, key.len};
}

void *map_put(Map *map, Bytes key, void *value)
{
    if (map->count * 4 >= map->capacity * 3)
        grow(map);
    uint64_t hash = hash_of(map, key);
    Slot *slot = find(map, key, hash);
    void *before = slot->value;
    if (!present(slot->key)) {
        slot->key = copy_key(key);
        slot->hash = hash;
        map->count++;
    }
    slot->value = value;
    return before;
}

/* Moves back whatever would no longer be found past the hole. */
static void close_hole(Map *map, size_t hole)
{
    size_t mask = map->capacity - 1;
    for (size_t at = (hole + 1) & mask; present(map->slots[at].key); at = (at + 1) & mask) {
        size_t home = map->slots[at].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        map->slots[hole] = map->slots[at];
        hole = at;
    }
    map->slots[hole] = (Slot){0};
}

void *map_remove(Map *map, Bytes key)
{
    Slot *slot = find(map, key, hash_of(map, key));
    void *value = slot->value;
    if (!present(slot->key))
        return NULL;
    free((char *)slot->key.ptr);
    map->count--;
    close_hole(map, (size_t)(slot - map->slots));
    return value;
}

size_t map_count(const Map *map)
{
    return map->count;
}

bool map_next(const Map *map, size_t *at, Bytes *ret_key, void **ret_value)
{
    while (*at < map->capacity) {
        const Slot *slot = &map->slots[(*at)++];
        if (!present(slot->key))
            continue;
        *ret_key = slot->key;
        *ret_value = slot->value;
        return true;
    }
    return false;
}
