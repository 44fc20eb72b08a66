/* schema.c */
#include "schema.h"

#define COLUMNS                                                                                                        \
    "s.id, r.name, s.name, s.description, s.data_format, s.compatibility, s.checkpoint, s.latest_version, "            \
    "s.next_version, s.created_ms, s.updated_ms"

static const Query find_by_name = {"SELECT " COLUMNS " FROM glue_schema s JOIN glue_registry r ON r.id = s.registry_id"
                                   " WHERE r.account = ?1 AND r.region = ?2 AND r.name = ?3 AND s.name = ?4"};
static const Query find_by_id = {"SELECT " COLUMNS " FROM glue_schema s JOIN glue_registry r ON r.id = s.registry_id"
                                 " WHERE r.account = ?1 AND r.region = ?2 AND s.id = ?3"};
static const Query save = {"UPDATE glue_schema SET description = ?2, compatibility = ?3, checkpoint = ?4, "
                           "latest_version = ?5, next_version = ?6,"
                           " updated_ms = ?7 WHERE id = ?1"};

Bytes schema_arn(Call *call, Bytes registry, Bytes name)
{
    return call_arn(call, "glue", "schema/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(registry), BYTES_ARG(name));
}

static Schema read_schema(Call *call, Statement *row)
{
    Schema schema = {
        .id = column_int64(row, 0),
        .registry = arena_copy(call->arena, column_bytes(row, 1)),
        .name = arena_copy(call->arena, column_bytes(row, 2)),
        .description = arena_copy(call->arena, column_bytes(row, 3)),
        .data_format = arena_copy(call->arena, column_bytes(row, 4)),
        .compatibility = arena_copy(call->arena, column_bytes(row, 5)),
        .checkpoint = column_int64(row, 6),
        .latest_version = column_int64(row, 7),
        .next_version = column_int64(row, 8),
        .created_ms = column_int64(row, 9),
        .updated_ms = column_int64(row, 10),
    };
    schema.arn = schema_arn(call, schema.registry, schema.name);
    return schema;
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
static bool names_of_arn(Bytes text, Bytes *ret_registry, Bytes *ret_name)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_starts_with(arn.resource, TEXT("schema/")))
        return false;
    Bytes rest = bytes_slice(arn.resource, 7, arn.resource.len - 7);
    *ret_registry = bytes_cut(&rest, '/');
    *ret_name = rest;
    return present(rest);
}

static Status read_one(Call *call, Statement *row, const GlueSchemaId *id, Schema *ret_schema)
{
    int code = store_one(row);
    if (code == STORE_NOT_FOUND)
        return not_found(call, id);
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_schema = read_schema(call, row);
    store_end(row);
    return OK;
}

Status schema_find(Call *call, const GlueSchemaId *id, Schema *ret_schema)
{
    Bytes registry = present(id->registry_name) ? id->registry_name : DEFAULT_REGISTRY, name = id->schema_name;
    if (!present(id->schema_arn) && !present(id->schema_name))
        return fail(call, &GLUE_INVALID_INPUT, "One of schemaArn or schemaName in SchemaId must be provided.");
    if (present(id->schema_arn) && !names_of_arn(id->schema_arn, &registry, &name))
        return not_found(call, id);
    Statement *row = store_begin(call->store, &find_by_name);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, registry);
    bind_text(row, 4, name);
    return read_one(call, row, id, ret_schema);
}

Status schema_by_id(Call *call, int64_t id, Schema *ret_schema)
{
    GlueSchemaId nobody = {0};
    Statement *row = store_begin(call->store, &find_by_id);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_int64(row, 3, id);
    return read_one(call, row, &nobody, ret_schema);
}

int schema_save(Call *call, const Schema *schema)
{
    Statement *set = store_begin(call->store, &save);
    bind_int64(set, 1, schema->id);
    bind_text(set, 2, schema->description);
    bind_text(set, 3, schema->compatibility);
    bind_int64(set, 4, schema->checkpoint);
    bind_int64(set, 5, schema->latest_version);
    bind_int64(set, 6, schema->next_version);
    bind_int64(set, 7, call->now_ms);
    return store_run(set);
}
