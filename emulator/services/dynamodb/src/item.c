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

/* aws: "approximately (length of attribute name) + (1 byte per two significant digits) + (1 byte)" */
static size_t number_size(Bytes text)
{
    size_t digits = text.len, negative = text.len && text.ptr[0] == '-';
    return (digits - negative + 1) / 2 + 1 + negative;
}

typedef struct Scale {
    size_t bytes, limit;
} Scale;

static void weigh_item(Scale *scale, const Item *item);

static void weigh_set(Scale *scale, const Value *value)
{
    for (size_t i = 0; i < value->ss.len && scale->bytes <= scale->limit; i++)
        scale->bytes += value->kind == VALUE_NS ? number_size(value->ss.items[i]) : value->ss.items[i].len;
}

static void weigh(Scale *scale, const Value *value)
{
    switch (value->kind) {
    case VALUE_S:
    case VALUE_B:
        scale->bytes += value->s.len;
        break;
    case VALUE_N:
        scale->bytes += number_size(value->n);
        break;
    case VALUE_SS:
    case VALUE_BS:
    case VALUE_NS:
        weigh_set(scale, value);
        break;
    case VALUE_M:
        scale->bytes += CONTAINER_BYTES + value->m.len;
        weigh_item(scale, AS_ITEM(&value->m));
        break;
    case VALUE_L:
        scale->bytes += CONTAINER_BYTES + value->l.len;
        for (size_t i = 0; i < value->l.len && scale->bytes <= scale->limit; i++)
            weigh(scale, &value->l.items[i]);
        break;
    default:
        scale->bytes++;
    }
}

static void weigh_item(Scale *scale, const Item *item)
{
    for (size_t i = 0; i < item->len && scale->bytes <= scale->limit; i++) {
        scale->bytes += item->items[i].key.len;
        weigh(scale, &item->items[i].value);
    }
}

size_t value_size_within(const Value *value, size_t limit)
{
    Scale scale = {0, limit};
    weigh(&scale, value);
    return scale.bytes;
}

size_t item_size_within(const Item *item, size_t limit)
{
    Scale scale = {0, limit};
    weigh_item(&scale, item);
    return scale.bytes;
}

size_t value_size(const Value *value)
{
    return value_size_within(value, SIZE_MAX);
}

size_t item_size(const Item *item)
{
    return item_size_within(item, SIZE_MAX);
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

/* What it reads is what put_value wrote. A file that was tampered with gives an item cut short: never a read beyond its
 * end, nor more memory or depth than an item of its size may have. */
typedef struct Cursor {
    const char *at, *end;
    size_t owed; /* the least bytes that members counted already still take */
    int depth;
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

/* Of members that take a byte each at least. */
static size_t get_members(Cursor *cursor)
{
    size_t count = get_count(cursor), left = (size_t)(cursor->end - cursor->at);
    size_t room = left > cursor->owed ? left - cursor->owed : 0;
    count = count <= room ? count : room;
    cursor->owed += count;
    return count;
}

static Bytes get_bytes(Cursor *cursor)
{
    size_t len = get_count(cursor);
    Bytes b = {cursor->at, len};
    cursor->at += len;
    return b;
}

static Item get_item(Cursor *cursor);

static void get_set(Cursor *cursor, Value *value)
{
    value->ss.len = get_members(cursor);
    value->ss.items = arena_new_array(cursor->arena, Bytes, value->ss.len);
    for (size_t i = 0; i < value->ss.len; i++) {
        cursor->owed--;
        value->ss.items[i] = get_bytes(cursor);
    }
}

static Value get_value(Cursor *cursor);

static void get_list(Cursor *cursor, Value *value)
{
    value->l.len = get_members(cursor);
    value->l.items = arena_new_array(cursor->arena, Value, value->l.len);
    for (size_t i = 0; i < value->l.len; i++) {
        cursor->owed--;
        value->l.items[i] = get_value(cursor);
    }
}

static Value get_value(Cursor *cursor)
{
    Value value = {.kind = cursor->at < cursor->end ? *cursor->at++ : VALUE_NULL};
    bool is_too_deep = cursor->depth == VALUE_NESTING_MAX && (value.kind == VALUE_M || value.kind == VALUE_L);
    switch (is_too_deep ? VALUE_NULL : value.kind) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        value.s = get_bytes(cursor);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        get_set(cursor, &value);
        break;
    case VALUE_M:
        cursor->depth++;
        *AS_ITEM(&value.m) = get_item(cursor);
        cursor->depth--;
        break;
    case VALUE_L:
        cursor->depth++;
        get_list(cursor, &value);
        cursor->depth--;
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
    Item item = {.len = get_members(cursor)};
    item.items = arena_new_array(cursor->arena, Attribute, item.len);
    for (size_t i = 0; i < item.len; i++) {
        cursor->owed--;
        item.items[i].key = get_bytes(cursor);
        item.items[i].value = get_value(cursor);
    }
    return item;
}

Item item_decode(Arena *arena, Bytes stored)
{
    Cursor cursor = {.at = stored.ptr, .end = stored.ptr + stored.len, .arena = arena};
    return get_item(&cursor);
}
