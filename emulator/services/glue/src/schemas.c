/* schemas.c - GetSchema, ListSchemas, UpdateSchema, DeleteSchema. */
#include "schema.h"

OPERATION(GlueGetSchema, get_schema, READS);
OPERATION(GlueListSchemas, list_schemas, READS);
OPERATION(GlueUpdateSchema, update_schema, WRITES);
OPERATION(GlueDeleteSchema, delete_schema, WRITES);

#define PAGE_DEFAULT 25

static const Query list = {
    "SELECT s.id, r.name, s.name, s.description, s.created_ms, s.updated_ms FROM glue_schema s JOIN glue_registry r"
    " ON r.id = s.registry_id WHERE r.account = ?1 AND r.region = ?2 AND s.id > ?3 AND (?4 IS NULL OR r.id = ?4)"
    " ORDER BY s.id LIMIT ?5"};
static const Query delete_metadata = {
    "DELETE FROM glue_version_metadata WHERE version_id IN (SELECT id FROM glue_version WHERE schema_id = ?1)"};
static const Query delete_versions = {"DELETE FROM glue_version WHERE schema_id = ?1"};
static const Query delete_it = {"DELETE FROM glue_schema WHERE id = ?1"};

static Status get_schema(Call *call, const GlueGetSchemaInput *in, GlueGetSchemaOutput *out)
{
    Schema schema;
    TRY(schema_find(call, in->schema_id, &schema));
    out->registry_name = schema.registry;
    out->registry_arn = registry_arn(call, schema.registry);
    out->schema_name = schema.name;
    out->schema_arn = schema.arn;
    out->description = schema.description;
    out->data_format = schema.data_format;
    out->compatibility = schema.compatibility;
    SET(out, schema_checkpoint, schema.checkpoint);
    SET(out, latest_schema_version, schema.latest_version);
    SET(out, next_schema_version, schema.next_version);
    out->schema_status = GLUE_SCHEMA_STATUS_AVAILABLE;
    out->created_time = time_text(call->arena, schema.created_ms);
    out->updated_time = time_text(call->arena, schema.updated_ms);
    return OK;
}

static GlueSchemaListItem item_of(Call *call, Statement *row)
{
    GlueSchemaListItem item = {
        .registry_name = arena_copy(call->arena, column_bytes(row, 1)),
        .schema_name = arena_copy(call->arena, column_bytes(row, 2)),
        .description = arena_copy(call->arena, column_bytes(row, 3)),
        .schema_status = GLUE_SCHEMA_STATUS_AVAILABLE,
        .created_time = time_text(call->arena, column_int64(row, 4)),
        .updated_time = time_text(call->arena, column_int64(row, 5)),
    };
    item.schema_arn = schema_arn(call, item.registry_name, item.schema_name);
    return item;
}

static Status begin_list(Call *call, const GlueListSchemasInput *in, size_t limit, Statement **ret_rows)
{
    Registry registry;
    int64_t after;
    TRY(token_read(call, in->next_token, &after));
    if (in->registry_id)
        TRY(registry_find(call, in->registry_id, &registry));
    Statement *rows = *ret_rows = store_begin(call->store, &list);
    bind_text(rows, 1, call->account);
    bind_text(rows, 2, call->region);
    bind_int64(rows, 3, after);
    if (in->registry_id)
        bind_int64(rows, 4, registry.id);
    else
        bind_null(rows, 4);
    bind_int64(rows, 5, (int64_t)limit + 1);
    return OK;
}

static Status list_schemas(Call *call, const GlueListSchemasInput *in, GlueListSchemasOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_DEFAULT;
    int64_t last = 0;
    Statement *rows;
    int code;
    TRY(begin_list(call, in, limit, &rows));
    out->schemas.items = arena_new_array(call->arena, GlueSchemaListItem, limit);
    while ((code = store_step(rows)) == STORE_ROW) {
        if (out->schemas.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            store_end(rows);
            return OK;
        }
        last = column_int64(rows, 0);
        out->schemas.items[out->schemas.len++] = item_of(call, rows);
    }
    return expect_ok(call, code);
}

static Status update_schema(Call *call, const GlueUpdateSchemaInput *in, GlueUpdateSchemaOutput *out)
{
    Schema schema;
    Version version;
    TRY(schema_find(call, in->schema_id, &schema));
    if (!in->schema_version_number && !present(in->compatibility) && !present(in->description))
        return fail(call, &GLUE_INVALID_INPUT,
                    "At least one of SchemaVersionNumber, Compatibility or Description must be provided.");
    if (present(in->compatibility) && !in->schema_version_number)
        return fail(call, &GLUE_INVALID_INPUT, "Schema version number is required when the compatibility is updated.");
    if (in->schema_version_number) {
        TRY(version_find(call, &schema, in->schema_version_number, &version));
        schema.checkpoint = version.number;
    }

    if (present(in->compatibility))
        schema.compatibility = in->compatibility;
    if (present(in->description))
        schema.description = in->description;
    TRY(expect_ok(call, schema_save(call, &schema)));

    out->schema_arn = schema.arn;
    out->schema_name = schema.name;
    out->registry_name = schema.registry;
    return OK;
}

static Status delete_schema(Call *call, const GlueDeleteSchemaInput *in, GlueDeleteSchemaOutput *out)
{
    const Query *const steps[] = {&delete_metadata, &delete_versions, &delete_it};
    Schema schema;
    TRY(schema_find(call, in->schema_id, &schema));

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        Statement *step = store_begin(call->store, steps[i]);
        bind_int64(step, 1, schema.id);
        TRY(expect_ok(call, store_run(step)));
    }

    out->schema_arn = schema.arn;
    out->schema_name = schema.name;
    out->status = GLUE_SCHEMA_STATUS_DELETING;
    return OK;
}
