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

static bool is_available(const Version *version)
{
    return bytes_equal(version->status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE);
}

static void log_failure(Call *call, const Schema *schema, int64_t number, const Incompatibility *why)
{
    log_event(call->host->log, LOG_WARN, "a schema version is not compatible", "schema",
              arena_cstr(call->arena, schema->arn), "version",
              arena_cstr(call->arena, arena_text(call->arena, "%lld", (long long)number)), "mode",
              arena_cstr(call->arena, schema->compatibility), "path", arena_cstr(call->arena, why->path), "why",
              arena_cstr(call->arena, why->reason), NULL);
}

static Status add_version(Call *call, Schema *schema, const GlueRegisterSchemaVersionInput *in, Bytes canonical,
                          Version *ret_version)
{
    Incompatibility why;
    TRY(check_versioning(call, schema));
    TRY(definition_is_compatible(call, schema, in->schema_definition, &why));
    if (present(why.reason))
        log_failure(call, schema, schema->next_version, &why);
    Bytes status = present(why.reason) ? GLUE_SCHEMA_VERSION_STATUS_FAILURE : GLUE_SCHEMA_VERSION_STATUS_AVAILABLE;
    return expect_ok(call, version_insert(call, schema, in->schema_definition, canonical, status, ret_version));
}

/* A version that failed before is looked at again: the mode, or what it is held against, may have changed. */
static Status look_again(Call *call, Schema *schema, Version *version)
{
    Incompatibility why;
    TRY(definition_is_compatible(call, schema, version->definition, &why));
    if (present(why.reason)) {
        log_failure(call, schema, version->number, &why);
        return OK;
    }
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
    Bytes canonical;

    TRY(schema_find(call, in->schema_id, &schema));
    TRY(definition_check(call, schema.data_format, in->schema_definition, &canonical));
    int found = version_by_canonical(call, &schema, canonical, &version);

    if (found == STORE_NOT_FOUND)
        TRY(add_version(call, &schema, in, canonical, &version));
    else
        TRY(expect_ok(call, found));
    if (found == STORE_OK && !is_available(&version))
        TRY(look_again(call, &schema, &version));

    out->schema_version_id = version.id;
    SET(out, version_number, version.number);
    out->status = version.status;
    return OK;
}
