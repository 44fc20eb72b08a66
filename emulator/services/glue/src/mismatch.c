/* mismatch.c */
#include "mismatch.h"

#define PATH_MAX_BYTES 1000

/* Only its beginning is told, and only that is made: names may be long, and ways deep. */
Bytes step_path(Arena *arena, const Step *step)
{
    size_t len = 0;
    if (!step)
        return TEXT("/");
    for (const Step *at = step; at; at = at->above)
        len += at->name.len + 1;
    size_t kept = len < PATH_MAX_BYTES + 1 ? len : PATH_MAX_BYTES + 1, end = len;
    char *path = arena_take_raw(arena, kept);
    for (const Step *at = step; at; at = at->above) {
        end -= at->name.len;
        if (end < kept)
            memcpy(path + end, at->name.ptr, at->name.len < kept - end ? at->name.len : kept - end);
        if (--end < kept)
            path[end] = '/';
    }
    return bytes_utf8_prefix((Bytes){path, kept}, PATH_MAX_BYTES);
}
