/* hash_key.h - the 128-bit numbers that partition keys are hashed to and that shards divide among themselves. */
#pragma once
#include "arena.h"

typedef unsigned __int128 HashKey;
#define HASH_KEY_MAX         (~(HashKey)0)
#define HASH_KEY_DIGITS      39
#define HASH_KEY_BYTES       16
#define HASH_KEY_RANGE_WORDS "[0, 2^128-1]"

/* aws: Kinesis API, PutRecord: "An MD5 hash function is used to map partition keys to 128-bit integer values". */
HashKey hash_key_of(Bytes partition_key);
/* Decimal; false where it isn't one or is 2^128 or more. */
MUST_CHECK bool hash_key_parse(Bytes text, HashKey *ret);
Bytes hash_key_text(Arena *arena, HashKey key);
/* Where part `at` of `parts` equal parts of all hash keys begins. */
HashKey hash_key_part(uint32_t at, uint32_t parts);

/* As it lies in the store: big-endian, so that bytes sort as numbers do. */
void hash_key_write(char out[static HASH_KEY_BYTES], HashKey key);
HashKey hash_key_read(Bytes bytes);
