/* version.c - versions of schemas. */
#include "row.h"
#include "schema.h"
#include "uuid.h"

#define COLUMNS "id, schema_id, number, status, created_ms, settled_ms, gone_ms"
#define WITH_DEFINITION                                                                                                \
    COLUMNS                                                                                                            \
    ", (SELECT definition FROM glue_definition WHERE version_id = glue_version.id) AS definition FROM glue_version "

static const Column columns[] = {
    COLUMN(Version, id),
    COLUMN(Version, schema_id),
    COLUMN(Version, number),
    COLUMN_AS("status", Version, verdict),
    COLUMN(Version, created_ms),
    COLUMN(Version, settled_ms),
    COLUMN_IS_SET("gone_ms", Version, is_deleting),
    COLUMN(Version, definition),
};
static const Row version_row = ROW(columns);

static const Query find_by_number = {"SELECT " WITH_DEFINITION "WHERE schema_id = ?1 AND number = ?2"};
static const Query find_bare = {"SELECT " COLUMNS
                                ", NULL AS definition FROM glue_version WHERE schema_id = ?1 AND number = ?2"};
static const Query find_by_id = {"SELECT " WITH_DEFINITION "WHERE id = ?1"};
static const Query find_by_canonical = {
    "SELECT " COLUMNS
    ", NULL AS definition FROM glue_version WHERE schema_id = ?1 AND (fingerprint = ?2 OR fingerprint IS NULL)"
    " AND gone_ms IS NULL AND (SELECT canonical FROM glue_definition WHERE version_id = glue_version.id) = ?3"};
static const Query insert = {"INSERT INTO glue_version (id, schema_id, number, fingerprint, created_ms, status, "
                             "settled_ms, mode, path, reason) VALUES (?1, ?2, ?3, ?4, ?6, ?7, ?8, ?9, ?10, ?11)"};
static const Query insert_definition = {
    "INSERT INTO glue_definition (version_id, definition, canonical) VALUES (?1, ?2, ?3)"};
static const Query settle = {"UPDATE glue_version SET status = ?7, settled_ms = ?8, mode = ?9, path = ?10, reason = ?11"
                             " WHERE id = ?1"};

static Bytes status_of(const Call *call, const Version *version)
{
    if (version->is_deleting)
        return GLUE_SCHEMA_VERSION_STATUS_DELETING;
    return version->settled_ms > call->now_ms ? GLUE_SCHEMA_VERSION_STATUS_PENDING : version->verdict;
}

static int read_one(Call *call, Statement *row, Version *ret_version)
{
    int code = row_one(call->arena, row, &version_row, ret_version);
    if (code == STORE_OK)
        ret_version->status = status_of(call, ret_version);
    return code;
}

static Status find_number(Call *call, const Query *query, const Schema *schema, int64_t number, Version *ret_version)
{
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, schema->id);
    bind_int64(row, 2, number);
    int code = read_one(call, row, ret_version);
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Schema version is not found. RegistryName: " BYTES_FMT ", SchemaName: " BYTES_FMT
                    ", SchemaArn: " BYTES_FMT ", VersionNumber: %lld, isLatestVersion: false",
                    BYTES_ARG(schema->registry), BYTES_ARG(schema->name), BYTES_ARG(schema->arn), (long long)number);
    return expect_ok(call, code);
}

Status version_find_number(Call *call, const Schema *schema, int64_t number, Version *ret_version)
{
    return find_number(call, &find_by_number, schema, number, ret_version);
}

Status version_find_bare(Call *call, const Schema *schema, int64_t number, Version *ret_version)
{
    return find_number(call, &find_bare, schema, number, ret_version);
}

Status version_find(Call *call, const Schema *schema, const GlueSchemaVersionNumber *number, Version *ret_version)
{
    bool latest = number && number->has_latest_version && number->latest_version;
    if (!number || (!latest && !number->has_version_number))
        return fail(call, &GLUE_INVALID_INPUT, "One of version number (or) latest version is required.");
    if (latest && number->has_version_number)
        return fail(call, &GLUE_INVALID_INPUT, "Only one of VersionNumber or LatestVersion is required.");
    return version_find_number(call, schema, latest ? schema->latest_version : number->version_number, ret_version);
}

