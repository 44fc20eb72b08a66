/* policies_of.c - the policies of a user with its groups, or of a role, and what limits them. */
#include "attached.h"
#include "iam_policies.h"
#include "managed.h"
#include "permission.h"

#define GROUPS_MAX 10 /* aws: IAM and AWS STS quotas: "Groups an IAM user can be a member of": 10 */

static const Query inline_of = {"SELECT document FROM iam_inline WHERE owner = ?1"};
static const Query attached_of = {"SELECT arn FROM iam_attachment WHERE owner = ?1"};
static const Query tags_of = {"SELECT key, value FROM iam_tag WHERE owner = ?1 ORDER BY key"};

static Scope scope_in(const Scope *scope, Bytes account)
{
    Scope iam = scope_for(scope, runtime_service(scope->runtime, &iam_service));
    if (account.len == 12) /* AWS's own policies are "aws"'s */
        iam.account = account;
    return iam;
}

static void add(Arena *arena, IamPolicies *policies, const Policy *policy)
{
    if (policies->identity_count % 16 == 0)
        policies->identity = arena_grown(arena, policies->identity, policies->identity_count * sizeof(Policy),
                                         (policies->identity_count + 16) * sizeof(Policy));
    policies->identity[policies->identity_count++] = *policy;
}

static int read_version(const Scope *scope, const Entity *policy, Bytes *ret_document)
{
    Version version;
    int code = policy_version_find(scope, policy->key, policy->default_version, &version);
    if (code == STORE_OK)
        *ret_document = version.document;
    return code;
}

int iam_managed_policy(const Scope *scope, Bytes arn, Policy *ret_policy)
{
    Arn parts;
    Entity entity;
    Bytes document = {0}, detail, path = permission_name(arn, "policy");
    if (!present(path) || !arn_parse(arn, &parts))
        return STORE_NOT_FOUND;
    Scope iam = scope_in(scope, parts.account);
    if (bytes_is(parts.account, "aws")) {
        const ManagedPolicy *managed = managed_find(((Iam *)iam.service)->managed, path);
        document = managed ? managed->document : (Bytes){0};
    } else {
        size_t at = (size_t)(bytes_find_last(path, '/') + 1);
        int code = entity_look_up(&iam, ENTITY_POLICY, bytes_slice(path, at, path.len - at), &entity);
        if (code == STORE_OK)
            code = read_version(&iam, &entity, &document);
        if (code != STORE_OK)
            return code;
    }
    return present(document) && policy_read(scope->arena, document, ret_policy, &detail) == POLICY_FINE
               ? STORE_OK
               : STORE_NOT_FOUND;
}

static int collect_inline(const Scope *scope, int64_t owner, IamPolicies *policies)
{
    int code;
    Policy policy;
    Bytes detail;
    Statement *row = statement_begin(scope->store, &inline_of);
    bind_int64(row, 1, owner);
    while ((code = statement_step(row)) == STORE_ROW)
        if (policy_read(scope->arena, arena_copy(scope->arena, column_bytes(row, 0)), &policy, &detail) == POLICY_FINE)
            add(scope->arena, policies, &policy);
    return code;
}

static int collect_attached(const Scope *scope, int64_t owner, IamPolicies *policies)
{
    Bytes arns[64];
    size_t count = 0;
    int code;
    Statement *row = statement_begin(scope->store, &attached_of);
    bind_int64(row, 1, owner);
    while ((code = statement_step(row)) == STORE_ROW)
        if (count < sizeof arns / sizeof *arns)
            arns[count++] = arena_copy(scope->arena, column_bytes(row, 0));
    for (size_t i = 0; i < count && code == STORE_OK; i++) {
        Policy policy;
        code = iam_managed_policy(scope, arns[i], &policy);
        if (code == STORE_OK)
            add(scope->arena, policies, &policy);
        else if (code == STORE_NOT_FOUND)
            code = STORE_OK;
    }
    return code;
}

static int collect_own(const Scope *scope, int64_t owner, IamPolicies *policies)
{
    int code = collect_inline(scope, owner, policies);
    return code == STORE_OK ? collect_attached(scope, owner, policies) : code;
}

static int collect_groups(const Scope *scope, const Entity *user, IamPolicies *policies)
{
    EntityPage page = {TEXT(""), GROUPS_MAX};
    EntityList groups;
    int code = containers_list(scope, user->key, &page, &groups);
    for (size_t i = 0; i < groups.len && code == STORE_OK; i++)
        code = collect_own(scope, groups.items[i].key, policies);
    return code;
}

static int collect_tags(const Scope *scope, int64_t owner, IamPolicies *policies)
{
    int code;
    Statement *row = statement_begin(scope->store, &tags_of);
    bind_int64(row, 1, owner);
    policies->tags = TEXT("");
    while ((code = statement_step(row)) == STORE_ROW) {
        Bytes key = column_bytes(row, 0), value = column_bytes(row, 1);
        policies->tags = arena_text(scope->arena, BYTES_FMT BYTES_FMT "\n" BYTES_FMT "\n", BYTES_ARG(policies->tags),
                                    BYTES_ARG(key), BYTES_ARG(value));
    }
    return code;
}

static int find(const Scope *scope, Bytes arn, Entity *ret_entity, Scope *ret_iam)
{
    Arn parts;
    Bytes role = permission_name(arn, "role"), path = present(role) ? role : permission_name(arn, "user");
    if (!present(path) || !arn_parse(arn, &parts) || !runtime_service(scope->runtime, &iam_service))
        return STORE_NOT_FOUND;
    *ret_iam = scope_in(scope, parts.account);
    size_t at = (size_t)(bytes_find_last(path, '/') + 1);
    return entity_look_up(ret_iam, present(role) ? ENTITY_ROLE : ENTITY_USER, bytes_slice(path, at, path.len - at),
                          ret_entity);
}

int iam_policies_of(const Scope *scope, Bytes arn, IamPolicies *ret_policies)
{
    Entity entity;
    Scope iam;
    int code = find(scope, arn, &entity, &iam);
    *ret_policies = (IamPolicies){.tags = TEXT("")};
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    code = collect_own(&iam, entity.key, ret_policies);
    if (code == STORE_OK && entity.kind == ENTITY_USER)
        code = collect_groups(&iam, &entity, ret_policies);
    if (code == STORE_OK)
        code = collect_tags(&iam, entity.key, ret_policies);
    if (code != STORE_OK || !present(entity.boundary) || !entity.boundary.len)
        return code;
    ret_policies->has_boundary = true;
    ret_policies->boundary = arena_new_of(scope->arena, Policy);
    code = iam_managed_policy(&iam, entity.boundary, ret_policies->boundary);
    ret_policies->boundary_count = code == STORE_OK;
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

int iam_trust_of(const Scope *scope, Bytes role_arn, Bytes *ret_document)
{
    Entity role;
    Scope iam;
    int code = find(scope, role_arn, &role, &iam);
    *ret_document = code == STORE_OK ? role.document : (Bytes){0};
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}
