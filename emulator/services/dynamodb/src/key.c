/* key.c */
#include "key.h"

#define INVALID "One or more parameter values were invalid: "

static void put_escaped(Buffer *buffer, Bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        buffer_append_char(buffer, b.ptr[i]);
        if (!b.ptr[i])
            buffer_append_char(buffer, (char)0xff);
    }
}

static void put_value(Buffer *buffer, const Value *value)
{
    buffer_append_char(buffer, (char)value->kind);
    Number number;
    if (value->kind != VALUE_N) {
        put_escaped(buffer, value->s);
    } else if (number_parse(value->n, &number) == NUMBER_FINE) { /* always: it was checked */
        Buffer encoded = {0};
        number_encode(&encoded, &number);
        put_escaped(buffer, buffer_bytes(&encoded));
        buffer_done(&encoded);
    }
}

static Bytes take(Arena *arena, Buffer *buffer)
{
    Bytes copy = arena_copy(arena, buffer_bytes(buffer));
    buffer_done(buffer);
    return copy;
}

Bytes key_prefix(Arena *arena, const Value *value)
{
    Buffer buffer = {0};
    put_value(&buffer, value);
    return take(arena, &buffer);
}

Bytes key_value(Arena *arena, const Value *value)
{
    Buffer buffer = {0};
    put_value(&buffer, value);
    buffer_append_be16(&buffer, 0);
    return take(arena, &buffer);
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

Bytes key_hash(Arena *arena, const Value *value)
{
    Buffer buffer = {0};
    Bytes encoded = key_value(arena, value);
    buffer_append_be32(&buffer, bucket(encoded));
    buffer_append(&buffer, encoded);
    return take(arena, &buffer);
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
    Buffer buffer = {0};
    if (at == parts)
        return arena_copy(arena, TEXT("\xff\xff\xff\xff\xff"));
    buffer_append_be32(&buffer, (uint32_t)((UINT64_C(1) << 32) * (uint64_t)at / (uint64_t)parts));
    return take(arena, &buffer);
}

static Status check_size(Call *call, const Value *value, bool is_hash)
{
    if (value->kind == VALUE_N || value->s.len <= (is_hash ? KEY_HASH_BYTES_MAX : KEY_RANGE_BYTES_MAX))
        return OK;
    if (is_hash)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    return fail(call, &DYNAMODB_VALIDATION,
                INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

/* aws: the words are the service's, "empty binary value" too */
static Status check_empty(Call *call, const Value *value, Bytes name)
{
    if (value->kind == VALUE_N || value->s.len)
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        "%s value. Key: " BYTES_FMT,
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
    TRY(item_check(call, key));
    if (key->len != (has_range(keys) ? 2 : 1) || !fits(&keys->hash, key) ||
        (has_range(keys) && !fits(&keys->range, key)))
        return fail(call, &DYNAMODB_VALIDATION, "The provided key element does not match the schema");
    return key_of_item(call, table, key, ret_key);
}

static Status check_index_key(Call *call, const Index *index, const KeyAttribute *key, const Item *item)
{
    const Value *value = present(key->name) ? item_get(item, key->name) : NULL;
    if (!value)
        return OK;
    if (value->kind != key->kind)
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "Type mismatch for Index Key " BYTES_FMT " Expected: %s Actual: %s IndexName: " BYTES_FMT,
                    BYTES_ARG(key->name), value_kind_name(key->kind), value_kind_name(value->kind),
                    BYTES_ARG(index->name));
    if (value->kind != VALUE_N && !value->s.len)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "One or more parameter values are not valid. A value specified for a secondary index key is not "
            "supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: " BYTES_FMT
            ", IndexKey: " BYTES_FMT,
            value->kind == VALUE_S ? "string" : "binary", BYTES_ARG(index->name), BYTES_ARG(key->name));
    return check_size(call, value, key == &index->keys.hash);
}

Status index_keys_check(Call *call, const Table *table, const Item *item)
{
    for (size_t i = 0; i < table->indexes_count; i++) {
        const Index *index = &table->indexes[i];
        TRY(check_index_key(call, index, &index->keys.hash, item));
        TRY(check_index_key(call, index, &index->keys.range, item));
    }
    return OK;
}

bool key_of_entry(Arena *arena, const Index *index, const Item *item, const Key *key, Key *ret_entry)
{
    const Value *hash = item_get(item, index->keys.hash.name);
    const Value *range = has_range(&index->keys) ? item_get(item, index->keys.range.name) : NULL;
    Buffer buffer = {0};
    /* At a backfill there may be items whose attribute has another type: they have no entry. */
    if (!hash || hash->kind != index->keys.hash.kind ||
        (has_range(&index->keys) && (!range || range->kind != index->keys.range.kind)))
        return false;
    if (range)
        put_value(&buffer, range);
    buffer_append_be16(&buffer, 0);
    buffer_append(&buffer, key->hash);
    buffer_append(&buffer, key->range);
    ret_entry->hash = key_hash(arena, hash);
    ret_entry->range = take(arena, &buffer);
    return true;
}

bool keys_have(const Keys *keys, Bytes name)
{
    return bytes_equal(keys->hash.name, name) || (has_range(keys) && bytes_equal(keys->range.name, name));
}

Item key_attributes(Arena *arena, const Table *table, const Index *index, const Item *item)
{
    Item attributes = {arena_new_array(arena, Attribute, 4), 0};
    for (size_t i = 0; i < item->len; i++)
        if (keys_have(&table->keys, item->items[i].key) || (index && keys_have(&index->keys, item->items[i].key)))
            attributes.items[attributes.len++] = item->items[i];
    return attributes;
}
