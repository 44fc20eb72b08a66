/* json_value.c */
#include "json_value.h"
#include "../json_document.h"
#include "budget.h"
#include <stdlib.h>

#define SMALL 8 /* an object of so many members is looked through */

static void copy(Arena *arena, const json_t *json, JsonValue *out);

/* Values of two definitions are compared, so there is one seed: what collides costs steps, and is no error. */
static uint64_t hash_of(Bytes bytes)
{
    return bytes_hash(bytes, 0);
}

static uint64_t mix(uint64_t one, uint64_t other)
{
    const uint64_t both[] = {one, other};
    return hash_of((Bytes){(const char *)both, sizeof both});
}

static void seal_scalar(JsonValue *value)
{
    double number = value->number + 0.0; /* -0.0 is 0.0 */
    value->weight = 1;
    value->hash = mix(value->kind, value->truth);
    if (value->kind == VALUE_NUMBER)
        value->hash = mix(VALUE_NUMBER, hash_of((Bytes){(const char *)&number, sizeof number}));
}

JsonValue json_value_of_text(Bytes text)
{
    return (JsonValue){
        .kind = VALUE_STRING,
        .text = text,
        .number = (double)bytes_utf8_length(text),
        .hash = mix(VALUE_STRING, hash_of(text)),
        .weight = 1 + text.len / 256,
    };
}

JsonValue json_value_of_few(JsonValueKind kind, bool truth)
{
    JsonValue value = {.kind = kind, .truth = truth};
    seal_scalar(&value);
    return value;
}

/* Members in any order make the same object. */
static void seal_list(JsonValue *value)
{
    value->hash = mix(value->kind, value->count);
    value->weight = 1;
    for (size_t i = 0; i < value->count; i++) {
        uint64_t item = value->items[i].hash;
        value->hash =
            value->kind == VALUE_OBJECT ? value->hash + mix(hash_of(value->names[i]), item) : mix(value->hash, item);
        value->weight += value->items[i].weight + (value->kind == VALUE_OBJECT ? 4 : 0);
    }
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(**(const Bytes *const *)left, **(const Bytes *const *)right);
}

static void sort_names(Arena *arena, JsonValue *object)
{
    if (object->count <= SMALL)
        return;
    object->sorted = arena_take_array(arena, object->count, sizeof *object->sorted);
    for (size_t i = 0; i < object->count; i++)
        object->sorted[i] = &object->names[i];
    qsort(object->sorted, object->count, sizeof *object->sorted, compare_names);
}

static void copy_array(Arena *arena, const json_t *json, JsonValue *out)
{
    out->kind = VALUE_ARRAY;
    out->count = json_array_size(json);
    out->items = arena_new_array(arena, JsonValue, out->count);
    for (size_t i = 0; i < out->count; i++)
        copy(arena, json_array_get(json, i), &out->items[i]);
    seal_list(out);
}

static void copy_object(Arena *arena, const json_t *json, JsonValue *out)
{
    out->kind = VALUE_OBJECT;
    out->items = arena_new_array(arena, JsonValue, json_object_size(json));
    out->names = arena_new_array(arena, Bytes, json_object_size(json));
    for (void *at = json_object_iter((json_t *)json); at; at = json_object_iter_next((json_t *)json, at)) {
        out->names[out->count] = arena_copy(arena, (Bytes){json_object_iter_key(at), json_object_iter_key_len(at)});
        copy(arena, json_object_iter_value(at), &out->items[out->count++]);
    }
    sort_names(arena, out);
    seal_list(out);
}

static void copy_scalar(Arena *arena, const json_t *json, JsonValue *out)
{
    if (json_is_string(json)) {
        *out = json_value_of_text(arena_copy(arena, (Bytes){json_string_value(json), json_string_length(json)}));
        return;
    }
    if (json_is_number(json))
        *out = (JsonValue){.kind = VALUE_NUMBER, .number = json_number_value(json)};
    else if (json_is_boolean(json))
        *out = (JsonValue){.kind = VALUE_BOOLEAN, .truth = json_is_true(json)};
    seal_scalar(out);
}

static void copy(Arena *arena, const json_t *json, JsonValue *out)
{
    budget_descend(arena);
    budget_work(arena, 2);
    if (json_is_array(json))
        copy_array(arena, json, out);
    else if (json_is_object(json))
        copy_object(arena, json, out);
    else
        copy_scalar(arena, json, out);
}

