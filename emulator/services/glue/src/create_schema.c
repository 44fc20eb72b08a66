/* create_schema.c - CreateSchema: a schema and its first version, which is AVAILABLE at once: the client libraries do
 * not wait here. */
#include "tags.h"

OPERATION(GlueCreateSchema, create_schema, WRITES);

static const Query exists = {"SELECT 1 FROM glue_schema WHERE registry_id = ?1 AND name = ?2"};
static const Query count = {"SELECT count(*) FROM glue_schema s JOIN glue_registry r ON r.id = s.registry_id"
                            " WHERE r.account = ?1 AND r.region = ?2"};
static const Query insert = {
    "INSERT INTO glue_schema (registry_id, name, description, data_format, compatibility, "
    "checkpoint, next_version, created_ms, updated_ms) VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, ?6, ?6)"};

static Status check_new_name(Call *call, const Registry *registry, Bytes name)
{
    Statement *find = statement_begin(call->store, &exists);
    bind_int64(find, 1, registry->id);
    bind_text(find, 2, name);
    int code = statement_one(find);
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    statement_end(find);
    return fail(call, &GLUE_ALREADY_EXISTS, "Schema already exists. SchemaName: " BYTES_FMT ", SchemaArn: " BYTES_FMT,
                BYTES_ARG(name), BYTES_ARG(schema_arn(call, registry->name, name)));
}

static Status check_room(Call *call)
{
    Statement *row = statement_begin(call->store, &count);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    int64_t there = 0;
    TRY(expect_ok(call, statement_one_number(row, &there)));
    if (there >= SCHEMAS_MAX)
        return fail(call, &GLUE_RESOURCE_NUMBER_LIMIT_EXCEEDED,
                    "More schemas cannot be created. The maximum limit has been reached.");
    return OK;
}

static Status insert_schema(Call *call, const GlueCreateSchemaInput *in, const Registry *registry, Schema *ret_schema)
{
    Bytes mode = present(in->compatibility) ? in->compatibility : GLUE_COMPATIBILITY_NONE;
    Statement *add = statement_begin(call->store, &insert);
    bind_int64(add, 1, registry->id);
    bind_text(add, 2, in->schema_name);
    bind_text(add, 3, in->description);
    bind_text(add, 4, in->data_format);
    bind_text(add, 5, mode);
    bind_int64(add, 6, call->now_ms);
    TRY(expect_ok(call, statement_run(add)));
    return schema_by_id(call, store_last_rowid(call->store), ret_schema);
}

static void tell(const GlueCreateSchemaInput *in, const Registry *registry, const Schema *schema,
                 GlueCreateSchemaOutput *out)
{
    out->registry_name = registry->name;
    out->registry_arn = registry->arn;
    out->schema_name = schema->name;
    out->schema_arn = schema->arn;
    out->description = in->description;
    out->data_format = schema->data_format;
    out->compatibility = schema->compatibility;
    SET(out, schema_checkpoint, schema->checkpoint);
    SET(out, latest_schema_version, schema->latest_version);
    SET(out, next_schema_version, schema->next_version);
    out->schema_status = GLUE_SCHEMA_STATUS_AVAILABLE;
    out->tags = in->tags;
}

static Status create_schema(Call *call, const GlueCreateSchemaInput *in, GlueCreateSchemaOutput *out)
{
    const Incompatibility none = {0};
    Definition definition;
    NewVersion new = {.definition = &definition, .why = &none};
    Registry registry;
    Schema schema;
    Version version;

    TRY(glue_name_check(call, in->schema_name, "schemaName"));
    if (!present(in->schema_definition))
        return fail(call, &GLUE_INVALID_INPUT, "Schema definition is required to create a schema.");
    TRY(definition_check(call, in->data_format, in->schema_definition, &definition));
    TRY(glue_tags_check(call, &in->tags));
    TRY(check_room(call));
    TRY(registry_for_new_schema(call, in->registry_id, &registry));
    TRY(check_new_name(call, &registry, in->schema_name));

    TRY(insert_schema(call, in, &registry, &schema));
    TagOwner owner = glue_tags_of(TEXT("schema"), schema.id);
    TRY(expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags))));
    TRY(expect_ok(call, version_insert(call, &schema, &new, &version)));

    schema.latest_version = version.number;
    tell(in, &registry, &schema, out);
    out->schema_version_id = version.id;
    out->schema_version_status = version.status;
    return OK;
}
