/* map.h - a hash map from bytes to pointers. Keys are copied; values are the caller's. Order of iteration is not
 * defined. */
#pragma once
#include "arena.h"

typedef struct Map Map;

Map *map_new(void);
Map *map_new_in(Arena *arena);            /* goes with the arena: no map_free */
Map *map_free(Map *map);                  /* not the values; returns NULL */
Map *map_free_with_values(Map *map);      /* where each came from malloc */
void *map_get(const Map *map, Bytes key); /* NULL: not there */
/* Returns the value that stood there before, or NULL. value may not be NULL. */
void *map_put(Map *map, Bytes key, void *value);
void *map_remove(Map *map, Bytes key); /* returns what it held, or NULL */
size_t map_count(const Map *map);
/* for (size_t at = 0; map_next(map, &at, &key, &value);) - no put or remove meanwhile. */
bool map_next(const Map *map, size_t *at, Bytes *ret_key, void **ret_value);
