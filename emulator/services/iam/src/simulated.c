/* simulated.c - collects the policies of a user with its groups, of a group, of a role. */
#include "simulated.h"
#include "managed.h"

static const Query inline_of = {"SELECT name, document FROM iam_inline WHERE owner = ?1 ORDER BY name"};
static const Query attached_of = {"SELECT arn FROM iam_attachment WHERE owner = ?1 ORDER BY arn"};

Status simulated_add(Call *call, SimulatedPolicies *policies, Bytes document, Bytes name)
{
    Bytes detail;
    if (policies->len == policies->room) {
        size_t room = policies->room ? 2 * policies->room : 16;
        policies->items =
            arena_grown(call->arena, policies->items, policies->len * sizeof(Policy), room * sizeof(Policy));
        policies->names =
            arena_grown(call->arena, policies->names, policies->len * sizeof(Bytes), room * sizeof(Bytes));
        policies->room = room;
    }
    if (policy_read(call->arena, document, &policies->items[policies->len], &detail) != POLICY_FINE)
        return fail(call, &IAM_INVALID_INPUT, "The policy " BYTES_FMT " is not valid.", BYTES_ARG(name));
    policies->names[policies->len++] = name;
    return OK;
}

Status simulated_add_managed(Call *call, SimulatedPolicies *policies, Bytes arn)
{
    PolicyRef policy;
    Version version;
    TRY(policy_find(call, arn, false, &policy));
    if (policy.managed && !present(policy.managed->document))
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "The emulator knows policy " BYTES_FMT " by name; it keeps no document of it.",
                    BYTES_ARG(policy.managed->name));
    if (policy.managed)
        return simulated_add(call, policies, policy.managed->document, policy.managed->name);
    TRY(expect_ok(call, policy_version_find(&call->scope, policy.own.key, policy.own.default_version, &version)));
    return simulated_add(call, policies, version.document, policy.own.name);
}

Status simulated_source(Call *call, Bytes arn, Entity *ret_source)
{
    static const struct {
        Bytes prefix;
        EntityKind kind;
    } kinds[] = {{TEXT("user/"), ENTITY_USER}, {TEXT("group/"), ENTITY_GROUP}, {TEXT("role/"), ENTITY_ROLE}};
    Arn parts;
    if (!arn_parse(arn, &parts) || !bytes_is(parts.service, "iam"))
        return fail(call, &IAM_INVALID_INPUT, "Invalid Entity Arn: " BYTES_FMT, BYTES_ARG(arn));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!bytes_starts_with(parts.resource, kinds[i].prefix) || !bytes_equal(parts.account, call->account))
            continue;
        size_t at = (size_t)bytes_find_last(parts.resource, '/') + 1;
        return entity_find(call, kinds[i].kind, bytes_slice(parts.resource, at, parts.resource.len - at), ret_source);
    }
    return fail(call, &IAM_NO_SUCH_ENTITY, "The entity with ARN " BYTES_FMT " cannot be found.", BYTES_ARG(arn));
}

static Status collect_own(Call *call, int64_t owner, SimulatedPolicies *policies)
{
    int code;
    Statement *row = statement_begin(call->store, &inline_of);
    bind_int64(row, 1, owner);
    while ((code = statement_step(row)) == STORE_ROW) {
        Bytes name = arena_copy(call->arena, column_bytes(row, 0));
        TRY(simulated_add(call, policies, arena_copy(call->arena, column_bytes(row, 1)), name));
    }
    TRY(expect_ok(call, code));
    row = statement_begin(call->store, &attached_of);
    bind_int64(row, 1, owner);
    while ((code = statement_step(row)) == STORE_ROW)
        TRY(simulated_add_managed(call, policies, arena_copy(call->arena, column_bytes(row, 0))));
    return expect_ok(call, code);
}

Status simulated_collect(Call *call, const Entity *source, SimulatedPolicies *policies)
{
    EntityPage page = {TEXT(""), 100};
    EntityList groups;
    TRY(collect_own(call, source->key, policies));
    if (source->kind != ENTITY_USER)
        return OK;
    TRY(expect_ok(call, containers_list(&call->scope, source->key, &page, &groups)));
    for (size_t i = 0; i < groups.len; i++)
        TRY(collect_own(call, groups.items[i].key, policies));
    return OK;
}