static int find_id(Call *call, Bytes id, Version *ret_version)
{
    Statement *row = statement_begin(call->store, &find_by_id);
    bind_text(row, 1, id);
    return read_one(call, row, ret_version);
}

Status version_by_id(Call *call, Bytes id, Version *ret_version, Schema *ret_schema)
{
    int code = find_id(call, id, ret_version);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !is_ok(schema_by_id(call, ret_version->schema_id, ret_schema))))
        return fail(call, &GLUE_ENTITY_NOT_FOUND, "Schema version is not found. SchemaVersionId: " BYTES_FMT,
                    BYTES_ARG(id));
    return expect_ok(call, code);
}

static int64_t fingerprint(Bytes canonical)
{
    return (int64_t)bytes_hash(canonical, 0);
}

int version_by_canonical(Call *call, const Schema *schema, Bytes canonical, Version *ret_version)
{
    Statement *row = statement_begin(call->store, &find_by_canonical);
    bind_int64(row, 1, schema->id);
    bind_int64(row, 2, fingerprint(canonical));
    bind_text(row, 3, canonical);
    return read_one(call, row, ret_version);
}

/* Parameters 7 to 11 of insert and settle. */
static void bind_verdict(Call *call, Statement *statement, const Schema *schema, const Incompatibility *why)
{
    bool has_failed = present(why->reason);
    bind_text(statement, 7, has_failed ? GLUE_SCHEMA_VERSION_STATUS_FAILURE : GLUE_SCHEMA_VERSION_STATUS_AVAILABLE);
    bind_int64(statement, 8, call->now_ms);
    bind_text(statement, 9, has_failed ? schema->compatibility : (Bytes){0});
    bind_text(statement, 10, why->path);
    bind_text(statement, 11, why->reason);
}

static int add_definition(Call *call, Bytes id, const Definition *definition)
{
    Statement *add = statement_begin(call->store, &insert_definition);
    bind_text(add, 1, id);
    bind_text(add, 2, definition->text);
    bind_text(add, 3, definition->canonical);
    return statement_run(add);
}

int version_insert(Call *call, Schema *schema, const NewVersion *new, Version *ret_version)
{
    Bytes id = uuid_new(call->arena, call->runtime->random);
    Statement *add = statement_begin(call->store, &insert);
    bind_text(add, 1, id);
    bind_int64(add, 2, schema->id);
    bind_int64(add, 3, schema->next_version);
    bind_int64(add, 4, fingerprint(new->definition->canonical));
    bind_int64(add, 6, call->now_ms);
    bind_verdict(call, add, schema, new->why);
    bind_int64(add, 8, call->now_ms + (new->is_pending ? glue_of(call)->pending_ms : 0));
    int code = statement_run(add);
    if (code == STORE_OK)
        code = add_definition(call, id, new->definition);
    if (code != STORE_OK)
        return code;
    schema->next_version++;
    code = schema_save(call, schema);
    return code == STORE_OK ? find_id(call, id, ret_version) : code;
}

int version_settle(Call *call, const Schema *schema, const Incompatibility *why, Version *version)
{
    Statement *set = statement_begin(call->store, &settle);
    bind_text(set, 1, version->id);
    bind_verdict(call, set, schema, why);
    int code = statement_run(set);
    return code == STORE_OK ? find_id(call, version->id, version) : code;
}

Status version_resolve(Call *call, const VersionName *name, Version *ret_version, Schema *ret_schema)
{
    if (present(name->version_id) && (name->schema_id || name->number))
        return fail(call, &GLUE_INVALID_INPUT,
                    "No other input parameters can be specified when fetching by SchemaVersionId.");
    if (present(name->version_id))
        return version_by_id(call, name->version_id, ret_version, ret_schema);
    if (!name->schema_id)
        return fail(call, &GLUE_INVALID_INPUT,
                    "At least one of (registryName and schemaName) or schemaArn has to be provided.");
    TRY(schema_find(call, name->schema_id, ret_schema));
    return version_find(call, ret_schema, name->number, ret_version);
}
