/* registries.c - CreateRegistry, GetRegistry, ListRegistries, UpdateRegistry, DeleteRegistry. */
#include "lifetimes.h"
#include "registry.h"
#include "tags.h"

OPERATION(GlueCreateRegistry, create_registry, WRITES);
OPERATION(GlueGetRegistry, get_registry, READS);
OPERATION(GlueListRegistries, list_registries, READS);
OPERATION(GlueUpdateRegistry, update_registry, WRITES);
OPERATION(GlueDeleteRegistry, delete_registry, WRITES);

static const Query exists = {"SELECT 1 FROM glue_registry WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query count = {"SELECT count(*) FROM glue_registry WHERE account = ?1 AND region = ?2"};
static const Query list = {"SELECT id, name, description, created_ms, updated_ms FROM glue_registry"
                           " WHERE account = ?1 AND region = ?2 AND id > ?3 AND gone_ms IS NULL ORDER BY id LIMIT ?4"};
static const Query update = {"UPDATE glue_registry SET description = ?2, updated_ms = ?3 WHERE id = ?1"};
static const Query delete_it = {"UPDATE glue_registry SET gone_ms = ?2 WHERE id = ?1 AND gone_ms IS NULL"};

static Statement *begin(Call *call, const Query *query)
{
    Statement *statement = statement_begin(call->store, query);
    bind_text(statement, 1, call->account);
    bind_text(statement, 2, call->region);
    return statement;
}

static Status check_new_name(Call *call, Bytes name)
{
    Statement *find = begin(call, &exists);
    bind_text(find, 3, name);
    int code = statement_one(find);
    if (code == STORE_ROW) {
        statement_end(find);
        return fail(call, &GLUE_ALREADY_EXISTS, "Registry already exists. RegistryName: " BYTES_FMT, BYTES_ARG(name));
    }
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    Statement *counting = begin(call, &count);
    int64_t there = 0;
    TRY(expect_ok(call, statement_one_number(counting, &there)));
    if (there >= REGISTRIES_MAX)
        return fail(call, &GLUE_RESOURCE_NUMBER_LIMIT_EXCEEDED,
                    "More registries cannot be created. The maximum limit has been reached.");
    return OK;
}

static Status create_registry(Call *call, const GlueCreateRegistryInput *in, GlueCreateRegistryOutput *out)
{
    TRY(glue_name_check(call, in->registry_name, "registryName"));
    TRY(glue_tags_check(call, &in->tags));
    TRY(check_new_name(call, in->registry_name));

    TRY(expect_ok(call, registry_insert(call, in->registry_name, in->description)));
    TagOwner owner = glue_tags_of(TEXT("registry"), store_last_rowid(call->store));
    TRY(expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags))));

    out->registry_name = in->registry_name;
    out->registry_arn = registry_arn(call, in->registry_name);
    out->description = in->description;
    out->tags = in->tags;
    return OK;
}

static Status get_registry(Call *call, const GlueGetRegistryInput *in, GlueGetRegistryOutput *out)
{
    Registry registry;
    TRY(registry_find(call, in->registry_id, &registry));
    out->registry_name = registry.name;
    out->registry_arn = registry.arn;
    out->description = registry.description;
    out->status = registry_status(&registry);
    out->created_time = time_text(call->arena, registry.created_ms);
    out->updated_time = time_text(call->arena, registry.updated_ms);
    return OK;
}

static GlueRegistryListItem item_of(Call *call, Statement *row)
{
    GlueRegistryListItem item = {
        .registry_name = arena_copy(call->arena, column_bytes(row, 1)),
        .description = arena_copy(call->arena, column_bytes(row, 2)),
        .status = GLUE_REGISTRY_STATUS_AVAILABLE,
        .created_time = time_text(call->arena, column_int64(row, 3)),
        .updated_time = time_text(call->arena, column_int64(row, 4)),
    };
    item.registry_arn = registry_arn(call, item.registry_name);
    return item;
}

static Status list_registries(Call *call, const GlueListRegistriesInput *in, GlueListRegistriesOutput *out)
{
    size_t limit = in->has_max_results ? (size_t)in->max_results : PAGE_DEFAULT;
    int64_t after, last = 0;
    int code;
    TRY(token_read(call, in->next_token, &after));
    Statement *rows = begin(call, &list);
    bind_int64(rows, 3, after);
    bind_int64(rows, 4, (int64_t)limit + 1);
    out->registries.items = arena_new_array(call->arena, GlueRegistryListItem, limit);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->registries.len == limit) {
            out->next_token = arena_text(call->arena, "%lld", (long long)last);
            statement_end(rows);
            return OK;
        }
        last = column_int64(rows, 0);
        out->registries.items[out->registries.len++] = item_of(call, rows);
    }
    return expect_ok(call, code);
}

static Status update_registry(Call *call, const GlueUpdateRegistryInput *in, GlueUpdateRegistryOutput *out)
{
    Registry registry;
    TRY(registry_for_change(call, in->registry_id, &registry));

    Statement *set = statement_begin(call->store, &update);
    bind_int64(set, 1, registry.id);
    bind_text(set, 2, in->description);
    bind_int64(set, 3, call->now_ms);
    TRY(expect_ok(call, statement_run(set)));

    out->registry_name = registry.name;
    out->registry_arn = registry.arn;
    return OK;
}

static Status delete_registry(Call *call, const GlueDeleteRegistryInput *in, GlueDeleteRegistryOutput *out)
{
    Registry registry;
    TRY(registry_find(call, in->registry_id, &registry));

    Statement *set = statement_begin(call->store, &delete_it);
    bind_int64(set, 1, registry.id);
    bind_int64(set, 2, lifetime_end_ms(call));
    TRY(expect_ok(call, statement_run(set)));
    TRY(expect_ok(call, lifetimes_settle(glue_of(call))));

    out->registry_name = registry.name;
    out->registry_arn = registry.arn;
    out->status = GLUE_REGISTRY_STATUS_DELETING;
    return OK;
}
