/* glue.h - the Glue Schema Registry. */
#pragma once
#include "call.h"
#include <jansson.h>

typedef struct Glue Glue;

extern const Service glue_service;

typedef struct GlueOptions {
    int64_t pending_ms; /* how long a new version is PENDING and what is deleted DELETING, on the emulator's clock */
    bool ignores_json;  /* schemas of the format JSON: each version that parses is AVAILABLE */
} GlueOptions;

Glue *glue_open(Host *host, const GlueOptions *options);
Glue *glue_close(Glue *glue); /* returns NULL */

/* Appends the versions that failed their compatibility check, newest first, at most 100, of all accounts and regions:
 * schemaArn, version, schemaVersionId, mode, path, reason, createdTime. */
MUST_CHECK int glue_failures(Glue *glue, Arena *arena, json_t *list);
