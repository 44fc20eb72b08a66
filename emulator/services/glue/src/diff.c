/* diff.c - objects are compared member by member; lists where their equal beginnings and ends leave something. */
#include "diff.h"
#include "budget.h"
#include "json_document.h"
#include <stdio.h>
#include <stdlib.h>

#define TIMES_LONGER 4  /* than both definitions may a patch be */
#define INDEX_MAX    24 /* letters of one, and before it */

/* What Jansson has read, with hashes: most of two definitions is the same, and is seen to be without going down. */
typedef struct Node {
    const json_t *json;
    Bytes name; /* as a member */
    struct Node *children;
    size_t count;
    uint64_t hash;
} Node;

typedef struct Diff {
    Arena *arena;
    char *path, *text;
    size_t path_len, text_len, room;
    bool is_over;
} Diff;

static void diff_values(Diff *diff, const Node *from, const Node *to);

static uint64_t hash_of(Bytes bytes, uint64_t before)
{
    return bytes_hash(bytes, before);
}

static uint64_t hash_scalar(const json_t *json)
{
    double number = json_number_value(json);
    json_int_t integer = json_integer_value(json);
    uint64_t kind = (uint64_t)json_typeof(json);
    if (json_is_string(json))
        return hash_of((Bytes){json_string_value(json), json_string_length(json)}, kind);
    if (json_is_integer(json))
        return hash_of((Bytes){(const char *)&integer, sizeof integer}, kind);
    return hash_of((Bytes){(const char *)&number, sizeof number}, kind);
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(((const Node *)left)->name, ((const Node *)right)->name);
}

static void list_members(Node *node)
{
    for (void *at = json_object_iter((json_t *)node->json); at; at = json_object_iter_next((json_t *)node->json, at))
        node->children[node->count++] = (Node){.json = json_object_iter_value(at),
                                               .name = {json_object_iter_key(at), json_object_iter_key_len(at)}};
    if (node->count)
        qsort(node->children, node->count, sizeof *node->children, compare_names);
}

static void list_items(Node *node)
{
    for (; node->count < json_array_size(node->json); node->count++)
        node->children[node->count].json = json_array_get(node->json, node->count);
}

static void read_node(Arena *arena, Node *node)
{
    budget_descend(arena);
    budget_work(arena, 2);
    if (!json_is_object(node->json) && !json_is_array(node->json)) {
        node->hash = hash_scalar(node->json);
        return;
    }
    bool is_object = json_is_object(node->json);
    node->children =
        arena_new_array(arena, Node, is_object ? json_object_size(node->json) : json_array_size(node->json));
    if (is_object)
        list_members(node);
    else
        list_items(node);
    node->hash = (uint64_t)json_typeof(node->json);
    for (size_t i = 0; i < node->count; i++) {
        read_node(arena, &node->children[i]);
        node->hash = hash_of((Bytes){(const char *)&node->children[i].hash, sizeof node->hash},
                             hash_of(node->children[i].name, node->hash));
    }
}

static bool equal(const Node *one, const Node *other)
{
    return one->hash == other->hash && json_equal(one->json, other->json);
}

static void put(Diff *diff, Bytes text)
{
    diff->is_over = diff->is_over || text.len > diff->room - diff->text_len;
    if (!diff->is_over)
        memcpy(diff->text + diff->text_len, text.ptr, text.len);
    diff->text_len += diff->is_over ? 0 : text.len;
}

static void put_json(Diff *diff, const json_t *json)
{
    size_t room = diff->room - diff->text_len;
    size_t len =
        diff->is_over ? 0 : json_dumpb(json, diff->text + diff->text_len, room, JSON_COMPACT | JSON_ENCODE_ANY);
    diff->is_over = diff->is_over || len > room;
    diff->text_len += diff->is_over ? 0 : len;
}

/* value NULL: none. */
static void add(Diff *diff, const char *operation, const json_t *value)
{
    json_t *path = json_stringn(diff->path, diff->path_len);
    put(diff, diff->text_len > 1 ? TEXT(",{\"op\":\"") : TEXT("{\"op\":\""));
    put(diff, bytes_of(operation));
    put(diff, TEXT("\",\"path\":"));
    put_json(diff, path);
    json_decref(path);
    if (value) {
        put(diff, TEXT(",\"value\":"));
        put_json(diff, value);
    }
    put(diff, TEXT("}"));
}

