/* mismatch.c */
#include "mismatch.h"

static void put(char *path, size_t at, Bytes text)
{
    if (at < MISMATCH_PATH_MAX && text.len)
        memcpy(path + at, text.ptr, text.len < MISMATCH_PATH_MAX - at ? text.len : MISMATCH_PATH_MAX - at);
}

/* Only its beginning is told, and only that is made: names may be long, and ways deep. */
size_t step_path_into(const Step *step, char path[static MISMATCH_PATH_MAX])
{
    size_t end = 0;
    for (const Step *at = step; at; at = at->above)
        end += at->name.len + 1;
    size_t len = end;
    for (const Step *at = step; at; at = at->above) {
        end -= at->name.len;
        put(path, end, at->name);
        put(path, --end, TEXT("/"));
    }
    if (!step)
        path[len++] = '/';
    return len <= MISMATCH_PATH_MAX ? len
                                    : bytes_utf8_prefix((Bytes){path, MISMATCH_PATH_MAX}, MISMATCH_PATH_MAX - 4).len;
}

Bytes step_path(Arena *arena, const Step *step)
{
    char path[MISMATCH_PATH_MAX];
    return arena_copy(arena, (Bytes){path, step_path_into(step, path)});
}
