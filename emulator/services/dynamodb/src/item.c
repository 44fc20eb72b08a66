/* item.c - items: their members, their stored form.
 *
 * Stored: count, then name and value by turns. A value is its kind's byte and then: texts as length and bytes, sets and
 * lists as count and members, maps as items. Lengths and counts are LEB128. A number that is much longer than its
 * digits is stored short, behind an E: an item of 400 KB may hold 1E125, 126 characters, more than a hundred thousand
 * times. */
#include "value.h"
#include <stdio.h>

#define NUMBER_PLAIN_BYTES     48 /* longer texts are mostly zeros */
#define NUMBER_SHORT_BYTES_MAX (NUMBER_PLAIN_BYTES + 8)
#define NUMBER_SHORT           'E'

Value *item_get(const Item *item, Bytes name)
{
    for (size_t i = 0; i < item->len; i++)
        if (bytes_equal(item->items[i].key, name))
            return &item->items[i].value;
    return NULL;
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

/* A long one is digits and zeros behind them, or 0. and zeros before them: 12E-100. */
static Bytes short_number(char made[NUMBER_SHORT_BYTES_MAX], Bytes text)
{
    size_t from = text.ptr[0] == '-', to = text.len;
    ptrdiff_t point = bytes_find(text, '.');
    while (text.ptr[from] == '0' || text.ptr[from] == '.')
        from++;
    while (text.ptr[to - 1] == '0')
        to--;
    int exponent = point < 0 ? (int)(text.len - to) : -(int)(text.len - (size_t)point - 1);
    int len = snprintf(made, NUMBER_SHORT_BYTES_MAX, "%c%s%.*sE%d", NUMBER_SHORT, text.ptr[0] == '-' ? "-" : "",
                       (int)(to - from), text.ptr + from, exponent);
    return (Bytes){made, (size_t)len};
}

static void put_number(Buffer *buffer, Bytes text)
{
    char made[NUMBER_SHORT_BYTES_MAX];
    put_bytes(buffer, text.len > NUMBER_PLAIN_BYTES ? short_number(made, text) : text);
}

static void put_value(Buffer *buffer, const Value *value)
{
    buffer_append_char(buffer, (char)value->kind);
    switch (value->kind) {
    case VALUE_S:
    case VALUE_B:
        put_bytes(buffer, value->s);
        break;
    case VALUE_N:
        put_number(buffer, value->n);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        put_count(buffer, value->ss.len);
        for (size_t i = 0; i < value->ss.len; i++)
            (value->kind == VALUE_NS ? put_number : put_bytes)(buffer, value->ss.items[i]);
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

static Bytes get_number(Cursor *cursor)
{
    Bytes stored = get_bytes(cursor);
    Number number;
    if (!stored.len || stored.ptr[0] != NUMBER_SHORT ||
        number_parse(bytes_slice(stored, 1, stored.len - 1), &number) != NUMBER_FINE)
        return stored;
    return number_text(cursor->arena, &number, (Bytes){0});
}

static Item get_item(Cursor *cursor);

static void get_set(Cursor *cursor, Value *value)
{
    value->ss.len = get_members(cursor);
    value->ss.items = arena_new_array(cursor->arena, Bytes, value->ss.len);
    for (size_t i = 0; i < value->ss.len; i++) {
        cursor->owed--;
        value->ss.items[i] = value->kind == VALUE_NS ? get_number(cursor) : get_bytes(cursor);
    }
}

static void get_value(Cursor *cursor, Value *ret);

static void get_list(Cursor *cursor, Value *value)
{
    value->l.len = get_members(cursor);
    value->l.items = arena_new_array(cursor->arena, Value, value->l.len);
    for (size_t i = 0; i < value->l.len; i++) {
        cursor->owed--;
        get_value(cursor, &value->l.items[i]);
    }
}

/* *ret is zeroed: a list of nothing has a value a byte, and writing each once is what reading it costs. */
static void get_value(Cursor *cursor, Value *ret)
{
    ret->kind = cursor->at < cursor->end ? *cursor->at++ : VALUE_NULL;
    bool is_too_deep = cursor->depth == VALUE_NESTING_MAX && (ret->kind == VALUE_M || ret->kind == VALUE_L);
    switch (is_too_deep ? VALUE_NULL : ret->kind) {
    case VALUE_S:
    case VALUE_B:
        ret->s = get_bytes(cursor);
        break;
    case VALUE_N:
        ret->n = get_number(cursor);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        get_set(cursor, ret);
        break;
    case VALUE_M:
        cursor->depth++;
        *AS_ITEM(&ret->m) = get_item(cursor);
        cursor->depth--;
        break;
    case VALUE_L:
        cursor->depth++;
        get_list(cursor, ret);
        cursor->depth--;
        break;
    case VALUE_BOOL:
        ret->bool_ = cursor->at < cursor->end && *cursor->at++;
        break;
    default:
        ret->kind = VALUE_NULL;
        ret->null = true;
    }
}

static Item get_item(Cursor *cursor)
{
    Item item = {.len = get_members(cursor)};
    item.items = arena_new_array(cursor->arena, Attribute, item.len);
    for (size_t i = 0; i < item.len; i++) {
        cursor->owed--;
        item.items[i].key = get_bytes(cursor);
        get_value(cursor, &item.items[i].value);
    }
    return item;
}

Item item_decode(Arena *arena, Bytes stored)
{
    Cursor cursor = {.at = stored.ptr, .end = stored.ptr + stored.len, .arena = arena};
    return get_item(&cursor);
}
