/* key.c */
#include "key.h"

#define INVALID "One or more parameter values were invalid: "

/* Bytes of a key, in memory of the arena that is large enough from the start: it never grows, and nothing is to free.
 */
typedef struct KeyWriter {
    char *begin, *at;
} KeyWriter;

#define NUMBER_KEY_BYTES (NUMBER_DIGITS_MAX / 2 + 3)

#define END       TEXT("\0\0")
#define END_BYTES 2

/* Room for values, each with its kind, its bytes escaped and an end, and for what else goes beside. */
static KeyWriter writer_for(Arena *arena, const Value *const values[], size_t count, size_t more)
{
    size_t room = more;
    for (size_t i = 0; i < count; i++)
        room += 1 + 2 * (values[i]->kind == VALUE_N ? NUMBER_KEY_BYTES : values[i]->s.len) + END_BYTES;
    char *begin = arena_take_raw(arena, room);
    return (KeyWriter){begin, begin};
}

static void put_bytes(KeyWriter *writer, Bytes b)
{
    if (b.len)
        writer->at = mempcpy(writer->at, b.ptr, b.len);
}

static void put_escaped(KeyWriter *writer, Bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        *writer->at++ = b.ptr[i];
        if (!b.ptr[i])
            *writer->at++ = (char)0xff;
    }
}

static void put_value(KeyWriter *writer, const Value *value)
{
    char memory[NUMBER_KEY_BYTES];
    Buffer encoded = {memory, 0, sizeof memory};
    Number number;
    *writer->at++ = (char)value->kind;
    if (value->kind != VALUE_N) {
        put_escaped(writer, value->s);
    } else if (number_parse(value->n, &number) == NUMBER_FINE) { /* always: it was checked */
        number_encode(&encoded, &number);
        put_escaped(writer, buffer_bytes(&encoded));
    }
}

static Bytes written(const KeyWriter *writer)
{
    return (Bytes){writer->begin, (size_t)(writer->at - writer->begin)};
}

static void put_all(KeyWriter *writer, const Value *const values[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_value(writer, values[i]);
        put_bytes(writer, END);
    }
}

Bytes key_prefix(Arena *arena, const Value *value)
{
    KeyWriter writer = writer_for(arena, &value, 1, 0);
    put_value(&writer, value);
    return written(&writer);
}

Bytes key_value(Arena *arena, const Value *value)
{
    KeyWriter writer = writer_for(arena, &value, 1, 0);
    put_all(&writer, &value, 1);
    return written(&writer);
}

/* FNV-1a and a final mix: it lies in files, so it may never change. */
static uint32_t bucket(Bytes b)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < b.len; i++)
        hash = (hash ^ (unsigned char)b.ptr[i]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash >> 32);
}

/* The four bytes that spread the partitions: the most significant first. */
static void put_bucket(char *at, uint32_t spread)
{
    for (int i = KEY_BUCKET_BYTES - 1; i >= 0; i--, spread >>= 8)
        at[i] = (char)spread;
}

Bytes key_hash_of_all(Arena *arena, const Value *const values[], size_t count)
{
    KeyWriter writer = writer_for(arena, values, count, KEY_BUCKET_BYTES);
    writer.at += KEY_BUCKET_BYTES;
    put_all(&writer, values, count);
    Bytes key = written(&writer);
    put_bucket(writer.begin, bucket(bytes_slice(key, KEY_BUCKET_BYTES, key.len - KEY_BUCKET_BYTES)));
    return key;
}

Bytes key_hash(Arena *arena, const Value *value)
{
    return key_hash_of_all(arena, &value, 1);
}

Bytes key_behind(Arena *arena, Bytes key)
{
    char *behind = arena_take(arena, key.len + 1); /* zeroed */
    memcpy(behind, key.ptr, key.len);
    return (Bytes){behind, key.len + 1};
}

Bytes key_above(Arena *arena, Bytes begin)
{
    Bytes above = arena_copy(arena, begin);
    while (above.len && (unsigned char)above.ptr[above.len - 1] == 0xff)
        above.len--;
    if (!above.len)
        return KEY_HIGHEST;
    ((char *)(uintptr_t)above.ptr)[above.len - 1]++;
    return above;
}

Bytes key_segment(Arena *arena, int64_t at, int64_t parts)
{
    char *segment = arena_take_raw(arena, KEY_BUCKET_BYTES);
    if (at == parts)
        return arena_copy(arena, TEXT("\xff\xff\xff\xff\xff"));
    put_bucket(segment, (uint32_t)((UINT64_C(1) << 32) * (uint64_t)at / (uint64_t)parts));
    return (Bytes){segment, KEY_BUCKET_BYTES};
}

static Status refuse_size(Call *call, bool is_hash)
{
    if (is_hash)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

static Status check_size(Call *call, const Value *value, bool is_hash)
{
    if (value->kind == VALUE_N || value->s.len <= (is_hash ? KEY_HASH_BYTES_MAX : KEY_RANGE_BYTES_MAX))
        return OK;
    return refuse_size(call, is_hash);
}

/* aws: the words are the service's, "empty binary value" too */
static Status check_empty(Call *call, const Value *value, Bytes name)
{
    if (value->kind == VALUE_N || value->s.len)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: " BYTES_FMT,
        value->kind == VALUE_S ? "string" : "binary", BYTES_ARG(name));
}

