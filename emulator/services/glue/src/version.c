/* version.c - versions of schemas. */
#include "schema.h"
#include "uuid.h"

#define COLUMNS "id, schema_id, number, definition, status, created_ms"

static const Query find_by_number = {"SELECT " COLUMNS " FROM glue_version WHERE schema_id = ?1 AND number = ?2"};
static const Query find_by_id = {"SELECT " COLUMNS " FROM glue_version WHERE id = ?1"};
static const Query find_by_canonical = {"SELECT " COLUMNS " FROM glue_version WHERE schema_id = ?1 AND canonical = ?2"};
static const Query insert = {
    "INSERT INTO glue_version (id, schema_id, number, definition, canonical, status, created_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query set_status = {"UPDATE glue_version SET status = ?2 WHERE id = ?1"};

static Version read_version(Call *call, Statement *row)
{
    return (Version){
        .id = arena_copy(call->arena, column_bytes(row, 0)),
        .schema_id = column_int64(row, 1),
        .number = column_int64(row, 2),
        .definition = arena_copy(call->arena, column_bytes(row, 3)),
        .status = arena_copy(call->arena, column_bytes(row, 4)),
        .created_ms = column_int64(row, 5),
    };
}

static int read_one(Call *call, Statement *row, Version *ret_version)
{
    int code = store_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_version = read_version(call, row);
    store_end(row);
    return STORE_OK;
}

Status version_find_number(Call *call, const Schema *schema, int64_t number, Version *ret_version)
{
    Statement *row = store_begin(call->store, &find_by_number);
    bind_int64(row, 1, schema->id);
    bind_int64(row, 2, number);
    int code = read_one(call, row, ret_version);
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Schema version is not found. RegistryName: " BYTES_FMT ", SchemaName: " BYTES_FMT
                    ", SchemaArn: " BYTES_FMT ", VersionNumber: %lld",
                    BYTES_ARG(schema->registry), BYTES_ARG(schema->name), BYTES_ARG(schema->arn), (long long)number);
    return expect_ok(call, code);
}

Status version_find(Call *call, const Schema *schema, const GlueSchemaVersionNumber *number, Version *ret_version)
{
    bool latest = number && number->has_latest_version && number->latest_version;
    if (!number || (!latest && !number->has_version_number))
        return fail(call, &GLUE_INVALID_INPUT, "One of version number or latest version is required.");
    if (latest && number->has_version_number)
        return fail(call, &GLUE_INVALID_INPUT, "Only one of version number or latest version can be provided.");
    return version_find_number(call, schema, latest ? schema->latest_version : number->version_number, ret_version);
}

Status version_by_id(Call *call, Bytes id, Version *ret_version, Schema *ret_schema)
{
    Statement *row = store_begin(call->store, &find_by_id);
    bind_text(row, 1, id);
    int code = read_one(call, row, ret_version);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !is_ok(schema_by_id(call, ret_version->schema_id, ret_schema))))
        return fail(call, &GLUE_ENTITY_NOT_FOUND, "Schema version is not found. SchemaVersionId: " BYTES_FMT,
                    BYTES_ARG(id));
    return expect_ok(call, code);
}

int version_by_canonical(Call *call, const Schema *schema, Bytes canonical, Version *ret_version)
{
    Statement *row = store_begin(call->store, &find_by_canonical);
    bind_int64(row, 1, schema->id);
    bind_text(row, 2, canonical);
    return read_one(call, row, ret_version);
}

int version_insert(Call *call, Schema *schema, Bytes definition, Bytes canonical, Bytes status, Version *ret_version)
{
    Version version = {
        uuid_new(call->arena, call->host->random), schema->id, schema->next_version, definition, status, call->now_ms};
    Statement *add = store_begin(call->store, &insert);
    bind_text(add, 1, version.id);
    bind_int64(add, 2, version.schema_id);
    bind_int64(add, 3, version.number);
    bind_text(add, 4, definition);
    bind_text(add, 5, canonical);
    bind_text(add, 6, status);
    bind_int64(add, 7, version.created_ms);
    int code = store_run(add);
    if (code != STORE_OK)
        return code;
    schema->next_version++;
    if (bytes_equal(status, GLUE_SCHEMA_VERSION_STATUS_AVAILABLE))
        schema->latest_version = version.number;
    *ret_version = version;
    return schema_save(call, schema);
}

int version_set_status(Call *call, Bytes id, Bytes status)
{
    Statement *set = store_begin(call->store, &set_status);
    bind_text(set, 1, id);
    bind_text(set, 2, status);
    return store_run(set);
}

Status version_resolve(Call *call, const VersionName *name, Version *ret_version, Schema *ret_schema)
{
    if (present(name->version_id))
        return version_by_id(call, name->version_id, ret_version, ret_schema);
    if (!name->schema_id)
        return fail(call, &GLUE_INVALID_INPUT,
                    "One of SchemaVersionId or SchemaId with SchemaVersionNumber must be provided.");
    TRY(schema_find(call, name->schema_id, ret_schema));
    return version_find(call, ret_schema, name->number, ret_version);
}
