/* lookup.c */
#include "lookup.h"
#include "budget.h"
#include "bytes_index.h"

#define SCANNED_MAX      32  /* members: so few are scanned each time */
#define SCANS_MAX        4   /* of a larger container, before it is indexed */
#define REMEMBERED_STEPS 256 /* comparisons that took so many */
#define SCANS_OF_STEP    8   /* members passed over in the time of one step of a budget */

/* A list's values by their hashes: places + 1, open addressing, at most half full. */
typedef struct ValueIndex {
    uint32_t *slots;
    size_t mask;
    uint64_t seed;
} ValueIndex;

typedef struct Container {
    const void *items;
    int scans;
    bool is_indexed;
    BytesIndex names;   /* of a map's members, of a set */
    ValueIndex members; /* of a list */
    struct Container *next;
} Container;

typedef struct Comparison {
    const Value *a, *b;
    bool is_equal;
    struct Comparison *next;
} Comparison;

/* NULL: scan it. */
static Container *indexed(Lookup *lookup, const void *items, size_t len, bool *ret_is_new)
{
    Container *at = lookup->containers;
    *ret_is_new = false;
    if (len <= SCANNED_MAX)
        return NULL;
    while (at && at->items != items)
        at = at->next;
    if (!at) {
        at = arena_new_of(lookup->arena, Container);
        *at = (Container){.items = items, .next = lookup->containers};
        lookup->containers = at;
    }
    if (at->scans++ < SCANS_MAX) {
        budget_work(lookup->arena, len / SCANS_OF_STEP);
        return NULL;
    }
    *ret_is_new = !at->is_indexed;
    at->is_indexed = true;
    return at;
}

/* The index of a container whose members begin with bytes; NULL: scan it. */
static const BytesIndex *names_of(Lookup *lookup, const void *items, size_t len, size_t stride)
{
    bool is_new;
    Container *container = indexed(lookup, items, len, &is_new);
    if (is_new)
        container->names = bytes_index_of(lookup->arena, items, len, stride);
    return container ? &container->names : NULL;
}

const Value *lookup_member(Lookup *lookup, const Item *map, Bytes name)
{
    const BytesIndex *index = names_of(lookup, map->items, map->len, sizeof *map->items);
    if (!index)
        return item_get(map, name);
    ptrdiff_t at = bytes_index_find(index, name);
    return at < 0 ? NULL : &map->items[at].value;
}

static uint32_t *find_slot(Lookup *lookup, const ValueIndex *index, const Value *items, const Value *wanted)
{
    size_t at = value_hash(wanted, index->seed) & index->mask;
    while (index->slots[at] && !value_equal(lookup->arena, &items[index->slots[at] - 1], wanted))
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

static ValueIndex index_values(Lookup *lookup, const Value *list)
{
    size_t capacity = SCANNED_MAX;
    while (capacity < list->l.len * 2)
        capacity *= 2;
    ValueIndex index = {arena_new_array(lookup->arena, uint32_t, capacity), capacity - 1, hash_seed_new()};
    budget_work(lookup->arena, list->l.len * 2);
    for (size_t i = 0; i < list->l.len; i++) {
        uint32_t *slot = find_slot(lookup, &index, list->l.items, &list->l.items[i]);
        if (!*slot)
            *slot = (uint32_t)i + 1;
    }
    return index;
}

static bool list_contains(Lookup *lookup, const Value *list, const Value *wanted)
{
    bool is_new;
    Container *container = indexed(lookup, list->l.items, list->l.len, &is_new);
    if (is_new)
        container->members = index_values(lookup, list);
    if (container)
        return *find_slot(lookup, &container->members, list->l.items, wanted);
    for (size_t i = 0; i < list->l.len; i++)
        if (value_equal(lookup->arena, &list->l.items[i], wanted))
            return true;
    return false;
}

bool lookup_contains(Lookup *lookup, const Value *container, const Value *wanted)
{
    if (container->kind == VALUE_L)
        return list_contains(lookup, container, wanted);
    if (wanted->kind != container->kind - VALUE_SS + VALUE_S)
        return false;
    const BytesIndex *index = names_of(lookup, container->ss.items, container->ss.len, sizeof *container->ss.items);
    return index ? bytes_index_find(index, wanted->s) >= 0
                 : list_of_bytes_has(container->ss.items, container->ss.len, wanted->s);
}

bool lookup_equal(Lookup *lookup, const Value *a, const Value *b)
{
    for (const Comparison *known = lookup->comparisons; known; known = known->next)
        if (known->a == a && known->b == b)
            return known->is_equal;
    uint64_t before = budget_spent(lookup->arena);
    bool is_equal = value_equal(lookup->arena, a, b);
    if (budget_spent(lookup->arena) - before >= REMEMBERED_STEPS) {
        Comparison *comparison = arena_new_of(lookup->arena, Comparison);
        *comparison = (Comparison){a, b, is_equal, lookup->comparisons};
        lookup->comparisons = comparison;
    }
    return is_equal;
}
