/* policies.c - managed policies, AWS's and the account's own: CreatePolicy, GetPolicy, ListPolicies, DeletePolicy,
 * ListEntitiesForPolicy. aws: IAM API Reference. */
#include "attached.h"
#include "budget.h"
#include "document.h"
#include "managed.h"

static const Query usage = {"SELECT (SELECT count(*) FROM iam_attachment WHERE account = ?1 AND arn = ?2),"
                            " (SELECT count(*) FROM iam_entity WHERE account = ?1 AND boundary = ?2)"};
static const Query attached_to = {"SELECT e.key, e.kind, e.name, e.id, e.path FROM iam_attachment a JOIN iam_entity e"
                                  " ON e.key = a.owner WHERE a.account = ?1 AND a.arn = ?2 AND e.key > ?3"
                                  " ORDER BY e.key LIMIT ?4"};
static const Query bounded_by = {"SELECT key, kind, name, id, path FROM iam_entity WHERE account = ?1 AND boundary = ?2"
                                 " AND key > ?3 ORDER BY key LIMIT ?4"};

int policy_usage(const Scope *scope, Bytes arn, int64_t *ret_attached, int64_t *ret_boundaries)
{
    Statement *row = statement_begin(scope->store, &usage);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, arn);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_attached = column_int64(row, 0);
    *ret_boundaries = column_int64(row, 1);
    statement_end(row);
    return STORE_OK;
}

static Status tell_usage(Call *call, IamPolicy *policy)
{
    int64_t attached, boundaries;
    TRY(expect_ok(call, policy_usage(&call->scope, policy->arn, &attached, &boundaries)));
    SET(policy, attachment_count, (int32_t)attached);
    SET(policy, permissions_boundary_usage_count, (int32_t)boundaries);
    SET(policy, is_attachable, true);
    return OK;
}

Status policy_tell_own(Call *call, const Entity *entity, IamPolicy *ret_policy)
{
    *ret_policy = (IamPolicy){.policy_name = entity->name,
                              .policy_id = entity->id,
                              .arn = entity_arn(&call->scope, entity),
                              .path = entity->path,
                              .default_version_id = arena_text(call->arena, "v%d", (int)entity->default_version)};
    SET(ret_policy, create_date, entity->created_ms);
    SET(ret_policy, update_date, entity->updated_ms);
    return tell_usage(call, ret_policy);
}

Status policy_tell_managed(Call *call, const ManagedPolicy *managed, IamPolicy *ret_policy)
{
    *ret_policy = (IamPolicy){.policy_name = managed->name,
                              .policy_id = managed_id(&call->scope, managed),
                              .arn = managed_arn(&call->scope, managed),
                              .path = arena_text(call->arena, "/" BYTES_FMT, BYTES_ARG(managed->path)),
                              .default_version_id = arena_text(call->arena, "v%d", (int)managed->version)};
    SET(ret_policy, create_date, managed->created_ms);
    SET(ret_policy, update_date, managed->updated_ms);
    return tell_usage(call, ret_policy);
}

OPERATION(IamCreatePolicy, create_policy, WRITES);
static Status create_policy(Call *call, const IamCreatePolicyInput *in, IamCreatePolicyOutput *out)
{
    Entity policy = {.kind = ENTITY_POLICY,
                     .name = in->policy_name,
                     .path = PATH_OR_ROOT(in->path),
                     .description = in->description,
                     .default_version = 1,
                     .versions_made = 1};
    TRY(policy_document_check(call, in->policy_document));
    TRY(entity_check_new(call, ENTITY_POLICY, in->policy_name));
    TRY(entity_tags_check(call, &in->tags));

    TRY(expect_ok(call, entity_insert(&call->scope, &policy)));
    Version version = {1, in->policy_document, policy.created_ms};
    TRY(expect_ok(call, policy_version_insert(&call->scope, policy.key, &version)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &policy, &in->tags)));

    out->policy = arena_new_of(call->arena, IamPolicy);
    TRY(policy_tell_own(call, &policy, out->policy));
    out->policy->tags = in->tags;
    return OK;
}

