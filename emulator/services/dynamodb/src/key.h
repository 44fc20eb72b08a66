/* key.h - keys: taken from items and requests, and as bytes that sort as DynamoDB sorts.
 *
 * hash: four bytes of a hash that spreads the partitions (parallel scans divide by them), then the value. range: the
 * value. A value is its kind, its bytes with 0 as 0 FF, and 0 0: so one is never the beginning of another, and more can
 * stand behind it: an index's range is followed by the item's own key, which makes its entries unique. Of several
 * attributes one value stands behind the other, in their order. */
#pragma once
#include "lookup.h"
#include "table.h"

typedef struct Key {
    Bytes hash, range;
} Key;

/* Of a whole item. Checks that the key's attributes are there, of their types and sizes. */
MUST_CHECK Status key_of_item(Call *call, const Table *table, const Item *item, Key *ret_key);
/* Of a request's Key: no more and no less than the key's attributes. Brings its numbers into their form. */
MUST_CHECK Status key_of_request(Call *call, const Table *table, Item *key, Key *ret_key);
/* Index keys of an item, where it has them: their types and sizes. */
MUST_CHECK Status index_keys_check(Call *call, Lookup *lookup, const Table *table, const Item *item);
/* False: the item lacks a key of the index and has no entry there. */
MUST_CHECK bool key_of_entry(Lookup *lookup, const Index *index, const Item *item, const Key *key, Key *ret_entry);

Bytes key_hash(Arena *arena, const Value *value);
Bytes key_hash_of_all(Arena *arena, const Value *const values[], size_t count); /* of as many attributes */
Bytes key_value(Arena *arena, const Value *value);                              /* a range's beginning */
/* The least bytes that are above all that begin so. */
Bytes key_above(Arena *arena, Bytes begin);
Bytes key_behind(Arena *arena, Bytes key); /* the least bytes above it */
/* Of a begins_with: no end. */
Bytes key_prefix(Arena *arena, const Value *value);

#define KEY_LOWEST       TEXT("")
#define KEY_HIGHEST      TEXT("\xff")
#define KEY_BUCKET_BYTES 4
/* Where part `at` of `parts` of all hashes begins; the end of all where at == parts. */
Bytes key_segment(Arena *arena, int64_t at, int64_t parts);

static inline bool has_range(const Keys *keys)
{
    return present(keys->range.name);
}
/* The next of all attributes, hashes first; *at begins with 0. NULL: no more. */
static inline const KeyAttribute *keys_next(const Keys *keys, size_t *at)
{
    while (*at < 2 * (size_t)KEY_ATTRIBUTES_MAX) {
        size_t i = (*at)++;
        const KeyAttribute *key = i < KEY_ATTRIBUTES_MAX ? &keys->hashes[i] : &keys->ranges[i - KEY_ATTRIBUTES_MAX];
        if (present(key->name))
            return key;
    }
    return NULL;
}
static inline size_t key_attributes_count(const KeyAttribute attributes[KEY_ATTRIBUTES_MAX])
{
    size_t count = 0;
    while (count < KEY_ATTRIBUTES_MAX && present(attributes[count].name))
        count++;
    return count;
}
/* Is the attribute one of the keys? */
bool keys_have(const Keys *keys, Bytes name);
/* The key attributes of an item, the index's among them: LastEvaluatedKey. */
Item key_attributes(Arena *arena, const Table *table, const Index *index, const Item *item);
