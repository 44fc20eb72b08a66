/* levels.h - Parquet's RLE and bit-packed hybrid: small numbers, runs of the same told once.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
#pragma once
#include "buffer.h"

int bits_for(uint32_t largest); /* 0: it is always 0 */

/* Values as they come: groups of eight in bits, where fewer than eight are the same. */
typedef struct LevelWriter {
    Buffer *out;
    int bits;
    uint32_t last;
    uint64_t run; /* of `last`, not yet told */
    uint32_t group[8];
    int group_len;
    size_t groups_at; /* where the byte that counts the groups is; SIZE_MAX: none is open */
    unsigned groups;
} LevelWriter;
LevelWriter levels_begin(Buffer *out, int bits);
void levels_add(LevelWriter *writer, uint32_t value);
void levels_end(LevelWriter *writer);
