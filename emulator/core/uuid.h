/* uuid.h - version 4 UUIDs as text. */
#pragma once
#include "arena.h"
#include "random.h"

#define UUID_TEXT_LEN 36
void uuid_write(Random *random, char out[static UUID_TEXT_LEN]); /* lower case, no NUL */
Bytes uuid_new(Arena *arena, Random *random);
bool uuid_is(Bytes text); /* 8-4-4-4-12 hex digits, any case */
