/* registry.h - registries: named groups of schemas. */
#pragma once
#include "glue_model.h"
#include "state.h"

#define DEFAULT_REGISTRY TEXT("default-registry")
/* aws: Glue Developer Guide, "Quotas of the Schema registry" */
#define REGISTRIES_MAX 10   /* per region */
#define SCHEMAS_MAX    1000 /* per region */
#define VERSIONS_MAX   1000 /* per schema */
#define NAME_MAX_BYTES 255  /* of a registry or schema */
#define PAGE_DEFAULT   25
#define REASON_MAX     1000 /* bytes of a reason that is told */

typedef struct Registry {
    int64_t id;
    Bytes name, arn, description;
    int64_t created_ms, updated_ms;
    bool is_deleting;
} Registry;

/* Is it a name of a registry or schema; absent is one. parameter: "registryName". Errors: InvalidInput. */
MUST_CHECK Status glue_name_check(Call *call, Bytes name, const char *parameter);
/* By name or ARN. Errors: EntityNotFound; InvalidInput where neither or both are given. */
MUST_CHECK Status registry_find(Call *call, const GlueRegistryId *id, Registry *ret_registry);
/* For an operation that changes it or its schemas. Errors: InvalidInput where it is DELETING. */
MUST_CHECK Status registry_for_change(Call *call, const GlueRegistryId *id, Registry *ret_registry);
/* Absent: the default registry, which is made where it isn't there yet, also where it is named. */
MUST_CHECK Status registry_for_new_schema(Call *call, const GlueRegistryId *id, Registry *ret_registry);
MUST_CHECK int registry_insert(Call *call, Bytes name, Bytes description);
Bytes registry_arn(Call *call, Bytes name);
Bytes registry_status(const Registry *registry);

/* What stands behind "<kind>/" in an ARN of this service, account and region; absent: it isn't one. */
Bytes arn_resource(const Call *call, Bytes text, Bytes kind);
/* As this service tells times: ISO 8601 text. */
Bytes time_text(Arena *arena, int64_t ms);
/* A token is a number, told as text. Errors: InvalidInput. */
MUST_CHECK Status token_read(Call *call, Bytes token, int64_t *ret_after);
