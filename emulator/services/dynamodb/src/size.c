/* size.c - what values and items weigh: one accounting for the 400 KB of an item, capacity units, pages of 1 MB, the
 * size of tables and of what streams carry.
 *
 *   item           of each attribute the name and the value
 *   S, B           UTF-8, or the bytes that Base64 stands for
 *   N              0 is 1. Else 1, and 1 for each two digits from the first that isn't 0 to the last, counted by twos
 *                  from the point on both sides; 1 more below 0; 21 at most. How it was written does not matter.
 *   BOOL, NULL     1
 *   SS, NS, BS     their members
 *   L, M           3, and of each member 1, the name, the value
 *
 * aws: Developer Guide, "DynamoDB item sizes and formats", which calls its own rule for numbers "approximately". Here
 * they weigh what a put of 409,600 bytes to the byte was measured to let in: 42 is 2, 4.2 is 3, 1E125 is 2, 100.5 is 4,
 * -42 is 3 (github.com/nubo-db/dynamodb-conformance, numberByteSize; the digits' places and the 21 as in the calculator
 * of github.com/LeeroyHannigan/DynamoDB-ItemSizeCalculator). tests/unit/dynamodb/size_test.c has the table of cases. */
#include "value.h"

#define NUMBER_BYTES_MAX 21
#define CONTAINER_BYTES  3
#define MEMBER_BYTES     1
#define EXPONENT_BYTES   5 /* E-130 */

/* Which two digits one belongs to that stands for 10^power: those before the point are 0, -1 behind it. */
static int pair_of(ptrdiff_t power)
{
    return (int)(power >= 0 ? power / 2 : (power - 1) / 2);
}

static ptrdiff_t power_at(size_t point, size_t at)
{
    return at < point ? (ptrdiff_t)(point - at) - 1 : (ptrdiff_t)point - (ptrdiff_t)at;
}

static size_t weight(int first_pair, int last_pair, bool is_negative)
{
    size_t bytes = 1 + (size_t)(first_pair - last_pair + 1) + is_negative;
    return bytes < NUMBER_BYTES_MAX ? bytes : NUMBER_BYTES_MAX;
}

static size_t exponential_size(Bytes text)
{
    Number number;
    if (number_parse(text, &number) != NUMBER_FINE || !number.count)
        return 1;
    return weight(pair_of(number.exponent - 1), pair_of(number.exponent - number.count), number.is_negative);
}

static bool is_significant(char c)
{
    return c >= '1' && c <= '9';
}

/* As clients may write it; what is kept has none. */
static bool has_exponent(Bytes text)
{
    for (size_t at = text.len > EXPONENT_BYTES ? text.len - EXPONENT_BYTES : 0; at < text.len; at++)
        if ((text.ptr[at] | 0x20) == 'e')
            return true;
    return false;
}

static bool are_zeros(const char *at)
{
    return !memcmp(at, "00000000", 8);
}

size_t number_size(Bytes text)
{
    size_t first = 0, last = text.len;
    if (has_exponent(text))
        return exponential_size(text);
    while (first < text.len && !is_significant(text.ptr[first]))
        first += text.len - first > 8 && are_zeros(text.ptr + first) ? 8 : 1;
    if (first == text.len)
        return 1;
    while (!is_significant(text.ptr[last - 1]))
        last -= last - first > 8 && are_zeros(text.ptr + last - 8) ? 8 : 1;
    ptrdiff_t dot = bytes_find(text, '.');
    size_t point = dot < 0 ? text.len : (size_t)dot;
    return weight(pair_of(power_at(point, first)), pair_of(power_at(point, last - 1)), text.ptr[0] == '-');
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
        scale->bytes += CONTAINER_BYTES + value->m.len * MEMBER_BYTES;
        weigh_item(scale, AS_ITEM(&value->m));
        break;
    case VALUE_L:
        scale->bytes += CONTAINER_BYTES + value->l.len * MEMBER_BYTES;
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
