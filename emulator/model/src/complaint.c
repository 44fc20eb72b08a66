/* complaint.c - the message of all that is wrong. */
#include "complaint.h"
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 64 /* "10 validation errors detected: " */

Bytes complaints_message(Arena *arena, const Complaints *complaints)
{
    size_t size = HEAD_BYTES;
    for (int i = 0; i < complaints->count; i++)
        size += complaints->items[i].text.len + 2;
    char *text = arena_take_raw(arena, size);
    char *at = text + snprintf(text, HEAD_BYTES, "%d validation error%s detected: ", complaints->count,
                               complaints->count == 1 ? "" : "s");
    for (int i = 0; i < complaints->count; i++) {
        at = mempcpy(at, "; ", i ? 2 : 0);
        at = mempcpy(at, complaints->items[i].text.ptr, complaints->items[i].text.len);
    }
    return (Bytes){text, (size_t)(at - text)};
}
