/* reference.h - what a $ref leads to. JSON Schema draft-07, section 8; RFC 6901 for its fragment. Nothing is fetched.
 */
#pragma once
#include "json_value.h"

typedef struct References References;
typedef struct Place Place;

/* Notes each value's base URI in it, and where each $id stands (id in draft-04). */
const References *references_read(Arena *arena, JsonValue *root, bool is_draft4);
/* False: it leads nowhere. *ret_target is NULL for one of the drafts' own schemas, which asks for nothing here. */
bool reference_find(const References *references, const Place *base, Bytes ref, JsonValue **ret_target);
/* "http://json-schema.org/draft-0<draft>/schema", with or without "#". */
bool is_metaschema(Bytes uri, char draft);
