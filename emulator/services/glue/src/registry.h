/* registry.h - registries: named groups of schemas. */
#pragma once
#include "glue.h"
#include "glue_model.h"

#define DEFAULT_REGISTRY TEXT("default-registry")
#define REGISTRIES_MAX   10 /* aws: quotas of the schema registry, per region */

typedef struct Registry {
    int64_t id;
    Bytes name, arn, description;
    int64_t created_ms, updated_ms;
} Registry;

/* By name or ARN; NULL or empty: the default registry. Errors: EntityNotFound. */
MUST_CHECK Status registry_find(Call *call, const GlueRegistryId *id, Registry *ret_registry);
/* The same, but the default registry is made where it isn't there yet. */
MUST_CHECK Status registry_find_or_default(Call *call, const GlueRegistryId *id, Registry *ret_registry);
MUST_CHECK int registry_insert(Call *call, Bytes name, Bytes description);
Bytes registry_arn(Call *call, Bytes name);
/* As this service tells times: ISO 8601 text. */
Bytes time_text(Arena *arena, int64_t ms);
/* A token is a number, told as text. Errors: InvalidInput. */
MUST_CHECK Status token_read(Call *call, Bytes token, int64_t *ret_after);
