/* zone.c - reads TZif files (RFC 8536), of the 64-bit part only what says which offset holds when. */
#include "zone.h"
#include <stdio.h>

#define ZONE_DIRECTORY      "/usr/share/zoneinfo/"
#define ZONE_NAME_MAX       50
#define ZONE_FILE_BYTES_MAX 65536
#define TZIF_HEADER         44

static uint32_t be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t be64(const unsigned char *at)
{
    return (int64_t)((uint64_t)be32(at) << 32 | be32(at + 4));
}

typedef struct Counts {
    size_t isut, isstd, leap, times, types, chars;
} Counts;

static bool read_counts(const unsigned char *at, size_t left, Counts *ret)
{
    if (left < TZIF_HEADER || memcmp(at, "TZif", 4))
        return false;
    const unsigned char *count = at + 20;
    *ret =
        (Counts){be32(count), be32(count + 4), be32(count + 8), be32(count + 12), be32(count + 16), be32(count + 20)};
    return ret->times < ZONE_FILE_BYTES_MAX && ret->types < ZONE_FILE_BYTES_MAX && ret->chars < ZONE_FILE_BYTES_MAX &&
           ret->leap < ZONE_FILE_BYTES_MAX && ret->isut < ZONE_FILE_BYTES_MAX && ret->isstd < ZONE_FILE_BYTES_MAX;
}

static size_t size_of(const Counts *counts, size_t time_bytes)
{
    return counts->times * (time_bytes + 1) + counts->types * 6 + counts->chars + counts->leap * (time_bytes + 4) +
           counts->isstd + counts->isut;
}

/* The type that holds is that of the last transition before; before the first, the first. */
static bool offset_in(const unsigned char *file, size_t len, int64_t at_s, int32_t *ret_offset_s)
{
    Counts counts;
    if (!read_counts(file, len, &counts) || file[4] < '2')
        return false;
    size_t second = TZIF_HEADER + size_of(&counts, 4);
    if (second > len || !read_counts(file + second, len - second, &counts))
        return false;
    const unsigned char *times = file + second + TZIF_HEADER;
    if (second + TZIF_HEADER + size_of(&counts, 8) > len || !counts.types)
        return false;
    const unsigned char *indexes = times + counts.times * 8, *types = indexes + counts.times;
    size_t type = 0;
    for (size_t i = 0; i < counts.times && be64(times + 8 * i) <= at_s; i++)
        type = indexes[i];
    if (type >= counts.types)
        return false;
    *ret_offset_s = (int32_t)be32(types + 6 * type);
    return true;
}

/* Names come from the wire: only letters, digits, '_', '-', '+' and single '/' between them lead to a file. */
static bool is_safe(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_inner_slash = c == '/' && i && i + 1 < name.len && name.ptr[i - 1] != '/';
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' &&
            c != '+' && !is_inner_slash)
            return false;
    }
    return name.len > 0 && name.len <= ZONE_NAME_MAX;
}

bool zone_offset(Bytes name, int64_t at_s, int32_t *ret_offset_s)
{
    char path[sizeof ZONE_DIRECTORY + ZONE_NAME_MAX];
    unsigned char file[ZONE_FILE_BYTES_MAX];
    *ret_offset_s = 0;
    if (!name.len || bytes_is(name, "UTC") || bytes_is(name, "GMT"))
        return true;
    if (!is_safe(name))
        return false;
    snprintf(path, sizeof path, ZONE_DIRECTORY BYTES_FMT, BYTES_ARG(name));
    FILE *stream = fopen(path, "rbe");
    if (!stream)
        return false;
    size_t len = fread(file, 1, sizeof file, stream);
    fclose(stream);
    return offset_in(file, len, at_s, ret_offset_s);
}
