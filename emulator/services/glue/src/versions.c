/* versions.c - GetSchemaVersion, GetSchemaByDefinition, ListSchemaVersions, DeleteSchemaVersions,
 * CheckSchemaVersionValidity. */
#include "lifetimes.h"
#include "schema.h"

OPERATION(GlueGetSchemaVersion, get_schema_version, READS);
OPERATION(GlueGetSchemaByDefinition, get_schema_by_definition, READS);
OPERATION(GlueListSchemaVersions, list_schema_versions, READS);
OPERATION(GlueDeleteSchemaVersions, delete_schema_versions, WRITES);
OPERATION(GlueCheckSchemaVersionValidity, check_schema_version_validity, READS);

static const Query list = {"SELECT id, number, status, created_ms, settled_ms FROM glue_version WHERE schema_id = ?1"
                           " AND number > ?2 AND gone_ms IS NULL ORDER BY number LIMIT ?3"};
static const Query delete_it = {"UPDATE glue_version SET gone_ms = ?2 WHERE id = ?1 AND gone_ms IS NULL"};

static Status get_schema_version(Call *call, const GlueGetSchemaVersionInput *in, GlueGetSchemaVersionOutput *out)
{
    VersionName name = {in->schema_id, in->schema_version_number, in->schema_version_id};
    Version version;
    Schema schema;
    TRY(version_resolve(call, &name, &version, &schema));
    out->schema_version_id = version.id;
    out->schema_definition = version.definition;
    out->data_format = schema.data_format;
    out->schema_arn = schema.arn;
    SET(out, version_number, version.number);
    out->status = version.status;
    out->created_time = time_text(call->arena, version.created_ms);
    return OK;
}

static Status get_schema_by_definition(Call *call, const GlueGetSchemaByDefinitionInput *in,
                                       GlueGetSchemaByDefinitionOutput *out)
{
    Schema schema;
    Version version;
    Definition definition;
    TRY(schema_find(call, in->schema_id, &schema));
    TRY(definition_check(call, schema.data_format, in->schema_definition, &definition));
    int code = version_by_canonical(call, &schema, definition.canonical, &version);
    /* aws: whatever its status: both client libraries look for "Schema Found but status is FAILURE" themselves. */
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Schema version is not found. RegistryName: " BYTES_FMT ", SchemaName: " BYTES_FMT
                    ", SchemaArn: " BYTES_FMT,
                    BYTES_ARG(schema.registry), BYTES_ARG(schema.name), BYTES_ARG(schema.arn));
    TRY(expect_ok(call, code));
    out->schema_version_id = version.id;
    out->schema_arn = schema.arn;
    out->data_format = schema.data_format;
    out->status = version.status;
    out->created_time = time_text(call->arena, version.created_ms);
    return OK;
}

static GlueSchemaVersionListItem item_of(Call *call, const Schema *schema, Statement *row)
{
    GlueSchemaVersionListItem item = {
        .schema_arn = schema->arn,
        .schema_version_id = arena_copy(call->arena, column_bytes(row, 0)),
        .status = column_int64(row, 4) > call->now_ms ? GLUE_SCHEMA_VERSION_STATUS_PENDING
                                                      : arena_copy(call->arena, column_bytes(row, 2)),
        .created_time = time_text(call->arena, column_int64(row, 3)),
    };
    SET(&item, version_number, column_int64(row, 1));
    return item;
}

static Status list_schema_versions(Call *call, const GlueListSchemaVersionsInput *in, GlueListSchemaVersionsOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_DEFAULT;
    int64_t after, last = 0;
    Schema schema;
    int code;
    TRY(token_read(call, in->next_token, &after));
    TRY(schema_find(call, in->schema_id, &schema));
    Statement *rows = statement_begin(call->store, &list);
    bind_int64(rows, 1, schema.id);
    bind_int64(rows, 2, after);
    bind_int64(rows, 3, (int64_t)limit + 1);
    out->schemas.items = arena_new_array(call->arena, GlueSchemaVersionListItem, limit);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->schemas.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            statement_end(rows);
            return OK;
        }
        last = column_int64(rows, 1);
        out->schemas.items[out->schemas.len++] = item_of(call, &schema, rows);
    }
    return expect_ok(call, code);
}

