/* access_key.c - 80 bits in base32: one that is set, 40 of the account, 24 of chance, 15 that are made of the others.
 */
#include "access_key.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Of the 65 bits before it, in two parts. */
static unsigned check_of(uint64_t account, uint32_t chance)
{
    uint64_t mixed = (account ^ (uint64_t)chance << 40) * 0x9E3779B97F4A7C15u;
    return (unsigned)(mixed >> 49);
}

static void put_bits(unsigned char *bits, size_t at, size_t count, uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        bits[at + i] = value >> (count - 1 - i) & 1;
}

static uint64_t get_bits(const unsigned char *bits, size_t at, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 1 | bits[at + i];
    return value;
}

Bytes access_key_new(Arena *arena, Random *random, const char *prefix, Bytes account)
{
    unsigned char bits[80];
    uint64_t number = 0;
    char *text = arena_take_raw(arena, ACCESS_KEY_BYTES);
    uint32_t chance = (uint32_t)random_below(random, 1u << 24);
    (void)bytes_to_uint64(account, &number);
    bits[0] = 1;
    put_bits(bits, 1, 40, number);
    put_bits(bits, 41, 24, chance);
    put_bits(bits, 65, 15, check_of(number, chance));
    memcpy(text, prefix, 4);
    for (size_t i = 0; i < 16; i++)
        text[4 + i] = letters[get_bits(bits, 5 * i, 5)];
    return (Bytes){text, ACCESS_KEY_BYTES};
}

bool access_key_account(Bytes key, char ret_account[ACCOUNT_BYTES])
{
    unsigned char bits[80];
    if (key.len != ACCESS_KEY_BYTES || !(bytes_starts_with(key, TEXT("AKIA")) || bytes_starts_with(key, TEXT("ASIA"))))
        return false;
    for (size_t i = 0; i < 16; i++) {
        const char *found = key.ptr[4 + i] ? strchr(letters, key.ptr[4 + i]) : NULL;
        if (!found)
            return false;
        put_bits(bits, 5 * i, 5, (uint64_t)(found - letters));
    }
    uint64_t number = get_bits(bits, 1, 40);
    if (!bits[0] || number > 999999999999 ||
        get_bits(bits, 65, 15) != check_of(number, (uint32_t)get_bits(bits, 41, 24)))
        return false;
    for (size_t i = ACCOUNT_BYTES; i-- > 0; number /= 10)
        ret_account[i] = (char)('0' + number % 10);
    return true;
}

Bytes secret_key_new(Arena *arena, Random *random)
{
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char chance[40];
    char *text = arena_take_raw(arena, sizeof chance);
    random_fill(random, chance, sizeof chance);
    for (size_t i = 0; i < sizeof chance; i++)
        text[i] = all[chance[i] & 63];
    return (Bytes){text, sizeof chance};
}
