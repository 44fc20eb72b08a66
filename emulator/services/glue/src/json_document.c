/* json_document.c */
#include "json_document.h"
#include "budget.h"

static void close_it(void *document)
{
    json_document_close(document);
}

void json_document_close(JsonDocument *document)
{
    json_decref(document->root);
    document->root = NULL;
}

JsonDocument *json_document_new(Arena *arena)
{
    JsonDocument *document = arena_new_of(arena, JsonDocument);
    arena_defer(arena, close_it, document);
    return document;
}

/* A letter is a step; a value, which Jansson takes memory for, two more. */
static uint64_t steps_of(Bytes text)
{
    uint64_t steps = text.len;
    for (size_t i = 0; i < text.len; i++)
        steps += text.ptr[i] == ',' ? 2 : 0;
    return steps;
}

JsonDocument *json_document_read(Arena *arena, Bytes text, size_t flags, json_error_t *ret_error)
{
    JsonDocument *document = json_document_new(arena);
    budget_work(arena, steps_of(text));
    document->root = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | flags, ret_error);
    return document;
}

Bytes json_document_reason(const json_error_t *error, Bytes otherwise)
{
    Bytes what = bytes_of(error->text);
    return bytes_is_utf8(what) ? what : otherwise;
}

Bytes json_document_text(Arena *arena, const json_t *json, size_t flags, size_t likely_bytes)
{
    size_t all = JSON_COMPACT | JSON_ENCODE_ANY | flags;
    char *text = arena_take_raw(arena, likely_bytes);
    size_t len = json_dumpb(json, text, likely_bytes, all);
    if (len > likely_bytes) {
        text = arena_take_raw(arena, len);
        json_dumpb(json, text, len, all);
    }
    return (Bytes){text, len};
}