/* "5" or "5-8" */
static Status read_range(Call *call, Bytes text, int64_t *ret_first, int64_t *ret_last)
{
    Bytes rest = text, first = bytes_cut(&rest, '-');
    bool good = bytes_to_int64(first, ret_first);
    *ret_last = *ret_first;
    if (good && present(rest))
        good = bytes_to_int64(rest, ret_last);
    if (!good || *ret_first < 1 || *ret_last < *ret_first || *ret_last - *ret_first >= VERSIONS_MAX)
        return fail(call, &GLUE_INVALID_INPUT, "Version range is invalid: " BYTES_FMT, BYTES_ARG(text));
    return OK;
}

static void add_error(Call *call, GlueSchemaVersionErrorList *errors, int64_t number, const char *code,
                      const char *message)
{
    GlueSchemaVersionErrorItem *item = &errors->items[errors->len++];
    item->error_details = arena_new_of(call->arena, GlueErrorDetails);
    item->error_details->error_code = bytes_of(code);
    item->error_details->error_message = bytes_of(message);
    SET(item, version_number, number);
}

/* aws: DeleteSchemaVersions: "When the range of version numbers contain check pointed version, the API will return a
 * 409 conflict and will not proceed with the deletion. … You cannot use the DeleteSchemaVersions API to delete the
 * first schema version in the schema set." */
static Status check_range(Call *call, const Schema *schema, int64_t first, int64_t last)
{
    if (first <= 1)
        return fail(call, &GLUE_INVALID_INPUT,
                    "The first schema version cannot be deleted. It is deleted with its schema.");
    if (first <= schema->checkpoint && schema->checkpoint <= last)
        return fail(call, &GLUE_CONCURRENT_MODIFICATION,
                    "The checkpoint cannot be deleted: version %lld. Update the schema's checkpoint first.",
                    (long long)schema->checkpoint);
    return OK;
}

/* aws: "If the compatibility mode forbids deleting of a version that is necessary, such as BACKWARDS_FULL, an error is
 * returned": what an _ALL mode holds new versions against. */
static bool is_necessary(const Schema *schema, const Version *version)
{
    Bytes mode = schema->compatibility;
    return mode.len > 4 && bytes_equal(bytes_slice(mode, mode.len - 4, 4), TEXT("_ALL")) &&
           version->number > schema->checkpoint && bytes_equal(version->verdict, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE);
}

static Status delete_version(Call *call, const Version *version)
{
    Statement *set = statement_begin(call->store, &delete_it);
    bind_text(set, 1, version->id);
    bind_int64(set, 2, lifetime_end_ms(call));
    return expect_ok(call, statement_run(set));
}

static Status delete_number(Call *call, const Schema *schema, int64_t number, GlueSchemaVersionErrorList *errors)
{
    Version version;
    Status found = version_find_bare(call, schema, number, &version);
    if (found.code_ < 0)
        return found;
    if (!is_ok(found))
        add_error(call, errors, number, "EntityNotFoundException", "Schema version is not found.");
    else if (is_necessary(schema, &version))
        add_error(call, errors, number, "InvalidInputException",
                  "The compatibility mode of the schema does not allow to delete this version.");
    else
        return delete_version(call, &version);
    return OK;
}

static Status delete_schema_versions(Call *call, const GlueDeleteSchemaVersionsInput *in,
                                     GlueDeleteSchemaVersionsOutput *out)
{
    int64_t first, last;
    Schema schema;
    TRY(schema_for_change(call, in->schema_id, &schema));
    TRY(read_range(call, in->versions, &first, &last));
    TRY(check_range(call, &schema, first, last));

    out->schema_version_errors.items =
        arena_new_array(call->arena, GlueSchemaVersionErrorItem, (size_t)(last - first + 1));
    for (int64_t number = first; number <= last; number++)
        TRY(delete_number(call, &schema, number, &out->schema_version_errors));
    return expect_ok(call, lifetimes_settle(glue_of(call)));
}

static Status check_schema_version_validity(Call *call, const GlueCheckSchemaVersionValidityInput *in,
                                            GlueCheckSchemaVersionValidityOutput *out)
{
    Bytes reason;
    bool is_valid;
    TRY(definition_is_valid(call, in->data_format, in->schema_definition, &is_valid, &reason));
    SET(out, valid, is_valid);
    if (!out->valid)
        out->error = reason;
    return OK;
}