/* RFC 6901: "'~' needs to be encoded as '~0' and '/' needs to be encoded as '~1'". Returns where the path ended. */
static size_t enter(Diff *diff, Bytes name)
{
    size_t before = diff->path_len;
    diff->path[diff->path_len++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        bool is_special = name.ptr[i] == '~' || name.ptr[i] == '/';
        diff->path[diff->path_len++] = is_special ? '~' : name.ptr[i];
        if (is_special)
            diff->path[diff->path_len++] = name.ptr[i] == '~' ? '0' : '1';
    }
    return before;
}

static size_t enter_index(Diff *diff, size_t index)
{
    char text[INDEX_MAX];
    return enter(diff, (Bytes){text, (size_t)snprintf(text, sizeof text, "%zu", index)});
}

/* Of one of the two, or of both. */
static void diff_member(Diff *diff, const Node *from, const Node *to)
{
    if (diff->is_over || (from && to && equal(from, to)))
        return;
    size_t before = enter(diff, from ? from->name : to->name);
    if (from && to)
        diff_values(diff, from, to);
    else
        add(diff, from ? "remove" : "add", from ? NULL : to->json);
    diff->path_len = before;
}

static void diff_objects(Diff *diff, const Node *from, const Node *to)
{
    size_t i = 0, j = 0;
    while (i < from->count || j < to->count) {
        int order = i == from->count ? 1 : j == to->count ? -1 : compare_names(&from->children[i], &to->children[j]);
        diff_member(diff, order <= 0 ? &from->children[i] : NULL, order >= 0 ? &to->children[j] : NULL);
        i += order <= 0;
        j += order >= 0;
    }
}

static void diff_item(Diff *diff, size_t index, const Node *from, const Node *to)
{
    if (diff->is_over)
        return;
    size_t before = enter_index(diff, index);
    if (from && to)
        diff_values(diff, from, to);
    else
        add(diff, from ? "remove" : "add", from ? NULL : to->json);
    diff->path_len = before;
}

static void diff_arrays(Diff *diff, const Node *from, const Node *to)
{
    size_t before = from->count, after = to->count, same = 0;
    while (same < before && same < after && equal(&from->children[same], &to->children[same]))
        same++;
    while (before > same && after > same && equal(&from->children[before - 1], &to->children[after - 1]))
        before--, after--;
    for (size_t i = same; i < before && i < after; i++)
        diff_item(diff, i, &from->children[i], &to->children[i]);
    for (size_t i = before; i > after; i--)
        diff_item(diff, i - 1, &from->children[i - 1], NULL);
    for (size_t i = before > same ? before : same; i < after; i++)
        diff_item(diff, i, NULL, &to->children[i]);
}

static void diff_values(Diff *diff, const Node *from, const Node *to)
{
    budget_descend(diff->arena);
    if (json_is_object(from->json) && json_is_object(to->json))
        diff_objects(diff, from, to);
    else if (json_is_array(from->json) && json_is_array(to->json))
        diff_arrays(diff, from, to);
    else if (!equal(from, to))
        add(diff, "replace", to->json);
}

static Bytes replace_whole(Arena *arena, const json_t *value, size_t likely_bytes)
{
    Bytes text = json_document_text(arena, value, 0, likely_bytes);
    return arena_text(arena, "[{\"op\":\"replace\",\"path\":\"\",\"value\":" BYTES_FMT "}]", BYTES_ARG(text));
}

static Bytes diff_texts(Arena *arena, Bytes from, Bytes to)
{
    if (bytes_equal(from, to))
        return TEXT("[]");
    JsonDocument *text = json_document_new(arena);
    text->root = json_stringn(to.ptr, to.len);
    return replace_whole(arena, text->root, to.len + 100);
}

static Bytes diff_json(Arena *arena, const json_t *from, const json_t *to, size_t bytes)
{
    Node before = {.json = from}, after = {.json = to};
    Diff diff = {.arena = arena, .room = TIMES_LONGER * bytes + 1024};
    read_node(arena, &before);
    read_node(arena, &after);
    /* Each letter of a name may become two, each level may be an index. */
    diff.path = arena_take_raw(arena, 2 * bytes + INDEX_MAX * (JSON_PARSER_MAX_DEPTH + 1));
    diff.text = arena_take_raw(arena, diff.room);
    put(&diff, TEXT("["));
    diff_values(&diff, &before, &after);
    put(&diff, TEXT("]"));
    return diff.is_over ? replace_whole(arena, to, bytes) : (Bytes){diff.text, diff.text_len};
}

Bytes diff_definitions(Arena *arena, Bytes from, Bytes to)
{
    const JsonDocument *before = json_document_read(arena, from, 0, NULL);
    const JsonDocument *after = json_document_read(arena, to, 0, NULL);
    if (before->root && after->root)
        return diff_json(arena, before->root, after->root, from.len + to.len);
    return diff_texts(arena, from, to);
}
