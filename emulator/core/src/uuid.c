/* uuid.c - RFC 9562, version 4. */
#include "uuid.h"

void uuid_write(Random *random, char out[static UUID_TEXT_LEN])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char id[16];
    random_fill(random, id, sizeof id);
    id[6] = (unsigned char)((id[6] & 0x0f) | 0x40);
    id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < sizeof id; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        out[at++] = digits[id[i] >> 4];
        out[at++] = digits[id[i] & 15];
    }
}

Bytes uuid_new(Arena *arena, Random *random)
{
    char *text = arena_take_raw(arena, UUID_TEXT_LEN + 1);
    uuid_write(random, text);
    text[UUID_TEXT_LEN] = '\0';
    return (Bytes){text, UUID_TEXT_LEN};
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool uuid_is(Bytes text)
{
    if (text.len != UUID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
            return false;
    }
    return true;
}
