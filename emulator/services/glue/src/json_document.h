/* json_document.h - a JSON text as Jansson reads it, whose memory goes with an arena's, or before. */
#pragma once
#include "arena.h"
#include <jansson.h>

typedef struct JsonDocument {
    json_t *root;
} JsonDocument;

/* Empty: what is put into root goes with the arena. */
JsonDocument *json_document_new(Arena *arena);
/* root NULL, with the reason in *ret_error: it isn't JSON. */
JsonDocument *json_document_read(Arena *arena, Bytes text, size_t flags, json_error_t *ret_error);
/* What is done with early need not stay until the arena goes. */
void json_document_close(JsonDocument *document);
/* Jansson quotes what it stumbles over, and may cut it inside a character. */
Bytes json_document_reason(const json_error_t *error, Bytes otherwise);
/* Compact, with sorted members where the flags say so. likely_bytes: its length, as near as one knows. */
Bytes json_document_text(Arena *arena, const json_t *json, size_t flags, size_t likely_bytes);
