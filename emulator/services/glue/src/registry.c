/* registry.c */
#include "registry.h"
#include <time.h>

static const Query find_registry = {"SELECT id, description, created_ms, updated_ms FROM glue_registry"
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

static Bytes name_of(const GlueRegistryId *id)
{
    Arn arn;
    if (!id)
        return DEFAULT_REGISTRY;
    if (present(id->registry_name))
        return id->registry_name;
    if (present(id->registry_arn) && arn_parse(id->registry_arn, &arn) &&
        bytes_starts_with(arn.resource, TEXT("registry/")))
        return bytes_slice(arn.resource, 9, arn.resource.len - 9);
    return present(id->registry_arn) ? id->registry_arn : DEFAULT_REGISTRY;
}

static int find(Call *call, Bytes name, Registry *ret_registry)
{
    Statement *row = store_begin(call->store, &find_registry);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, name);
    int code = store_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_registry = (Registry){
        .id = column_int64(row, 0),
        .name = name,
        .arn = registry_arn(call, name),
        .description = arena_copy(call->arena, column_bytes(row, 1)),
        .created_ms = column_int64(row, 2),
        .updated_ms = column_int64(row, 3),
    };
    store_end(row);
    return STORE_OK;
}

Status registry_find(Call *call, const GlueRegistryId *id, Registry *ret_registry)
{
    Bytes name = name_of(id), arn = id && present(id->registry_arn) ? id->registry_arn : TEXT("null");
    int code = find(call, name, ret_registry);
    if (code == STORE_NOT_FOUND)
        return fail(call, &GLUE_ENTITY_NOT_FOUND,
                    "Registry is not found. RegistryName: " BYTES_FMT ", RegistryArn: " BYTES_FMT, BYTES_ARG(name),
                    BYTES_ARG(arn));
    return expect_ok(call, code);
}

int registry_insert(Call *call, Bytes name, Bytes description)
{
    Statement *insert = store_begin(call->store, &insert_registry);
    bind_text(insert, 1, call->account);
    bind_text(insert, 2, call->region);
    bind_text(insert, 3, name);
    bind_text(insert, 4, description);
    bind_int64(insert, 5, call->now_ms);
    return store_run(insert);
}

/* aws: CreateSchema, RegistryId: "If this is not provided, the default registry will be used". It is there for
 * everybody. */
Status registry_find_or_default(Call *call, const GlueRegistryId *id, Registry *ret_registry)
{
    Bytes name = name_of(id);
    if (bytes_equal(name, DEFAULT_REGISTRY)) {
        int code = find(call, name, ret_registry);
        if (code != STORE_NOT_FOUND)
            return expect_ok(call, code);
        TRY(expect_ok(call, registry_insert(call, name, (Bytes){0})));
    }
    return registry_find(call, id, ret_registry);
}
