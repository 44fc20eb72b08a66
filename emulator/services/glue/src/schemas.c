/* schemas.c - GetSchema, ListSchemas, UpdateSchema, DeleteSchema. */
#include "lifetimes.h"
#include "schema.h"

OPERATION(GlueGetSchema, get_schema, READS);
OPERATION(GlueListSchemas, list_schemas, READS);
OPERATION(GlueUpdateSchema, update_schema, WRITES);
OPERATION(GlueDeleteSchema, delete_schema, WRITES);

static const Query list = {
    "SELECT s.id, r.name, s.name, s.description, s.created_ms, s.updated_ms FROM glue_schema s JOIN glue_registry r"
    " ON r.id = s.registry_id WHERE r.account = ?1 AND r.region = ?2 AND s.id > ?3 AND (?4 IS NULL OR r.id = ?4)"
    " AND s.gone_ms IS NULL AND r.gone_ms IS NULL"
    " ORDER BY s.id LIMIT ?5"};
static const Query delete_it = {"UPDATE glue_schema SET gone_ms = ?2 WHERE id = ?1 AND gone_ms IS NULL"};

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
    out->schema_status = schema_status(&schema);
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
    Statement *rows = *ret_rows = statement_begin(call->store, &list);
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
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->schemas.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            statement_end(rows);
            return OK;
        }
        last = column_int64(rows, 0);
        out->schemas.items[out->schemas.len++] = item_of(call, rows);
    }
    return expect_ok(call, code);
}

static Status check_update(Call *call, const GlueUpdateSchemaInput *in)
{
    if (!in->schema_version_number && !present(in->compatibility) && !present(in->description))
        return fail(call, &GLUE_INVALID_INPUT,
                    "At least one of SchemaVersionNumber, Compatibility or Description must be provided.");
    if (present(in->compatibility) && !in->schema_version_number)
        return fail(call, &GLUE_INVALID_INPUT, "Schema version number is required when the compatibility is updated.");
    return OK;
}

/* aws: UpdateSchema: "The API will validate the checkpoint version number for consistency." */
static Status find_checkpoint(Call *call, Schema *schema, const GlueSchemaVersionNumber *number)
{
    Version version;
    TRY(version_find(call, schema, number, &version));
    if (!bytes_equal(version.status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE))
        return fail(call, &GLUE_INVALID_INPUT,
                    "The checkpoint must be a version that is AVAILABLE. Version %lld is " BYTES_FMT ".",
                    (long long)version.number, BYTES_ARG(version.status));
    schema->checkpoint = version.number;
    return OK;
}

static Status update_schema(Call *call, const GlueUpdateSchemaInput *in, GlueUpdateSchemaOutput *out)
{
    Schema schema;
    TRY(schema_for_change(call, in->schema_id, &schema));
    TRY(check_update(call, in));
    if (in->schema_version_number)
        TRY(find_checkpoint(call, &schema, in->schema_version_number));

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
    Schema schema;
    TRY(schema_find(call, in->schema_id, &schema));

    Statement *set = statement_begin(call->store, &delete_it);
    bind_int64(set, 1, schema.id);
    bind_int64(set, 2, lifetime_end_ms(call));
    TRY(expect_ok(call, statement_run(set)));
    TRY(expect_ok(call, lifetimes_settle(glue_of(call))));

    out->schema_arn = schema.arn;
    out->schema_name = schema.name;
    out->status = GLUE_SCHEMA_STATUS_DELETING;
    return OK;
}
