/* authorization_details.c - GetAccountAuthorizationDetails: users, groups, roles, then policies, each by name. AWS's
 * own policies are told where they are attached. aws: IAM API Reference; "IAM might return fewer than the MaxItems
 * number of results, even when there are more results available". */
#include "attached.h"
#include "document.h"
#include "managed.h"

#define ITEMS_MAX 200               /* a page, however many are asked for */
#define TOLD_MAX  (6 * 1024 * 1024) /* bytes; what is at hand is told to its end */

static const Query inline_of = {"SELECT name, document FROM iam_inline WHERE owner = ?1 ORDER BY name"};
static const Query attached_arns = {"SELECT DISTINCT arn FROM iam_attachment WHERE account = ?1 AND arn > ?2"
                                    " AND instr(arn, ':iam::aws:policy/') ORDER BY arn LIMIT ?3"};

typedef IamGetAccountAuthorizationDetailsOutput Details;

typedef struct Telling {
    Details *out;
    Bytes after;   /* in the section at hand */
    size_t left;   /* items the page may still hold */
    size_t before; /* of the arena, when it began */
    bool is_full;  /* there is more, behind: */
    Bytes last;
} Telling;

static Status tell_inline(Call *call, const Entity *owner, IampolicyDetailListType *ret_list)
{
    int code;
    size_t room = 0;
    Statement *row = statement_begin(call->store, &inline_of);
    bind_int64(row, 1, owner->key);
    while ((code = statement_step(row)) == STORE_ROW) {
        if (ret_list->len == room) {
            size_t wanted = room ? 2 * room : 4;
            ret_list->items = arena_grown(call->arena, ret_list->items, room * sizeof(IamPolicyDetail),
                                          wanted * sizeof(IamPolicyDetail));
            room = wanted;
        }
        Bytes name = arena_copy(call->arena, column_bytes(row, 0));
        ret_list->items[ret_list->len++] = (IamPolicyDetail){name, document_told(call, column_bytes(row, 1))};
    }
    return expect_ok(call, code);
}

static Status tell_attached(Call *call, const Entity *owner, IamattachedPoliciesListType *ret_list)
{
    EntityPage page = {TEXT(""), 100};
    AttachedFilter filter = {.owner = owner->name};
    return attached_list(call, owner->kind, &filter, &page, ret_list);
}

static Status tell_user(Call *call, const Entity *user, Details *out)
{
    EntityPage page = {TEXT(""), 100};
    EntityList groups;
    IamUserDetail *told = &out->user_detail_list.items[out->user_detail_list.len++];
    *told = (IamUserDetail){.path = user->path,
                            .user_name = user->name,
                            .user_id = user->id,
                            .arn = entity_arn(&call->scope, user),
                            .permissions_boundary = boundary_tell(call, user->boundary)};
    SET(told, create_date, user->created_ms);
    TRY(expect_ok(call, containers_list(&call->scope, user->key, &page, &groups)));
    told->group_list.items = arena_new_array(call->arena, Bytes, groups.len + 1);
    for (size_t i = 0; i < groups.len; i++)
        told->group_list.items[told->group_list.len++] = groups.items[i].name;
    TRY(tell_inline(call, user, &told->user_policy_list));
    TRY(tell_attached(call, user, &told->attached_managed_policies));
    return expect_ok(call, entity_tags(&call->scope, user, &told->tags));
}

static Status tell_group(Call *call, const Entity *group, Details *out)
{
    IamGroupDetail *told = &out->group_detail_list.items[out->group_detail_list.len++];
    *told = (IamGroupDetail){
        .path = group->path, .group_name = group->name, .group_id = group->id, .arn = entity_arn(&call->scope, group)};
    SET(told, create_date, group->created_ms);
    TRY(tell_inline(call, group, &told->group_policy_list));
    return tell_attached(call, group, &told->attached_managed_policies);
}

