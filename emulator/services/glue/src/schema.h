/* schema.h - schemas and their versions. */
#pragma once
#include "registry.h"

typedef struct Schema {
    int64_t id;
    Bytes registry, name, arn, description, data_format, compatibility;
    int64_t checkpoint, latest_version, next_version;
    int64_t created_ms, updated_ms;
} Schema;

typedef struct Version {
    Bytes id; /* UUID */
    int64_t schema_id, number;
    Bytes definition, status;
    int64_t created_ms;
} Version;

Bytes schema_arn(Call *call, Bytes registry, Bytes name);
/* By ARN, or by name and registry (absent: the default one). Errors: EntityNotFound "Schema is not found. …", which the
 * client libraries look for. */
MUST_CHECK Status schema_find(Call *call, const GlueSchemaId *id, Schema *ret_schema);
MUST_CHECK Status schema_by_id(Call *call, int64_t id, Schema *ret_schema);

/* By number, or the latest. Errors: EntityNotFound "Schema version is not found. …". */
MUST_CHECK Status version_find(Call *call, const Schema *schema, const GlueSchemaVersionNumber *number,
                               Version *ret_version);
MUST_CHECK Status version_find_number(Call *call, const Schema *schema, int64_t number, Version *ret_version);
/* By its UUID, in this account and region; with the schema it belongs to. */
MUST_CHECK Status version_by_id(Call *call, Bytes id, Version *ret_version, Schema *ret_schema);
/* By canonical definition: STORE_OK, STORE_NOT_FOUND or the store's code. */
MUST_CHECK int version_by_canonical(Call *call, const Schema *schema, Bytes canonical, Version *ret_version);
/* Adds the next version of the schema, whose next_version (and latest_version, where it is AVAILABLE) move. */
MUST_CHECK int version_insert(Call *call, Schema *schema, Bytes definition, Bytes canonical, Bytes status,
                              Version *ret_version);
MUST_CHECK int version_set_status(Call *call, Bytes id, Bytes status);
MUST_CHECK int schema_save(Call *call, const Schema *schema);

/* What a request names by any of its three ways: a version's UUID, or a schema and a number. */
typedef struct VersionName {
    const GlueSchemaId *schema_id;
    const GlueSchemaVersionNumber *number;
    Bytes version_id;
} VersionName;
MUST_CHECK Status version_resolve(Call *call, const VersionName *name, Version *ret_version, Schema *ret_schema);

/* Errors: InvalidInput for what isn't a schema of the format, or a format that isn't built. */
MUST_CHECK Status definition_check(Call *call, Bytes data_format, Bytes definition, Bytes *ret_canonical);
/* The same asked without a failure. Errors: InvalidInput for a format that isn't built. */
MUST_CHECK Status definition_is_valid(Call *call, Bytes data_format, Bytes definition, bool *ret_valid,
                                      Bytes *ret_reason);

/* Why a definition may not follow; a reason that is absent: it may. */
typedef struct Incompatibility {
    Bytes path;   /* where in the definition */
    Bytes reason; /* which version, and in words */
} Incompatibility;
/* Is the definition compatible, by the schema's mode, with the versions it must be? */
MUST_CHECK Status definition_is_compatible(Call *call, const Schema *schema, Bytes definition,
                                           Incompatibility *ret_why);
