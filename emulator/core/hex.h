/* hex.h - bytes as hexadecimal digits, lower case. */
#pragma once
#include "arena.h"

Bytes hex_text(Arena *arena, const uint8_t *bytes, size_t len);
