/* tags.h - the tags of registries and schemas. */
#pragma once
#include "schema.h"

#define TAGS_MAX 50 /* aws: Glue, "Tag restrictions": per resource */

/* "registry" or "schema", and its row. */
typedef struct Tagged {
    Bytes kind;
    int64_t id;
} Tagged;

/* Errors: InvalidInput for keys that AWS keeps to itself. */
MUST_CHECK Status glue_tags_check(Call *call, const GlueTagsMap *tags);
MUST_CHECK int glue_tags_put(Call *call, Tagged resource, const GlueTagsMap *tags);
