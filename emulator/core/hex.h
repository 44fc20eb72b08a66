/* hex.h - hexadecimal digits. */
#pragma once
#include "arena.h"

/* Of either case; -1: it is none. */
static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* Two a byte, in lower case. */
Bytes hex_text(Arena *arena, const uint8_t *bytes, size_t len);
