/* lookup.h - one item (or a few) of which many things are asked: large containers are indexed once they have been asked
 * some times, large comparisons are remembered. So an expression of any size costs about its own length and the item's,
 * never their product. Lives as long as the item is asked; {arena} is an empty one. */
#pragma once
#include "value.h"

typedef struct Lookup {
    Arena *arena;
    struct Container *containers; /* the newest first */
    struct Comparison *comparisons;
} Lookup;

/* NULL: not there. */
const Value *lookup_member(Lookup *lookup, const Item *map, Bytes name);
/* Is it a member of this set or list? */
bool lookup_contains(Lookup *lookup, const Value *container, const Value *wanted);
bool lookup_equal(Lookup *lookup, const Value *a, const Value *b);
