/* sequence.c - sequence numbers to and from decimal. Writing is on the way of every record put or read: a few
 * multiplications in base 10^19 instead of a division of 186 bits by ten, 56 times. */
#include "sequence.h"

#define LIMB        UINT64_C(10000000000000000000) /* 10^19 */
#define LIMB_DIGITS 19

/* One step of index is 16^20, one of the second of arrival 16^9. */
#define INDEX_STEP_LOW  UINT64_C(5819614629174706176)
#define INDEX_STEP_HIGH UINT64_C(120892)
#define ARRIVED_STEP    (UINT64_C(1) << 36)

#define WORDS 3 /* of 64 bits, least first */

/* limbs += a * b */
static void add_product(uint64_t limbs[static 3], int at, uint64_t a, uint64_t b)
{
    unsigned __int128 sum = (unsigned __int128)a * b;
    for (; at < 3 && sum; at++) {
        sum += limbs[at];
        limbs[at] = (uint64_t)(sum % LIMB);
        sum /= LIMB;
    }
}

/* limbs = limbs * 2^bits + value; bits below 64 */
static void shift_in(uint64_t limbs[static 3], int bits, uint64_t value)
{
    unsigned __int128 carry = value;
    for (int i = 0; i < 3; i++) {
        carry += (unsigned __int128)limbs[i] << bits;
        limbs[i] = (uint64_t)(carry % LIMB);
        carry /= LIMB;
    }
}

static uint64_t get_digits(const uint64_t words[static WORDS], int at_digit, int digits)
{
    uint64_t value = 0;
    for (int i = digits; i--;) {
        int bit = (at_digit + i) * 4;
        value = value << 4 | (words[bit / 64] >> (bit % 64) & 15);
    }
    return value;
}

SequenceOrigin sequence_origin(int64_t created_s, uint32_t shard_index)
{
    SequenceOrigin origin = {.limbs = {2}, .created_s = created_s, .shard_index = shard_index};
    shift_in(origin.limbs, 36, (uint64_t)created_s);
    shift_in(origin.limbs, 4, shard_index & 15);
    shift_in(origin.limbs, 60, 0); /* the record's index, 0, and the second of arrival: as they are written */
    shift_in(origin.limbs, 48, 0);
    shift_in(origin.limbs, 32, shard_index);
    shift_in(origin.limbs, 4, SEQUENCE_VERSION);
    return origin;
}

#define TEN(d) d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9"

static void write_digits(char *out, int digits, uint64_t value)
{
    static const char pairs[] =
        TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");
    for (; digits > 1; value /= 100) {
        digits -= 2;
        memcpy(out + digits, pairs + 2 * (value % 100), 2);
    }
    if (digits)
        out[0] = (char)('0' + (int)(value % 10));
}

/* Its halves do not wait for each other. */
static void write_limb(char *out, int digits, uint64_t limb)
{
    write_digits(out, digits - 9, limb / 1000000000);
    write_digits(out + digits - 9, 9, limb % 1000000000);
}

void sequence_write(char out[static SEQUENCE_DIGITS], const SequenceOrigin *origin, uint64_t index, int64_t arrived_s)
{
    uint64_t limbs[3] = {origin->limbs[0], origin->limbs[1], origin->limbs[2]};
    int64_t seconds = arrived_s > origin->created_s ? arrived_s : origin->created_s;
    add_product(limbs, 0, index, INDEX_STEP_LOW);
    add_product(limbs, 1, index, INDEX_STEP_HIGH);
    add_product(limbs, 0, (uint64_t)seconds, ARRIVED_STEP);
    write_limb(out, SEQUENCE_DIGITS - 2 * LIMB_DIGITS, limbs[2]);
    write_limb(out + SEQUENCE_DIGITS - 2 * LIMB_DIGITS, LIMB_DIGITS, limbs[1]);
    write_limb(out + SEQUENCE_DIGITS - LIMB_DIGITS, LIMB_DIGITS, limbs[0]);
}

Bytes sequence_text(Arena *arena, const SequenceOrigin *origin, uint64_t index, int64_t arrived_s)
{
    char *text = arena_take_raw(arena, SEQUENCE_DIGITS);
    sequence_write(text, origin, index, arrived_s);
    return (Bytes){text, SEQUENCE_DIGITS};
}

/* Version 0: 1 │ second created (9) │ ? (2) │ ? (16) │ shard (4). Smaller ones have lost their leading 1. */
static bool parse_old(uint64_t words[static WORDS], SequenceNumber *ret)
{
    static const int64_t created_max = 16025175000;
    words[1] |= UINT64_C(1) << 60;
    SequenceNumber number = {
        .created_s = (int64_t)get_digits(words, 22, 9),
        .shard_index = (uint32_t)get_digits(words, 0, 4),
        .version = SEQUENCE_VERSION_OLD,
    };
    *ret = number;
    return number.created_s < created_max;
}

bool sequence_parse(Bytes text, SequenceNumber *ret)
{
    uint64_t words[WORDS];
    *ret = (SequenceNumber){.version = -1};
    if (!bytes_to_words(text, words))
        return false;
    if (!words[2] && words[1] >> 60 <= 1)
        return parse_old(words, ret);
    if (words[2] >> 56 != 2 || get_digits(words, 0, 1) != SEQUENCE_VERSION)
        return false;
    SequenceNumber number = {
        .created_s = (int64_t)get_digits(words, 37, 9),
        .index = get_digits(words, 20, 16),
        .arrived_s = (int64_t)get_digits(words, 9, 9),
        .shard_index = (uint32_t)get_digits(words, 1, 8),
        .version = SEQUENCE_VERSION,
    };
    if (number.index > SEQUENCE_INDEX_MAX || number.shard_index > INT32_MAX)
        return false;
    *ret = number;
    return true;
}
