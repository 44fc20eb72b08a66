/* event_id.c */
#include "event_id.h"

#define WORDS      3 /* of 64 bits, least first */
#define TEN_TO_18  UINT64_C(1000000000000000000)
#define CHUNK_BITS 63
#define INDEX_BITS 32
#define ZERO_BITS  49

static void shift_in(uint64_t words[static WORDS], unsigned bits, uint64_t value)
{
    for (unsigned at = WORDS - 1; at; at--)
        words[at] = words[at] << bits | words[at - 1] >> (64 - bits);
    words[0] = words[0] << bits | value;
}

static uint64_t shift_out(uint64_t words[static WORDS], unsigned bits)
{
    uint64_t value = words[0] & ((UINT64_C(1) << bits) - 1);
    for (unsigned at = 0; at < WORDS - 1; at++)
        words[at] = words[at] >> bits | words[at + 1] << (64 - bits);
    words[WORDS - 1] >>= bits;
    return value;
}

/* Divides by 10^18; returns what is left over. */
static uint64_t divide(uint64_t words[static WORDS])
{
    unsigned __int128 rest = 0;
    for (unsigned at = WORDS; at--;) {
        rest = rest << 64 | words[at];
        words[at] = (uint64_t)(rest / TEN_TO_18);
        rest %= TEN_TO_18;
    }
    return (uint64_t)rest;
}

void event_id_write(char out[static EVENT_ID_DIGITS], const EventPlace *place)
{
    uint64_t words[WORDS] = {(uint64_t)place->time_ms};
    shift_in(words, CHUNK_BITS, (uint64_t)place->chunk);
    shift_in(words, INDEX_BITS, place->index);
    shift_in(words, ZERO_BITS, 0);
    for (int at = EVENT_ID_DIGITS; at;) {
        uint64_t digits = divide(words);
        for (int i = 0; i < 18 && at; i++, digits /= 10)
            out[--at] = (char)('0' + (int)(digits % 10));
    }
}

Bytes event_id(Arena *arena, const EventPlace *place)
{
    char *text = arena_take_raw(arena, EVENT_ID_DIGITS);
    event_id_write(text, place);
    return (Bytes){text, EVENT_ID_DIGITS};
}

bool event_id_parse(Bytes text, EventPlace *ret_place)
{
    uint64_t words[WORDS];
    if (text.len != EVENT_ID_DIGITS || !bytes_to_words(text, words) || shift_out(words, ZERO_BITS))
        return false;
    ret_place->index = (uint32_t)shift_out(words, INDEX_BITS);
    ret_place->chunk = (int64_t)shift_out(words, CHUNK_BITS);
    ret_place->time_ms = (int64_t)words[0];
    return !words[1] && words[0] < (UINT64_C(1) << 42);
}