static Status tell_role(Call *call, const Entity *role, Details *out)
{
    EntityPage page = {TEXT(""), 100};
    EntityList profiles;
    IamRoleDetail *told = &out->role_detail_list.items[out->role_detail_list.len++];
    *told = (IamRoleDetail){.path = role->path,
                            .role_name = role->name,
                            .role_id = role->id,
                            .arn = entity_arn(&call->scope, role),
                            .assume_role_policy_document = document_told(call, role->document),
                            .permissions_boundary = boundary_tell(call, role->boundary),
                            .role_last_used = arena_new_of(call->arena, IamRoleLastUsed)};
    SET(told, create_date, role->created_ms);
    TRY(expect_ok(call, containers_list(&call->scope, role->key, &page, &profiles)));
    TRY(profiles_tell(call, &profiles, &told->instance_profile_list));
    TRY(tell_inline(call, role, &told->role_policy_list));
    TRY(tell_attached(call, role, &told->attached_managed_policies));
    return expect_ok(call, entity_tags(&call->scope, role, &told->tags));
}

static IamManagedPolicyDetail *add_policy(const IamPolicy *policy, Details *out)
{
    IamManagedPolicyDetail *told = &out->policies.items[out->policies.len++];
    *told = (IamManagedPolicyDetail){.policy_name = policy->policy_name,
                                     .policy_id = policy->policy_id,
                                     .arn = policy->arn,
                                     .path = policy->path,
                                     .default_version_id = policy->default_version_id};
    SET(told, attachment_count, policy->attachment_count);
    SET(told, permissions_boundary_usage_count, policy->permissions_boundary_usage_count);
    SET(told, is_attachable, true);
    SET(told, create_date, policy->create_date);
    SET(told, update_date, policy->update_date);
    return told;
}

static Status tell_policy(Call *call, const Entity *policy, Details *out)
{
    IamPolicy own;
    Version versions[VERSIONS_MAX];
    size_t count;
    TRY(policy_tell_own(call, policy, &own));
    IamManagedPolicyDetail *told = add_policy(&own, out);
    told->description = policy->description;
    TRY(expect_ok(call, policy_versions_list(&call->scope, policy->key, INT32_MAX, versions, &count)));
    told->policy_version_list.items = arena_new_array(call->arena, IamPolicyVersion, count + 1);
    for (size_t i = 0; i < count; i++)
        policy_version_tell(call, &versions[i], policy->default_version,
                            &told->policy_version_list.items[told->policy_version_list.len++]);
    return OK;
}

static Status tell_managed(Call *call, const ManagedPolicy *managed, Details *out)
{
    IamPolicy policy;
    Version version = {managed->version, managed->document, managed->updated_ms};
    TRY(policy_tell_managed(call, managed, &policy));
    IamManagedPolicyDetail *told = add_policy(&policy, out);
    if (!present(managed->document))
        return OK;
    told->policy_version_list.items = arena_new_of(call->arena, IamPolicyVersion);
    policy_version_tell(call, &version, version.number, told->policy_version_list.items);
    told->policy_version_list.len = 1;
    return OK;
}

/* The page's end: so many items, or so many bytes. */
static bool is_full(Call *call, Telling *telling)
{
    telling->is_full = !telling->left || arena_used(call->arena) - telling->before > TOLD_MAX;
    return telling->is_full;
}

static Status tell_entities(Call *call, EntityKind kind, Status (*tell)(Call *, const Entity *, Details *),
                            Telling *telling)
{
    EntityList list;
    EntityPage page = {telling->after, telling->left};
    TRY(expect_ok(call, entities_list(&call->scope, kind, (Bytes){0}, &page, &list)));
    for (size_t i = 0; i < list.len && !is_full(call, telling); i++, telling->left--) {
        TRY(tell(call, &list.items[i], telling->out));
        telling->last = list.items[i].name;
    }
    return OK;
}

static Status tell_users(Call *call, Telling *telling)
{
    return tell_entities(call, ENTITY_USER, tell_user, telling);
}

