/* register_schema_version.c - RegisterSchemaVersion: the same definition gives the same version; an incompatible one
 * becomes a version with the status FAILURE, which is what the client libraries poll for. */
#include "schema.h"

OPERATION(GlueRegisterSchemaVersion, register_schema_version, WRITES);

static Status check_versioning(Call *call, const Schema *schema)
{
    if (bytes_equal(schema->compatibility, GLUE_COMPATIBILITY_DISABLED))
        return fail(call, &GLUE_INVALID_INPUT,
                    "Compatibility DISABLED does not allow versioning. SchemaArn: " BYTES_FMT, BYTES_ARG(schema->arn));
    return OK;
}

/* A version that failed before is looked at again: the mode, or what it is held against, may have changed. */
static Status settle_status(Call *call, Schema *schema, Version *version, bool is_compatible)
{
    if (bytes_equal(version->status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE) || !is_compatible)
        return OK;
    version->status = GLUE_SCHEMA_VERSION_STATUS_AVAILABLE;
    if (version->number > schema->latest_version)
        schema->latest_version = version->number;
    TRY(expect_ok(call, version_set_status(call, version->id, version->status)));
    return expect_ok(call, schema_save(call, schema));
}

static Status register_schema_version(Call *call, const GlueRegisterSchemaVersionInput *in,
                                      GlueRegisterSchemaVersionOutput *out)
{
    Schema schema;
    Version version;
    Bytes canonical, reason;
    bool is_compatible;

    TRY(schema_find(call, in->schema_id, &schema));
    TRY(definition_check(call, schema.data_format, in->schema_definition, &canonical));
    int found = version_by_canonical(call, &schema, canonical, &version);
    if (found == STORE_NOT_FOUND)
        TRY(check_versioning(call, &schema));
    else
        TRY(expect_ok(call, found));
    TRY(definition_is_compatible(call, &schema, in->schema_definition, &is_compatible, &reason));

    if (found == STORE_OK) {
        TRY(settle_status(call, &schema, &version, is_compatible));
    } else {
        Bytes status = is_compatible ? GLUE_SCHEMA_VERSION_STATUS_AVAILABLE : GLUE_SCHEMA_VERSION_STATUS_FAILURE;
        TRY(expect_ok(call, version_insert(call, &schema, in->schema_definition, canonical, status, &version)));
    }
    if (!is_compatible)
        log_event(call->host->log, LOG_INFO, "a schema version is not compatible", "schema",
                  arena_cstr(call->arena, schema.name), "mode", arena_cstr(call->arena, schema.compatibility), "why",
                  arena_cstr(call->arena, reason), NULL);

    out->schema_version_id = version.id;
    SET(out, version_number, version.number);
    out->status = version.status;
    return OK;
}
