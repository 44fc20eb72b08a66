/* schema.h - schemas and their versions. */
#pragma once
#include "registry.h"

typedef struct Schema {
    int64_t id, registry_id;
    Bytes registry, name, arn, description, data_format, compatibility;
    int64_t checkpoint, next_version;
    int64_t latest_version; /* the last that is AVAILABLE */
    int64_t created_ms, updated_ms;
    bool is_deleting; /* it, or its registry */
} Schema;

typedef struct Version {
    Bytes id; /* UUID */
    int64_t schema_id, number;
    Bytes definition;
    Bytes status;  /* as it is told: PENDING while the check is under way */
    Bytes verdict; /* AVAILABLE or FAILURE */
    int64_t created_ms;
    int64_t settled_ms; /* the check is under way until then */
    bool is_deleting;
} Version;

/* Why a definition may not follow; a reason that is absent: it may. */
typedef struct Incompatibility {
    Bytes path;   /* where in the definition */
    Bytes reason; /* which version, and in words */
} Incompatibility;

Bytes schema_arn(Call *call, Bytes registry, Bytes name);
Bytes schema_status(const Schema *schema);
/* By ARN, or by name and registry. Errors: EntityNotFound "Schema is not found. …", which the
 * client libraries look for; InvalidInput where neither or both are given. */
MUST_CHECK Status schema_find(Call *call, const GlueSchemaId *id, Schema *ret_schema);
/* For an operation that changes it. Errors: InvalidInput where it, or its registry, is DELETING. */
MUST_CHECK Status schema_for_change(Call *call, const GlueSchemaId *id, Schema *ret_schema);
MUST_CHECK Status schema_by_id(Call *call, int64_t id, Schema *ret_schema);
/* Description, compatibility, checkpoint and next_version. */
MUST_CHECK int schema_save(Call *call, const Schema *schema);

/* By number, or the latest. Errors: EntityNotFound "Schema version is not found. …". */
MUST_CHECK Status version_find(Call *call, const Schema *schema, const GlueSchemaVersionNumber *number,
                               Version *ret_version);
MUST_CHECK Status version_find_number(Call *call, const Schema *schema, int64_t number, Version *ret_version);
/* The same without its definition. */
MUST_CHECK Status version_find_bare(Call *call, const Schema *schema, int64_t number, Version *ret_version);
/* By its UUID, in this account and region; with the schema it belongs to. */
MUST_CHECK Status version_by_id(Call *call, Bytes id, Version *ret_version, Schema *ret_schema);
/* By canonical definition, which is not read again; whatever its status but DELETING: STORE_OK, STORE_NOT_FOUND or the
 * store's code. */
MUST_CHECK int version_by_canonical(Call *call, const Schema *schema, Bytes canonical, Version *ret_version);

typedef struct NewVersion {
    const struct Definition *definition;
    const Incompatibility *why; /* a reason in it: FAILURE */
    bool is_pending;            /* as long as the settings say */
} NewVersion;
/* Adds the next version of the schema, whose next_version moves. */
MUST_CHECK int version_insert(Call *call, Schema *schema, const NewVersion *new, Version *ret_version);
/* Another verdict on one that is there. */
MUST_CHECK int version_settle(Call *call, const Schema *schema, const Incompatibility *why, Version *version);

/* What a request names by any of its three ways: a version's UUID, or a schema and a number. */
typedef struct VersionName {
    const GlueSchemaId *schema_id;
    const GlueSchemaVersionNumber *number;
    Bytes version_id;
} VersionName;
MUST_CHECK Status version_resolve(Call *call, const VersionName *name, Version *ret_version, Schema *ret_schema);

/* A definition that is one. */
typedef struct Definition {
    Bytes text, canonical;
    const struct Format *format;
    const void *parsed; /* by the format */
} Definition;

/* Errors: InvalidInput for what isn't a schema of the format, or a format that isn't built. */
MUST_CHECK Status definition_check(Call *call, Bytes data_format, Bytes text, Definition *ret_definition);
/* The same asked without a failure. Errors: InvalidInput for a format that isn't built. */
MUST_CHECK Status definition_is_valid(Call *call, Bytes data_format, Bytes definition, bool *ret_valid,
                                      Bytes *ret_reason);
/* Is the definition compatible, by the schema's mode, with the versions it must be? */
MUST_CHECK Status definition_is_compatible(Call *call, const Schema *schema, const Definition *definition,
                                           Incompatibility *ret_why);
