/* reset.c - removes registries with all that is in them. */
#include "reset.h"

#define REGISTRIES "(SELECT id FROM glue_registry WHERE " IN_NAMESPACE ")"
#define SCHEMAS    "(SELECT id FROM glue_schema WHERE registry_id IN " REGISTRIES ")"
static const Query reset_metadata = {
    "DELETE FROM glue_version_metadata WHERE version_id IN (SELECT id FROM glue_version WHERE "
    "schema_id IN " SCHEMAS ")"};
static const Query reset_versions = {"DELETE FROM glue_version WHERE schema_id IN " SCHEMAS};
static const Query reset_schemas = {"DELETE FROM glue_schema WHERE registry_id IN " REGISTRIES};
static const Query reset_registries = {"DELETE FROM glue_registry WHERE " IN_NAMESPACE};

int glue_reset(void *service, Bytes account, Bytes region)
{
    static const Query *const queries[] = {&reset_metadata, &reset_versions, &reset_schemas, &reset_registries, NULL};
    return reset_rows(glue_store(service), queries, account, region);
}
