/* tags.h - the tags of registries, schemas and databases. */
#pragma once
#include "schema.h"
#include "tagging.h"

/* kind: "registry", "schema" or "database"; id: its row. */
TagOwner glue_tags_of(Bytes kind, int64_t id);
/* Errors: InvalidInput for keys that AWS keeps to itself. */
MUST_CHECK Status glue_tags_check(Call *call, const GlueTagsMap *tags);