OPERATION(IamGetPolicy, get_policy, READS);
static Status get_policy(Call *call, const IamGetPolicyInput *in, IamGetPolicyOutput *out)
{
    PolicyRef policy;
    TRY(policy_find(call, in->policy_arn, false, &policy));
    out->policy = arena_new_of(call->arena, IamPolicy);
    if (policy.managed)
        return policy_tell_managed(call, policy.managed, out->policy);
    TRY(policy_tell_own(call, &policy.own, out->policy));
    out->policy->description = policy.own.description;
    return expect_ok(call, entity_tags(&call->scope, &policy.own, &out->policy->tags));
}

/* ListPolicies: first the account's own by name, then AWS's. A marker says in which it goes on. */

static bool is_wanted(const IamListPoliciesInput *in, const IamPolicy *policy)
{
    if (present(in->path_prefix) && !bytes_starts_with(policy->path, in->path_prefix))
        return false;
    bool as_boundary = bytes_is(in->policy_usage_filter, "PermissionsBoundary");
    int32_t uses = as_boundary ? policy->permissions_boundary_usage_count : policy->attachment_count;
    return uses > 0 || (!(in->has_only_attached && in->only_attached) && !as_boundary);
}

static Status list_own(Call *call, const IamListPoliciesInput *in, const EntityPage *page, IampolicyListType *list)
{
    EntityPage at = {page->after, 100};
    EntityList policies;
    do {
        TRY(expect_ok(call, entities_list(&call->scope, ENTITY_POLICY, in->path_prefix, &at, &policies)));
        for (size_t i = 0; i < policies.len && i < at.limit && list->len <= page->limit; i++) {
            budget_work(call->arena, 100);
            TRY(policy_tell_own(call, &policies.items[i], &list->items[list->len]));
            list->len += is_wanted(in, &list->items[list->len]);
            at.after = policies.items[i].name;
        }
    } while (policies.len > at.limit && list->len <= page->limit);
    return OK;
}

static Status list_managed(Call *call, const IamListPoliciesInput *in, const EntityPage *page, IampolicyListType *list)
{
    Iam *iam = call->service;
    int64_t at = 0;
    (void)bytes_to_int64(page->after, &at);
    const ManagedPolicy *managed;
    for (; list->len <= page->limit && (managed = managed_at(iam->managed, (size_t)at)); at++) {
        budget_work(call->arena, 100);
        TRY(policy_tell_managed(call, managed, &list->items[list->len]));
        list->len += is_wanted(in, &list->items[list->len]);
    }
    return OK;
}

/* "1:name" among the account's own, "2:number" of AWS's. */
static Bytes policies_marker(Call *call, const IampolicyListType *list, size_t limit)
{
    Iam *iam = call->service;
    const IamPolicy *last = &list->items[limit - 1];
    Arn arn;
    if (!arn_parse(last->arn, &arn) || !bytes_is(arn.account, "aws"))
        return list_marker(&call->scope, arena_text(call->arena, "1:" BYTES_FMT, BYTES_ARG(last->policy_name)));
    const ManagedPolicy *first = managed_at(iam->managed, 0);
    const ManagedPolicy *managed = managed_find(iam->managed, bytes_slice(arn.resource, 7, arn.resource.len - 7));
    return list_marker(&call->scope, arena_text(call->arena, "2:%d", (int)(managed - first) + 1));
}

OPERATION(IamListPolicies, list_policies, READS);
static Status list_policies(Call *call, const IamListPoliciesInput *in, IamListPoliciesOutput *out)
{
    EntityPage page;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    bool is_second = bytes_starts_with(page.after, TEXT("2:"));
    if (page.after.len >= 2)
        page.after = bytes_slice(page.after, 2, page.after.len - 2);
    out->policies.items = arena_new_array(call->arena, IamPolicy, page.limit + 2);
    if (!is_second && !bytes_is(in->scope, "AWS")) {
        TRY(list_own(call, in, &page, &out->policies));
        page.after = TEXT("");
    }
    if (!bytes_is(in->scope, "Local"))
        TRY(list_managed(call, in, &page, &out->policies));
    SET(out, is_truncated, out->policies.len > page.limit);
    if (out->is_truncated) {
        out->policies.len = page.limit;
        out->marker = policies_marker(call, &out->policies, page.limit);
    }
    return OK;
}

