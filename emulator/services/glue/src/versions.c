/* versions.c - GetSchemaVersion, GetSchemaByDefinition, ListSchemaVersions, DeleteSchemaVersions,
 * CheckSchemaVersionValidity. */
#include "schema.h"

OPERATION(GlueGetSchemaVersion, get_schema_version, READS);
OPERATION(GlueGetSchemaByDefinition, get_schema_by_definition, READS);
OPERATION(GlueListSchemaVersions, list_schema_versions, READS);
OPERATION(GlueDeleteSchemaVersions, delete_schema_versions, WRITES);
OPERATION(GlueCheckSchemaVersionValidity, check_schema_version_validity, READS);

#define PAGE_DEFAULT        25
#define DELETE_VERSIONS_MAX 25 /* aws: DeleteSchemaVersions: "a range of … versions", at most 25 */

static const Query list = {"SELECT id, number, status, created_ms FROM glue_version WHERE schema_id = ?1 AND number > "
                           "?2 ORDER BY number LIMIT ?3"};
static const Query delete_metadata = {"DELETE FROM glue_version_metadata WHERE version_id = ?1"};
static const Query delete_it = {"DELETE FROM glue_version WHERE id = ?1"};

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
    Bytes canonical;
    TRY(schema_find(call, in->schema_id, &schema));
    TRY(definition_check(call, schema.data_format, in->schema_definition, &canonical));
    int code = version_by_canonical(call, &schema, canonical, &version);
    /* A version that failed is none: the client then registers it again and is told why not. */
    if (code == STORE_NOT_FOUND ||
        (code == STORE_OK && !bytes_equal(version.status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE)))
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
        .status = arena_copy(call->arena, column_bytes(row, 2)),
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
    Statement *rows = store_begin(call->store, &list);
    bind_int64(rows, 1, schema.id);
    bind_int64(rows, 2, after);
    bind_int64(rows, 3, (int64_t)limit + 1);
    out->schemas.items = arena_new_array(call->arena, GlueSchemaVersionListItem, limit);
    while ((code = store_step(rows)) == STORE_ROW) {
        if (out->schemas.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            store_end(rows);
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
    if (!good || *ret_first < 1 || *ret_last < *ret_first || *ret_last - *ret_first >= DELETE_VERSIONS_MAX)
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

static Status delete_version(Call *call, const Version *version)
{
    const Query *const steps[] = {&delete_metadata, &delete_it};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        Statement *step = store_begin(call->store, steps[i]);
        bind_text(step, 1, version->id);
        TRY(expect_ok(call, store_run(step)));
    }
    return OK;
}

/* aws: DeleteSchemaVersions: "If the compatibility mode forbids deleting of a version that is necessary, such as
 * BACKWARDS_FULL, an error is returned"; the checkpointed version and the first one stay. */
static Status delete_schema_versions(Call *call, const GlueDeleteSchemaVersionsInput *in,
                                     GlueDeleteSchemaVersionsOutput *out)
{
    int64_t first, last;
    Schema schema;
    TRY(schema_find(call, in->schema_id, &schema));
    TRY(read_range(call, in->versions, &first, &last));
    out->schema_version_errors.items =
        arena_new_array(call->arena, GlueSchemaVersionErrorItem, (size_t)(last - first + 1));
    for (int64_t number = first; number <= last; number++) {
        Version version;
        Status found = version_find_number(call, &schema, number, &version);
        if (found.code_ < 0)
            return found;
        if (!is_ok(found))
            add_error(call, &out->schema_version_errors, number, "EntityNotFoundException",
                      "Schema version is not found.");
        else if (number == schema.checkpoint)
            add_error(call, &out->schema_version_errors, number, "InvalidInputException",
                      "Checkpoint version cannot be deleted.");
        else
            TRY(delete_version(call, &version));
    }
    return OK;
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