static Status key_part(Call *call, const KeyAttribute *key, const Item *item, bool is_hash, const Value **ret)
{
    const Value *value = item_get(item, key->name);
    if (!value)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Missing the key " BYTES_FMT " in the item",
                    BYTES_ARG(key->name));
    if (value->kind != key->kind)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Type mismatch for key " BYTES_FMT " expected: %s actual: %s",
                    BYTES_ARG(key->name), value_kind_name(key->kind), value_kind_name(value->kind));
    TRY(check_empty(call, value, key->name));
    TRY(check_size(call, value, is_hash));
    *ret = value;
    return OK;
}

Status key_of_item(Call *call, const Table *table, const Item *item, Key *ret_key)
{
    const Value *hash, *range = NULL;
    TRY(key_part(call, &table->keys.hash, item, true, &hash));
    if (has_range(&table->keys))
        TRY(key_part(call, &table->keys.range, item, false, &range));
    ret_key->hash = key_hash(call->arena, hash);
    ret_key->range = range ? key_value(call->arena, range) : KEY_LOWEST;
    return OK;
}

static bool fits(const KeyAttribute *key, const Item *item)
{
    const Value *value = item_get(item, key->name);
    return value && value->kind == key->kind;
}

Status key_of_request(Call *call, const Table *table, Item *key, Key *ret_key)
{
    const Keys *keys = &table->keys;
    if (key->len != (has_range(keys) ? 2 : 1) || !fits(&keys->hash, key) ||
        (has_range(keys) && !fits(&keys->range, key)))
        return fail(call, &DYNAMODB_VALIDATION, "The provided key element does not match the schema");
    return key_of_item(call, table, key, ret_key);
}

static Status check_index_key(Call *call, const Index *index, const KeyAttribute *key, const Value *value)
{
    if (value->kind != key->kind)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Type mismatch for Index Key " BYTES_FMT " Expected: %s Actual: %s IndexName: " BYTES_FMT,
                    BYTES_ARG(key->name), value_kind_name(key->kind), value_kind_name(value->kind),
                    BYTES_ARG(index->name));
    if (value->kind != VALUE_N && !value->s.len)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: " BYTES_FMT
            ", IndexKey: " BYTES_FMT,
            value->kind == VALUE_S ? "string" : "binary", BYTES_ARG(index->name), BYTES_ARG(key->name));
    return OK;
}

static size_t key_size(const Value *value)
{
    return value->kind == VALUE_N ? number_size(value->n) : value->s.len;
}

static Status check_index_keys(Call *call, Lookup *lookup, const Index *index, const Item *item)
{
    size_t bytes[2] = {0}; /* of hashes and ranges, each together */
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(&index->keys, &at));) {
        const Value *value = lookup_member(lookup, item, key->name);
        if (!value)
            continue;
        TRY(check_index_key(call, index, key, value));
        bytes[key >= index->keys.ranges] += key_size(value);
    }
    if (bytes[0] > KEY_HASH_BYTES_MAX)
        return refuse_size(call, true);
    return bytes[1] > KEY_RANGE_BYTES_MAX ? refuse_size(call, false) : OK;
}

Status index_keys_check(Call *call, Lookup *lookup, const Table *table, const Item *item)
{
    for (size_t i = 0; i < table->indexes_count; i++)
        TRY(check_index_keys(call, lookup, &table->indexes[i], item));
    return OK;
}

/* The values of an entry's keys; false: one is missing. At a backfill there may be items whose attribute has another
 * type, is empty or too long: they have no entry. aws: Developer Guide, Managing Global Secondary Indexes, "Detecting
 * and correcting index key violations" */
static bool entry_values(Lookup *lookup, const KeyAttribute keys[KEY_ATTRIBUTES_MAX], const Item *item,
                         size_t most_bytes, const Value *ret_values[KEY_ATTRIBUTES_MAX])
{
    size_t count = key_attributes_count(keys), bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const Value *value = lookup_member(lookup, item, keys[i].name);
        if (!value || value->kind != keys[i].kind || !key_size(value))
            return false;
        bytes += key_size(value);
        ret_values[i] = value;
    }
    return bytes <= most_bytes;
}

bool key_of_entry(Lookup *lookup, const Index *index, const Item *item, const Key *key, Key *ret_entry)
{
    const Value *hashes[KEY_ATTRIBUTES_MAX], *ranges[KEY_ATTRIBUTES_MAX];
    size_t count = key_attributes_count(index->keys.ranges);
    if (!entry_values(lookup, index->keys.hashes, item, KEY_HASH_BYTES_MAX, hashes) ||
        !entry_values(lookup, index->keys.ranges, item, KEY_RANGE_BYTES_MAX, ranges))
        return false;
    KeyWriter writer = writer_for(lookup->arena, ranges, count, END_BYTES + key->hash.len + key->range.len);
    put_all(&writer, ranges, count);
    if (!count)
        put_bytes(&writer, END);
    put_bytes(&writer, key->hash);
    put_bytes(&writer, key->range);
    *ret_entry =
        (Key){key_hash_of_all(lookup->arena, hashes, key_attributes_count(index->keys.hashes)), written(&writer)};
    return true;
}

bool keys_have(const Keys *keys, Bytes name)
{
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(keys, &at));)
        if (bytes_equal(key->name, name))
            return true;
    return false;
}

Item key_attributes(Arena *arena, const Table *table, const Index *index, const Item *item)
{
    Item attributes = {arena_new_array(arena, Attribute, 2 + 2 * (size_t)KEY_ATTRIBUTES_MAX), 0};
    for (size_t i = 0; i < item->len; i++)
        if (keys_have(&table->keys, item->items[i].key) || (index && keys_have(&index->keys, item->items[i].key)))
            attributes.items[attributes.len++] = item->items[i];
    return attributes;
}
