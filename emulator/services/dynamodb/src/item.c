/* item.c - items: their members, their size, their stored form.
 *
 * Stored: count, then name and value by turns. A value is its kind's byte and then: texts as length and bytes, sets and
 * lists as count and members, maps as items. Lengths and counts are LEB128. */
#include "value.h"

#define CONTAINER_BYTES 3 /* aws: "An empty List or Map requires 3 bytes of overhead", 1 more for each member */

Value *item_get(const Item *item, Bytes name)
{
    for (size_t i = 0; i < item->len; i++)
        if (bytes_equal(item->items[i].key, name))
            return &item->items[i].value;
    return NULL;
}

void item_set(Arena *arena, Item *item, Bytes name, Value value)
{
    Value *there = item_get(item, name);
    if (there) {
        *there = value;
        return;
    }
    Attribute *grown = arena_new_array(arena, Attribute, item->len + 1);
    if (item->len)
        memcpy(grown, item->items, item->len * sizeof *grown);
    grown[item->len] = (Attribute){name, value};
    *item = (Item){grown, item->len + 1};
}

void item_remove(Item *item, Bytes name)
{
    for (size_t i = 0; i < item->len; i++)
        if (bytes_equal(item->items[i].key, name)) {
            memmove(&item->items[i], &item->items[i + 1], (item->len - i - 1) * sizeof *item->items);
            item->len--;
            return;
        }
}

/* aws: "approximately (length of attribute name) + (1 byte per two significant digits) + (1 byte)" */
static size_t number_size(Bytes text)
{
    size_t digits = text.len, negative = text.len && text.ptr[0] == '-';
    return (digits - negative + 1) / 2 + 1 + negative;
}

size_t value_size(const Value *value)
{
    size_t size = 0;
    switch (value->kind) {
    case VALUE_S:
    case VALUE_B:
        return value->s.len;
    case VALUE_N:
        return number_size(value->n);
    case VALUE_SS:
    case VALUE_BS:
    case VALUE_NS:
        for (size_t i = 0; i < value->ss.len; i++)
            size += value->kind == VALUE_NS ? number_size(value->ss.items[i]) : value->ss.items[i].len;
        return size;
    case VALUE_M:
        return CONTAINER_BYTES + value->m.len + item_size(AS_ITEM(&value->m));
    case VALUE_L:
        size = CONTAINER_BYTES + value->l.len;
        for (size_t i = 0; i < value->l.len; i++)
            size += value_size(&value->l.items[i]);
        return size;
    default:
        return 1;
    }
}

size_t item_size(const Item *item)
{
    size_t size = 0;
    for (size_t i = 0; i < item->len; i++)
        size += item->items[i].key.len + value_size(&item->items[i].value);
    return size;
}

Value value_clone(Arena *arena, const Value *value)
{
    Value clone = *value;
    if (value->kind == VALUE_M)
        *AS_ITEM(&clone.m) = item_clone(arena, AS_ITEM(&value->m));
    if (value->kind == VALUE_L) {
        clone.l.items = arena_new_array(arena, Value, value->l.len);
        for (size_t i = 0; i < value->l.len; i++)
            clone.l.items[i] = value_clone(arena, &value->l.items[i]);
    }
    return clone;
}

Item item_clone(Arena *arena, const Item *item)
{
    Item clone = {arena_new_array(arena, Attribute, item->len), item->len};
    for (size_t i = 0; i < item->len; i++)
        clone.items[i] = (Attribute){item->items[i].key, value_clone(arena, &item->items[i].value)};
    return clone;
}

static void put_count(Buffer *buffer, size_t count)
{
    while (count >= 0x80) {
        buffer_append_char(buffer, (char)(count | 0x80));
        count >>= 7;
    }
    buffer_append_char(buffer, (char)count);
}

static void put_bytes(Buffer *buffer, Bytes b)
{
    put_count(buffer, b.len);
    buffer_append(buffer, b);
}

static void put_value(Buffer *buffer, const Value *value)
{
    buffer_append_char(buffer, (char)value->kind);
    switch (value->kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        put_bytes(buffer, value->s);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        put_count(buffer, value->ss.len);
        for (size_t i = 0; i < value->ss.len; i++)
            put_bytes(buffer, value->ss.items[i]);
        break;
    case VALUE_M:
        item_encode(buffer, AS_ITEM(&value->m));
        break;
    case VALUE_L:
        put_count(buffer, value->l.len);
        for (size_t i = 0; i < value->l.len; i++)
            put_value(buffer, &value->l.items[i]);
        break;
    case VALUE_BOOL:
        buffer_append_char(buffer, (char)value->bool_);
        break;
    default:
        break;
    }
}

void item_encode(Buffer *buffer, const Item *item)
{
    put_count(buffer, item->len);
    for (size_t i = 0; i < item->len; i++) {
        put_bytes(buffer, item->items[i].key);
        put_value(buffer, &item->items[i].value);
    }
}

/* What it reads is what put_value wrote: a file that was tampered with gives an item cut short, never a read beyond. */
typedef struct Cursor {
    const char *at, *end;
    Arena *arena;
} Cursor;

static size_t get_count(Cursor *cursor)
{
    size_t count = 0;
    for (int shift = 0; cursor->at < cursor->end && shift < 64; shift += 7) {
        unsigned char byte = (unsigned char)*cursor->at++;
        count |= (size_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    size_t left = (size_t)(cursor->end - cursor->at);
    return count <= left ? count : left;
}

static Bytes get_bytes(Cursor *cursor)
{
    size_t len = get_count(cursor);
    Bytes b = {cursor->at, len};
    cursor->at += len;
    return b;
}

static Item get_item(Cursor *cursor);

static Value get_value(Cursor *cursor)
{
    Value value = {.kind = cursor->at < cursor->end ? *cursor->at++ : VALUE_NULL};
    switch (value.kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        value.s = get_bytes(cursor);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        value.ss.len = get_count(cursor);
        value.ss.items = arena_new_array(cursor->arena, Bytes, value.ss.len);
        for (size_t i = 0; i < value.ss.len; i++)
            value.ss.items[i] = get_bytes(cursor);
        break;
    case VALUE_M:
        *AS_ITEM(&value.m) = get_item(cursor);
        break;
    case VALUE_L:
        value.l.len = get_count(cursor);
        value.l.items = arena_new_array(cursor->arena, Value, value.l.len);
        for (size_t i = 0; i < value.l.len; i++)
            value.l.items[i] = get_value(cursor);
        break;
    case VALUE_BOOL:
        value.bool_ = cursor->at < cursor->end && *cursor->at++;
        break;
    default:
        value.kind = VALUE_NULL;
        value.null = true;
    }
    return value;
}

static Item get_item(Cursor *cursor)
{
    Item item = {.len = get_count(cursor)};
    item.items = arena_new_array(cursor->arena, Attribute, item.len);
    for (size_t i = 0; i < item.len; i++) {
        item.items[i].key = get_bytes(cursor);
        item.items[i].value = get_value(cursor);
    }
    return item;
}

Item item_decode(Arena *arena, Bytes stored)
{
    Cursor cursor = {stored.ptr, stored.ptr + stored.len, arena};
    return get_item(&cursor);
}