static Status tell_groups(Call *call, Telling *telling)
{
    return tell_entities(call, ENTITY_GROUP, tell_group, telling);
}

static Status tell_roles(Call *call, Telling *telling)
{
    return tell_entities(call, ENTITY_ROLE, tell_role, telling);
}

static Status tell_policies(Call *call, Telling *telling)
{
    return tell_entities(call, ENTITY_POLICY, tell_policy, telling);
}

static Status tell_all_managed(Call *call, Telling *telling)
{
    Iam *iam = call->service;
    int code;
    Statement *row = statement_begin(call->store, &attached_arns);
    bind_text(row, 1, call->account);
    bind_text(row, 2, telling->after);
    bind_int64(row, 3, (int64_t)telling->left + 1);
    Bytes *arns = arena_new_array(call->arena, Bytes, telling->left + 1);
    size_t count = 0;
    while ((code = statement_step(row)) == STORE_ROW)
        arns[count++] = arena_copy(call->arena, column_bytes(row, 0));
    TRY(expect_ok(call, code));
    for (size_t i = 0; i < count && !is_full(call, telling); i++, telling->left--) {
        ptrdiff_t slash = bytes_find(arns[i], '/');
        const ManagedPolicy *managed =
            managed_find(iam->managed, bytes_slice(arns[i], (size_t)slash + 1, arns[i].len - (size_t)slash - 1));
        if (managed)
            TRY(tell_managed(call, managed, telling->out));
        telling->last = arns[i];
    }
    return OK;
}

static const struct {
    const char *filter;
    Status (*tell)(Call *call, Telling *telling);
} sections[] = {{"User", tell_users},
                {"Group", tell_groups},
                {"Role", tell_roles},
                {"LocalManagedPolicy", tell_policies},
                {"AWSManagedPolicy", tell_all_managed}};
#define SECTIONS (sizeof sections / sizeof *sections)

static bool is_wanted(const IamentityListType *filter, const char *section)
{
    for (size_t i = 0; i < filter->len; i++)
        if (bytes_is(filter->items[i], section))
            return true;
    return !filter->len;
}

static void make_room(Call *call, size_t limit, Details *out)
{
    out->user_detail_list.items = arena_new_array(call->arena, IamUserDetail, limit);
    out->group_detail_list.items = arena_new_array(call->arena, IamGroupDetail, limit);
    out->role_detail_list.items = arena_new_array(call->arena, IamRoleDetail, limit);
    out->policies.items = arena_new_array(call->arena, IamManagedPolicyDetail, limit);
}

/* A marker: the number of the section, a colon, and what was told last of it. */
OPERATION(IamGetAccountAuthorizationDetails, get_account_authorization_details, READS);
static Status get_account_authorization_details(Call *call, const IamGetAccountAuthorizationDetailsInput *in,
                                                IamGetAccountAuthorizationDetailsOutput *out)
{
    EntityPage page;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    size_t section = page.after.len >= 2 ? (size_t)(unsigned char)(page.after.ptr[0] - '0') : 0;
    size_t limit = page.limit < ITEMS_MAX ? page.limit : ITEMS_MAX;
    Telling telling = {.out = out, .after = TEXT(""), .left = limit, .before = arena_used(call->arena)};
    if (page.after.len >= 2)
        telling.after = bytes_slice(page.after, 2, page.after.len - 2);
    make_room(call, limit + 1, out);
    for (; section < SECTIONS && !telling.is_full; section++, telling.after = TEXT("")) {
        telling.last = telling.after;
        if (is_wanted(&in->filter, sections[section].filter))
            TRY(sections[section].tell(call, &telling));
    }
    SET(out, is_truncated, telling.is_full);
    if (telling.is_full)
        out->marker = list_marker(&call->scope,
                                  arena_text(call->arena, "%d:" BYTES_FMT, (int)section - 1, BYTES_ARG(telling.last)));
    return OK;
}
