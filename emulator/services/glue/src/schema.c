/* schema.c */
#include "schema.h"
#include "row.h"

/* The latest version is the last one whose check has ended well. */
#define COLUMNS                                                                                                        \
    "s.id, r.name AS registry, s.name, s.description, s.data_format, s.compatibility, s.checkpoint, s.next_version, "  \
    "s.created_ms, s.updated_ms, coalesce(s.gone_ms, r.gone_ms) AS gone_ms, s.registry_id, "                           \
    "(SELECT number FROM glue_version v WHERE v.schema_id = s.id AND v.status = 'AVAILABLE'"                           \
    " AND v.settled_ms <= ?5 AND v.gone_ms IS NULL ORDER BY number DESC LIMIT 1) AS latest_version"

static const Column columns[] = {
    COLUMN(Schema, id),
    COLUMN(Schema, registry),
    COLUMN(Schema, name),
    COLUMN(Schema, description),
    COLUMN(Schema, data_format),
    COLUMN(Schema, compatibility),
    COLUMN(Schema, checkpoint),
    COLUMN(Schema, next_version),
    COLUMN(Schema, created_ms),
    COLUMN(Schema, updated_ms),
    COLUMN_IS_SET("gone_ms", Schema, is_deleting),
    COLUMN(Schema, registry_id),
    COLUMN(Schema, latest_version),
};
static const Row schema_row = ROW(columns);

static const Query find_by_name = {"SELECT " COLUMNS " FROM glue_schema s JOIN glue_registry r ON r.id = s.registry_id"
                                   " WHERE r.account = ?1 AND r.region = ?2 AND r.name = ?3 AND s.name = ?4"};
static const Query find_by_id = {"SELECT " COLUMNS " FROM glue_schema s JOIN glue_registry r ON r.id = s.registry_id"
                                 " WHERE r.account = ?1 AND r.region = ?2 AND s.id = ?3"};
static const Query save = {"UPDATE glue_schema SET description = ?2, compatibility = ?3, checkpoint = ?4, "
                           "next_version = ?5, updated_ms = ?6 WHERE id = ?1"};

Bytes schema_arn(Call *call, Bytes registry, Bytes name)
{
    return call_arn(call, "glue", "schema/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(registry), BYTES_ARG(name));
}

static Schema read_schema(Call *call, Statement *row)
{
    Schema schema = {0};
    row_read(call->arena, row, &schema_row, &schema);
    schema.arn = schema_arn(call, schema.registry, schema.name);
    return schema;
}

Bytes schema_status(const Schema *schema)
{
    return schema->is_deleting ? GLUE_SCHEMA_STATUS_DELETING : GLUE_SCHEMA_STATUS_AVAILABLE;
}

static Bytes or_null(Bytes text)
{
    return present(text) ? text : TEXT("null");
}

static Status not_found(Call *call, const GlueSchemaId *id)
{
    return fail(call, &GLUE_ENTITY_NOT_FOUND,
                "Schema is not found. RegistryName: " BYTES_FMT ", SchemaName: " BYTES_FMT ", SchemaArn: " BYTES_FMT,
                BYTES_ARG(or_null(id->registry_name)), BYTES_ARG(or_null(id->schema_name)),
                BYTES_ARG(or_null(id->schema_arn)));
}

/* "schema/<registry>/<name>" */
static bool names_of_arn(const Call *call, Bytes text, Bytes *ret_registry, Bytes *ret_name)
{
    Bytes rest = arn_resource(call, text, TEXT("schema"));
    if (!present(rest))
        return false;
    *ret_registry = bytes_cut(&rest, '/');
    *ret_name = rest;
    return present(rest);
}

static Status read_one(Call *call, Statement *row, const GlueSchemaId *id, Schema *ret_schema)
{
    int code = statement_one(row);
    if (code == STORE_NOT_FOUND)
        return not_found(call, id);
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_schema = read_schema(call, row);
    statement_end(row);
    return OK;
}

/* aws: CloudFormation, AWS::GlueSchemaVersion Schema: "Either SchemaArn, or SchemaName and RegistryName has to be
 * provided". A name alone is none of the default registry: the words are the registry's own, as its developers gave
 * them to another emulator (moto, InvalidSchemaIdNotProvidedException). */
static Status check_id(Call *call, const GlueSchemaId *id)
{
    if (present(id->schema_arn) && (present(id->schema_name) || present(id->registry_name)))
        return fail(call, &GLUE_INVALID_INPUT,
                    "One of (registryName and schemaName) or schemaArn has to be provided, both cannot be provided.");
    if (!present(id->schema_arn) && (!present(id->schema_name) || !present(id->registry_name)))
        return fail(call, &GLUE_INVALID_INPUT,
                    "At least one of (registryName and schemaName) or schemaArn has to be provided.");
    TRY(glue_name_check(call, id->registry_name, "registryName"));
    return glue_name_check(call, id->schema_name, "schemaName");
}

Status schema_find(Call *call, const GlueSchemaId *id, Schema *ret_schema)
{
    Bytes registry = id->registry_name, name = id->schema_name;
    TRY(check_id(call, id));
    if (present(id->schema_arn) && !names_of_arn(call, id->schema_arn, &registry, &name))
        return not_found(call, id);
    Statement *row = statement_begin(call->store, &find_by_name);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, registry);
    bind_text(row, 4, name);
    bind_int64(row, 5, call->now_ms);
    return read_one(call, row, id, ret_schema);
}

Status schema_for_change(Call *call, const GlueSchemaId *id, Schema *ret_schema)
{
    TRY(schema_find(call, id, ret_schema));
    if (ret_schema->is_deleting)
        return fail(call, &GLUE_INVALID_INPUT, "Schema is being deleted. SchemaArn: " BYTES_FMT,
                    BYTES_ARG(ret_schema->arn));
    return OK;
}

Status schema_by_id(Call *call, int64_t id, Schema *ret_schema)
{
    GlueSchemaId nobody = {0};
    Statement *row = statement_begin(call->store, &find_by_id);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_int64(row, 3, id);
    bind_int64(row, 5, call->now_ms);
    return read_one(call, row, &nobody, ret_schema);
}

int schema_save(Call *call, const Schema *schema)
{
    Statement *set = statement_begin(call->store, &save);
    bind_int64(set, 1, schema->id);
    bind_text(set, 2, schema->description);
    bind_text(set, 3, schema->compatibility);
    bind_int64(set, 4, schema->checkpoint);
    bind_int64(set, 5, schema->next_version);
    bind_int64(set, 6, call->now_ms);
    return statement_run(set);
}