JsonValue *json_value_read(Arena *arena, Bytes text, Bytes *ret_reason)
{
    json_error_t error;
    JsonDocument *document = json_document_read(arena, text, JSON_DECODE_INT_AS_REAL, &error);
    if (!document->root) {
        *ret_reason = arena_text(arena, "line %d: " BYTES_FMT, error.line,
                                 BYTES_ARG(json_document_reason(&error, TEXT("invalid JSON"))));
        return NULL;
    }
    JsonValue *value = arena_new_of(arena, JsonValue);
    copy(arena, document->root, value);
    json_document_close(document);
    return value;
}

static JsonValue *find_sorted(const JsonValue *object, Bytes name)
{
    const Bytes *wanted = &name;
    const Bytes **found = bsearch(&wanted, object->sorted, object->count, sizeof *object->sorted, compare_names);
    return found ? &object->items[*found - object->names] : NULL;
}

JsonValue *json_value_member(const JsonValue *object, Bytes name)
{
    if (object->kind != VALUE_OBJECT)
        return NULL;
    if (object->sorted)
        return find_sorted(object, name);
    for (size_t i = 0; i < object->count; i++)
        if (bytes_equal(object->names[i], name))
            return &object->items[i];
    return NULL;
}

static bool objects_equal(const JsonValue *a, const JsonValue *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const JsonValue *other = json_value_member(b, a->names[i]);
        if (!other || !json_value_equal(&a->items[i], other))
            return false;
    }
    return true;
}

/* No deeper than values are read. */
bool json_value_equal(const JsonValue *a, const JsonValue *b)
{
    if (a->hash != b->hash || a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == VALUE_OBJECT)
        return objects_equal(a, b);
    for (size_t i = 0; i < a->count; i++)
        if (!json_value_equal(&a->items[i], &b->items[i]))
            return false;
    return a->truth == b->truth && a->number == b->number && bytes_equal(a->text, b->text);
}

/* The values of a list in the order of their hashes. */
typedef struct JsonIndex {
    const JsonValue **sorted;
    bool has_twins;
} JsonIndex;

static int compare_hashes(const void *left, const void *right)
{
    uint64_t one = (*(const JsonValue *const *)left)->hash, other = (*(const JsonValue *const *)right)->hash;
    return (one > other) - (one < other);
}

/* Those of one hash are nearly always equal. */
static bool find_twins(Effort *effort, const JsonIndex *index, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count && index->sorted[j]->hash == index->sorted[i]->hash && effort->steps >= 0;
             j++) {
            effort->steps -= (int64_t)index->sorted[i]->weight;
            if (json_value_equal(index->sorted[i], index->sorted[j]))
                return true;
        }
    return false;
}

static JsonIndex *index_new(Effort *effort, const JsonValue *list)
{
    JsonIndex *index = arena_new_of(effort->arena, JsonIndex);
    index->sorted = arena_take_array(effort->arena, list->count, sizeof *index->sorted);
    for (size_t i = 0; i < list->count; i++)
        index->sorted[i] = &list->items[i];
    if (list->count)
        qsort(index->sorted, list->count, sizeof *index->sorted, compare_hashes);
    effort->steps -= 10 + 4 * (int64_t)list->count;
    index->has_twins = find_twins(effort, index, list->count);
    return index;
}

static const JsonIndex *index_of(Effort *effort, const JsonValue *list)
{
    Bytes key = {(const char *)&list, sizeof list};
    JsonIndex *index = map_get(effort->kept, key);
    if (!index)
        map_put(effort->kept, key, index = index_new(effort, list));
    return index;
}

Effort effort_new(Arena *arena, int64_t steps)
{
    return (Effort){arena, steps, map_new_in(arena), NULL};
}

bool json_list_has_twins(Effort *effort, const JsonValue *list)
{
    effort->steps -= 3;
    return index_of(effort, list)->has_twins;
}

bool json_list_has(Effort *effort, const JsonValue *list, const JsonValue *value)
{
    const JsonIndex *index = index_of(effort, list);
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->sorted[middle]->hash < value->hash)
            low = middle + 1;
        else
            high = middle;
    }
    effort->steps -= 5;
    for (; low < list->count && index->sorted[low]->hash == value->hash && effort->steps >= 0; low++) {
        effort->steps -= (int64_t)value->weight;
        if (json_value_equal(index->sorted[low], value))
            return true;
    }
    return false;
}

Bytes json_value_text(Arena *arena, const JsonValue *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return TEXT("null");
    case VALUE_BOOLEAN:
        return value->truth ? TEXT("true") : TEXT("false");
    case VALUE_NUMBER:
        return arena_text(arena, "%.17g", value->number);
    case VALUE_STRING:
        return arena_text(arena, "\"" BYTES_FMT "\"", BYTES_ARG(bytes_utf8_prefix(value->text, 100)));
    case VALUE_ARRAY:
        return TEXT("a list");
    case VALUE_OBJECT:
        break;
    }
    return TEXT("an object");
}
