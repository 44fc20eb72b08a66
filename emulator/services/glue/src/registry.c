/* registry.c */
#include "registry.h"
#include "row.h"
#include <time.h>

static const Column columns[] = {
    COLUMN(Registry, id),         COLUMN(Registry, name),       COLUMN(Registry, description),
    COLUMN(Registry, created_ms), COLUMN(Registry, updated_ms), COLUMN_IS_SET("gone_ms", Registry, is_deleting),
};
static const Row registry_row = ROW(columns);

static const Query find_registry = {"SELECT id, name, description, created_ms, updated_ms, gone_ms FROM glue_registry"
                                    " WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query insert_registry = {
    "INSERT INTO glue_registry (account, region, name, description, created_ms, updated_ms)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?5)"};

Bytes registry_arn(Call *call, Bytes name)
{
    return call_arn(call, "glue", "registry/" BYTES_FMT, BYTES_ARG(name));
}

Bytes time_text(Arena *arena, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return arena_text(arena, "%s.%03dZ", text, (int)(ms % 1000));
}

Status token_read(Call *call, Bytes token, int64_t *ret_after)
{
    *ret_after = 0;
    if (present(token) && !bytes_to_int64(token, ret_after))
        return fail(call, &GLUE_INVALID_INPUT, "Invalid NextToken");
    return OK;
}

Bytes arn_resource(const Call *call, Bytes text, Bytes kind)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "glue") || !bytes_equal(arn.account, call->account) ||
        !bytes_equal(arn.region, call->region))
        return (Bytes){0};
    Bytes rest = arn.resource;
    return bytes_equal(bytes_cut(&rest, '/'), kind) ? rest : (Bytes){0};
}

Bytes registry_status(const Registry *registry)
{
    return registry->is_deleting ? GLUE_REGISTRY_STATUS_DELETING : GLUE_REGISTRY_STATUS_AVAILABLE;
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_$#.", c));
}

/* aws: SchemaId, CreateRegistry: 1 to 255 of [a-zA-Z0-9-_$#.]. "InvalidInputException: The parameter value contains one
 * or more characters that are not valid. Parameter Name: registryName (Service: Glue, Status Code: 400": a log of Kafka
 * Connect, 2022. The other text is the one that AWS's developers of the registry gave another emulator (moto #5301). */
Status glue_name_check(Call *call, Bytes name, const char *parameter)
{
    if (present(name) && (!name.len || name.len > NAME_MAX_BYTES))
        return fail(call, &GLUE_INVALID_INPUT,
                    "The resource name contains too many or too few characters. Parameter Name: %s", parameter);
    for (size_t i = 0; i < name.len; i++)
        if (!is_of_name(name.ptr[i]))
            return fail(call, &GLUE_INVALID_INPUT,
                        "The parameter value contains one or more characters that are not valid. Parameter Name: %s",
                        parameter);
    return OK;
}

static Status name_of(Call *call, const GlueRegistryId *id, Bytes *ret_name)
{
    if (present(id->registry_name) == present(id->registry_arn))
        return fail(call, &GLUE_INVALID_INPUT, "One of registryName or registryArn has to be provided%s.",
                    present(id->registry_name) ? ", both cannot be provided" : "");
    TRY(glue_name_check(call, id->registry_name, "registryName"));
    *ret_name = present(id->registry_name) ? id->registry_name : arn_resource(call, id->registry_arn, TEXT("registry"));
    return OK;
}

static int find(Call *call, Bytes name, Registry *ret_registry)
{
    Statement *row = statement_begin(call->store, &find_registry);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, name);
    int code = row_one(call->arena, row, &registry_row, ret_registry);
    if (code != STORE_OK)
        return code;
    ret_registry->arn = registry_arn(call, name);
    return STORE_OK;
}

Status registry_find(Call *call, const GlueRegistryId *id, Registry *ret_registry)
{
    Bytes name;
    TRY(name_of(call, id, &name));
    int code = find(call, name, ret_registry);
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Registry is not found. RegistryName: " BYTES_FMT ", RegistryArn: " BYTES_FMT,
                    BYTES_ARG(present(name) ? name : TEXT("null")),
                    BYTES_ARG(present(id->registry_arn) ? id->registry_arn : TEXT("null")));
    return expect_ok(call, code);
}

/* aws: DeleteRegistry: "Deleting a registry will deactivate all online operations for the registry such as the
 * UpdateRegistry, CreateSchema, UpdateSchema, and RegisterSchemaVersion APIs." */
Status registry_for_change(Call *call, const GlueRegistryId *id, Registry *ret_registry)
{
    TRY(registry_find(call, id, ret_registry));
    if (ret_registry->is_deleting)
        return fail(call, &GLUE_INVALID_INPUT, "Registry is being deleted. RegistryArn: " BYTES_FMT,
                    BYTES_ARG(ret_registry->arn));
    return OK;
}

int registry_insert(Call *call, Bytes name, Bytes description)
{
    Statement *insert = statement_begin(call->store, &insert_registry);
    bind_text(insert, 1, call->account);
    bind_text(insert, 2, call->region);
    bind_text(insert, 3, name);
    bind_text(insert, 4, description);
    bind_int64(insert, 5, call->now_ms);
    return statement_run(insert);
}

/* aws: CreateSchema: "When this API is called without a RegistryId, this will create an entry for a default-registry in
 * the registry database tables, if it is not already present." Named, it is made as well: AWS's serializer for Java
 * names it always (AWSSchemaRegistryConstants.DEFAULT_REGISTRY_NAME), and works in accounts where nobody made it. */
Status registry_for_new_schema(Call *call, const GlueRegistryId *id, Registry *ret_registry)
{
    const GlueRegistryId by_default = {.registry_name = DEFAULT_REGISTRY};
    Registry there;
    bool is_named = id && (present(id->registry_name) || present(id->registry_arn));
    if (is_named && (present(id->registry_arn) || !bytes_equal(id->registry_name, DEFAULT_REGISTRY)))
        return registry_for_change(call, id, ret_registry);
    int code = find(call, DEFAULT_REGISTRY, &there);
    if (code == STORE_NOT_FOUND)
        code = registry_insert(call, DEFAULT_REGISTRY, (Bytes){0});
    TRY(expect_ok(call, code));
    return registry_for_change(call, &by_default, ret_registry);
}
