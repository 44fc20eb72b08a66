/* items.h - items in their trees, and the entries that indexes keep of them. */
#pragma once
#include "key.h"

/* STORE_NOT_FOUND: no such item. */
MUST_CHECK int item_read(const Scope *scope, const Table *table, const Key *key, Item *ret_item);

/* One change of one item: what was there, what is to be there; NULL: nothing. */
typedef struct Change {
    Table *table;
    Key key;
    const Item *before, *after;
    bool is_expiry;     /* Time to Live removes it */
    bool is_replicated; /* it comes from another replica, and goes no further */
} Change;

/* How many bytes each tree had to write: for capacity. */
typedef struct ChangeCost {
    size_t table_bytes;
    size_t index_bytes[INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX]; /* 0: the index did not change */
    size_t moved_bytes[INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX]; /* of an entry that was deleted to stand elsewhere */
    bool is_same; /* known only where somebody follows: nothing has changed */
} ChangeCost;

/* Refuses an item too large. size_words: "Item size" or "Item size to update". */
MUST_CHECK Status size_check(Call *call, const Item *item, const char *size_words);
/* Refuses an item too large or with index keys of a wrong type. */
MUST_CHECK Status change_check(Call *call, const Change *change, const char *size_words);
/* What it would cost: nothing is written. */
void change_cost(const Scope *scope, const Change *change, ChangeCost *ret_cost);
MUST_CHECK int change_write(const Scope *scope, const Change *change, ChangeCost *ret_cost);
/* expiry.c: keeps when the items of a table with a TTL attribute expire. For change_write; for an item that is there
 * when the attribute is set. */
MUST_CHECK int expiry_follow(const Scope *scope, const Change *change);
MUST_CHECK int expiry_note(const Scope *scope, const Table *table, const Key *key, const Item *item);
/* expiry_job.c: the table's attribute was set, or is no more. A step may be made at once: jobs_begin. */
MUST_CHECK int expiry_job_add(const Scope *scope, const Table *table);

/* The members an index holds of an item. */
Item index_projection(Lookup *lookup, const Table *table, const Index *index, const Item *item);
static inline bool index_projects_all(const Index *index)
{
    return bytes_equal(index->projection_type, DYNAMODB_PROJECTION_TYPE_ALL);
}

/* aws: local indexes fetch the rest from the table; ours keep the whole item, and reads leave out what isn't theirs */
static inline bool index_keeps_all(const Index *index)
{
    return !index->is_global || index_projects_all(index);
}

/* The row of a key, begun: statement_one gives the item as it is stored. */
Statement *tree_find(Store *store, int64_t tree, const Key *key);
/* A row of a tree, as it is stored: in the place of the one that is there; only where none is. */
MUST_CHECK int tree_put(Store *store, int64_t tree, const Key *key, Bytes stored);
MUST_CHECK int tree_put_item(Store *store, int64_t tree, const Key *key, const Item *item);
MUST_CHECK int tree_put_if_new(Store *store, int64_t tree, const Key *key, Bytes stored);

/* Rows of a tree in order. hash_to absent: only the partition `hash_from`. */
typedef struct ItemRange {
    int64_t tree;
    Bytes hash_from, hash_to;
    Bytes range_from, range_to; /* [from, to) in one partition; with hash_to: rows are behind (hash_from, range_from) */
    bool is_backward;
} ItemRange;
/* Step it with items_next; statement_end it when leaving early. */
Statement *items_open(const Scope *scope, const ItemRange *range);
/* STORE_ROW, STORE_OK at the end, or < 0. */
MUST_CHECK int items_next(Arena *arena, Statement *rows, Item *ret_item);
