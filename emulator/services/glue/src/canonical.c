/* canonical.c */
#include "canonical.h"
#include "json_document.h"

Bytes canonical_json(Arena *arena, Bytes definition)
{
    JsonDocument *document = json_document_read(arena, definition, 0, NULL);
    if (!document->root) /* Jansson's integers have 64 bits; JSON's any number of them */
        document = json_document_read(arena, definition, JSON_DECODE_INT_AS_REAL, NULL);
    Bytes text =
        document->root ? json_document_text(arena, document->root, JSON_SORT_KEYS, definition.len) : (Bytes){0};
    json_document_close(document);
    return text;
}
