/* page.h - one page: header, levels, values, pressed. */
#pragma once
#include "column.h"

typedef struct PageSlice {
    const char *repeated, *defined; /* NULL: it has none */
    size_t levels, values, rows;
    Bytes plain;             /* PLAIN values, booleans a byte each; or */
    const uint32_t *indexes; /* into a dictionary, whose size decides on their bits */
    uint32_t dictionary_len;
} PageSlice;

/* Appends it; returns how long it would be uncompressed, header and all. */
int64_t page_append_data(Buffer *out, const Column *column, const ParquetOptions *options, const PageSlice *slice);
int64_t page_append_dictionary(Buffer *out, const ParquetOptions *options, Bytes plain, size_t count);
