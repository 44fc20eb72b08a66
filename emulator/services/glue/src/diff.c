/* diff.c - objects are compared member by member; lists where their equal beginnings and ends leave something. */
#include "diff.h"
#include <jansson.h>
#include <stdlib.h>

typedef struct Diff {
    Arena *arena;
    json_t *patch;
} Diff;

static void diff_values(Diff *diff, Bytes path, json_t *from, json_t *to);

/* RFC 6901: "'~' needs to be encoded as '~0' and '/' needs to be encoded as '~1'" */
static Bytes below(Arena *arena, Bytes path, const char *key)
{
    size_t len = strlen(key), at = path.len;
    char *text = arena_take_raw(arena, path.len + 1 + 2 * len);
    memcpy(text, path.ptr, path.len);
    text[at++] = '/';
    for (size_t i = 0; i < len; i++) {
        bool is_special = key[i] == '~' || key[i] == '/';
        text[at++] = is_special ? '~' : key[i];
        if (is_special)
            text[at++] = key[i] == '~' ? '0' : '1';
    }
    return (Bytes){text, at};
}

static Bytes below_index(Arena *arena, Bytes path, size_t index)
{
    return arena_text(arena, BYTES_FMT "/%zu", BYTES_ARG(path), index);
}

/* value NULL: none. */
static void add(Diff *diff, const char *operation, Bytes path, json_t *value)
{
    json_t *step = json_object();
    json_object_set_new(step, "op", json_string(operation));
    json_object_set_new(step, "path", json_stringn(path.ptr, path.len));
    if (value)
        json_object_set(step, "value", value);
    json_array_append_new(diff->patch, step);
}

static void diff_objects(Diff *diff, Bytes path, json_t *from, json_t *to)
{
    const char *key;
    json_t *value;
    json_object_foreach(from, key, value)
    {
        json_t *other = json_object_get(to, key);
        if (other)
            diff_values(diff, below(diff->arena, path, key), value, other);
        else
            add(diff, "remove", below(diff->arena, path, key), NULL);
    }
    json_object_foreach(to, key, value)
    {
        if (!json_object_get(from, key))
            add(diff, "add", below(diff->arena, path, key), value);
    }
}

static void diff_arrays(Diff *diff, Bytes path, json_t *from, json_t *to)
{
    size_t before = json_array_size(from), after = json_array_size(to), same = 0;
    while (same < before && same < after && json_equal(json_array_get(from, same), json_array_get(to, same)))
        same++;
    while (before > same && after > same && json_equal(json_array_get(from, before - 1), json_array_get(to, after - 1)))
        before--, after--;
    for (size_t i = same; i < before && i < after; i++)
        diff_values(diff, below_index(diff->arena, path, i), json_array_get(from, i), json_array_get(to, i));
    for (size_t i = before; i > after; i--)
        add(diff, "remove", below_index(diff->arena, path, i - 1), NULL);
    for (size_t i = before > same ? before : same; i < after; i++)
        add(diff, "add", below_index(diff->arena, path, i), json_array_get(to, i));
}

static void diff_values(Diff *diff, Bytes path, json_t *from, json_t *to)
{
    if (json_is_object(from) && json_is_object(to))
        diff_objects(diff, path, from, to);
    else if (json_is_array(from) && json_is_array(to))
        diff_arrays(diff, path, from, to);
    else if (!json_equal(from, to))
        add(diff, "replace", path, to);
}

static json_t *load(Bytes definition)
{
    return json_loadb(definition.ptr, definition.len, JSON_DECODE_ANY, NULL);
}

Bytes diff_definitions(Arena *arena, Bytes from, Bytes to)
{
    Diff diff = {arena, json_array()};
    json_t *before = load(from), *after = load(to);
    if (before && after)
        diff_values(&diff, TEXT(""), before, after);
    else if (!bytes_equal(from, to))
        add(&diff, "replace", TEXT(""), json_stringn(to.ptr, to.len));
    char *text = json_dumps(diff.patch, JSON_COMPACT);
    Bytes copy = arena_copy(arena, bytes_of(text));
    free(text);
    json_decref(before);
    json_decref(after);
    json_decref(diff.patch);
    return copy;
}
