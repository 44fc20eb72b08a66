/* mismatch.c */
#include "mismatch.h"

#define PATH_MAX_BYTES 1000

Bytes step_path(Arena *arena, const Step *step)
{
    size_t len = 0;
    if (!step)
        return TEXT("/");
    for (const Step *at = step; at; at = at->above)
        len += at->name.len + 1;
    char *path = arena_take_raw(arena, len), *end = path + len;
    for (const Step *at = step; at; at = at->above) {
        end -= at->name.len;
        memcpy(end, at->name.ptr, at->name.len);
        *--end = '/';
    }
    return bytes_utf8_prefix((Bytes){path, len}, PATH_MAX_BYTES);
}
