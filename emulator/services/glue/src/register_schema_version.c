/* register_schema_version.c - RegisterSchemaVersion: the same definition gives the same version; an incompatible one
 * becomes a version with the status FAILURE, which is what the client libraries poll for. */
#include "schema.h"

OPERATION(GlueRegisterSchemaVersion, register_schema_version, WRITES);

static const Query count = {"SELECT count(*) FROM glue_version WHERE schema_id = ?1"};

static Bytes or_null(Bytes text)
{
    return present(text) ? text : TEXT("null");
}

/* aws: Glue Developer Guide: "DISABLED: This compatibility choice prevents versioning for a particular schema." An
 * error, no version with the status FAILURE, also for the definition that is there: so AWS's developers of the registry
 * tested another emulator (moto, test_register_schema_version_invalid_compatibility_disabled). */
static Status check_mode(Call *call, const Schema *schema, const GlueSchemaId *id)
{
    if (bytes_equal(schema->compatibility, GLUE_COMPATIBILITY_DISABLED))
        return fail(call, &GLUE_INVALID_INPUT,
                    "Compatibility DISABLED does not allow versioning. SchemaId: SchemaId(schemaArn=" BYTES_FMT
                    ", schemaName=" BYTES_FMT ", registryName=" BYTES_FMT ")",
                    BYTES_ARG(or_null(id->schema_arn)), BYTES_ARG(or_null(id->schema_name)),
                    BYTES_ARG(or_null(id->registry_name)));
    return OK;
}

static Status check_room(Call *call, const Schema *schema)
{
    Statement *row = statement_begin(call->store, &count);
    bind_int64(row, 1, schema->id);
    int64_t there = 0;
    TRY(expect_ok(call, statement_one_number(row, &there)));
    if (there >= VERSIONS_MAX)
        return fail(call, &GLUE_RESOURCE_NUMBER_LIMIT_EXCEEDED,
                    "More schema versions cannot be created. The maximum limit has been reached.");
    return OK;
}

static void log_failure(Call *call, const Schema *schema, int64_t number, const Incompatibility *why)
{
    log_event(call->runtime->log, LOG_WARN, "a schema version is not compatible", "schema",
              arena_cstr(call->arena, schema->arn), "version",
              arena_cstr(call->arena, arena_text(call->arena, "%lld", (long long)number)), "mode",
              arena_cstr(call->arena, schema->compatibility), "path", arena_cstr(call->arena, why->path), "why",
              arena_cstr(call->arena, why->reason), NULL);
}

static Status add_version(Call *call, Schema *schema, NewVersion *new, Version *ret_version)
{
    Incompatibility why;
    TRY(definition_is_compatible(call, schema, new->definition, &why));
    if (present(why.reason))
        log_failure(call, schema, schema->next_version, &why);
    new->why = &why;
    new->is_pending = true;
    return expect_ok(call, version_insert(call, schema, new, ret_version));
}

/* A version that failed before is looked at again: the mode, or what it is held against, may have changed. */
static Status look_again(Call *call, const Schema *schema, const Definition *definition, Version *version)
{
    Incompatibility why;
    TRY(definition_is_compatible(call, schema, definition, &why));
    if (present(why.reason))
        log_failure(call, schema, version->number, &why);
    return expect_ok(call, version_settle(call, schema, &why, version));
}

static Status register_schema_version(Call *call, const GlueRegisterSchemaVersionInput *in,
                                      GlueRegisterSchemaVersionOutput *out)
{
    Schema schema;
    Version version;
    Definition definition;
    NewVersion new = {.definition = &definition};

    TRY(schema_for_change(call, in->schema_id, &schema));
    TRY(check_mode(call, &schema, in->schema_id));
    TRY(definition_check(call, schema.data_format, in->schema_definition, &definition));
    int found = version_by_canonical(call, &schema, definition.canonical, &version);
    if (found == STORE_NOT_FOUND)
        TRY(check_room(call, &schema));
    else
        TRY(expect_ok(call, found));

    if (found == STORE_NOT_FOUND)
        TRY(add_version(call, &schema, &new, &version));
    else if (bytes_equal(version.status, GLUE_SCHEMA_VERSION_STATUS_FAILURE))
        TRY(look_again(call, &schema, &definition, &version));

    out->schema_version_id = version.id;
    SET(out, version_number, version.number);
    out->status = version.status;
    return OK;
}
