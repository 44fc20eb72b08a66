/* hex.c - two digits a byte. */
#include "hex.h"

Bytes hex_text(Arena *arena, const uint8_t *bytes, size_t len)
{
    char *text = arena_take_raw(arena, 2 * len);
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return (Bytes){text, 2 * len};
}
