/* canonical.c */
#include "canonical.h"
#include <jansson.h>
#include <stdlib.h>

Bytes canonical_json(Arena *arena, Bytes definition)
{
    json_t *json = json_loadb(definition.ptr, definition.len, JSON_DECODE_ANY, NULL);
    if (!json)
        return (Bytes){0};
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    Bytes copy = text ? arena_copy(arena, bytes_of(text)) : (Bytes){0};
    free(text);
    json_decref(json);
    return copy;
}