OPERATION(IamDeletePolicy, delete_policy, WRITES);
static Status delete_policy(Call *call, const IamDeletePolicyInput *in, IamDeletePolicyOutput *out)
{
    PolicyRef policy;
    int64_t attached, boundaries;
    Version versions[VERSIONS_MAX];
    size_t count;
    (void)out;
    TRY(policy_find(call, in->policy_arn, false, &policy));
    if (policy.managed)
        return fail(call, &COMMON_ACCESS_DENIED, "Policy " BYTES_FMT " is AWS's own and cannot be changed.",
                    BYTES_ARG(in->policy_arn));
    TRY(expect_ok(call, policy_usage(&call->scope, in->policy_arn, &attached, &boundaries)));
    if (attached || boundaries)
        return fail(call, &IAM_DELETE_CONFLICT, "Cannot delete a policy attached to entities.");
    TRY(expect_ok(call, policy_versions_list(&call->scope, policy.own.key, INT32_MAX, versions, &count)));
    if (count > 1)
        return fail(
            call, &IAM_DELETE_CONFLICT,
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
    return expect_ok(call, entity_delete(&call->scope, &policy.own));
}

/* ListEntitiesForPolicy */

typedef struct Telling {
    const IamListEntitiesForPolicyInput *in;
    IamListEntitiesForPolicyOutput *out;
    size_t count;
    int64_t last;
} Telling;

static bool tell_entity(Call *call, Telling *telling, Statement *row)
{
    static const char *const filters[] = {[ENTITY_ROLE] = "Role", [ENTITY_USER] = "User", [ENTITY_GROUP] = "Group"};
    int64_t kind = column_int64(row, 1);
    const IamListEntitiesForPolicyInput *in = telling->in;
    IamListEntitiesForPolicyOutput *out = telling->out;
    if (present(in->entity_filter) && !bytes_is(in->entity_filter, filters[kind]))
        return false;
    if (present(in->path_prefix) && !bytes_starts_with(column_bytes(row, 4), in->path_prefix))
        return false;
    Bytes name = arena_copy(call->arena, column_bytes(row, 2)), id = arena_copy(call->arena, column_bytes(row, 3));
    if (kind == ENTITY_ROLE)
        out->policy_roles.items[out->policy_roles.len++] = (IamPolicyRole){name, id};
    else if (kind == ENTITY_USER)
        out->policy_users.items[out->policy_users.len++] = (IamPolicyUser){name, id};
    else
        out->policy_groups.items[out->policy_groups.len++] = (IamPolicyGroup){name, id};
    return true;
}

OPERATION(IamListEntitiesForPolicy, list_entities_for_policy, READS);
static Status list_entities_for_policy(Call *call, const IamListEntitiesForPolicyInput *in,
                                       IamListEntitiesForPolicyOutput *out)
{
    PolicyRef policy;
    EntityPage page;
    Telling telling = {.in = in, .out = out};
    int code;
    TRY(policy_find(call, in->policy_arn, false, &policy));
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    (void)bytes_to_int64(page.after, &telling.last);
    out->policy_roles.items = arena_new_array(call->arena, IamPolicyRole, page.limit);
    out->policy_users.items = arena_new_array(call->arena, IamPolicyUser, page.limit);
    out->policy_groups.items = arena_new_array(call->arena, IamPolicyGroup, page.limit);
    bool as_boundary = bytes_is(in->policy_usage_filter, "PermissionsBoundary");
    Statement *row = statement_begin(call->store, as_boundary ? &bounded_by : &attached_to);
    bind_text(row, 1, call->account);
    bind_text(row, 2, in->policy_arn);
    bind_int64(row, 3, telling.last);
    bind_int64(row, 4, -1);
    while ((code = statement_step(row)) == STORE_ROW && telling.count < page.limit) {
        telling.count += tell_entity(call, &telling, row);
        telling.last = column_int64(row, 0);
    }
    SET(out, is_truncated, code == STORE_ROW);
    if (code == STORE_ROW) {
        statement_end(row);
        out->marker = list_marker(&call->scope, arena_text(call->arena, "%lld", (long long)telling.last));
        return OK;
    }
    return expect_ok(call, code);
}
