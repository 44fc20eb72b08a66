/* roles.c - roles: CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy,
 * DeleteRole. aws: IAM API Reference. */
#include "attached.h"
#include "document.h"

#define SESSION_SECONDS 3600
#define TRUST_SIZE_MAX  2048 /* aws: IAM and AWS STS quotas, "Role trust policy length": 2,048 characters */

Status role_tell(Call *call, const Entity *entity, IamRole *ret_role)
{
    *ret_role = (IamRole){.path = entity->path,
                          .role_name = entity->name,
                          .role_id = entity->id,
                          .arn = entity_arn(&call->scope, entity),
                          .assume_role_policy_document = document_told(call, entity->document)};
    SET(ret_role, create_date, entity->created_ms);
    return OK;
}

/* aws: seen: a list has neither tags nor the boundary; what CreateRole answers has no duration and no description. */
static Status tell_listed(Call *call, const Entity *entity, IamRole *ret_role)
{
    TRY(role_tell(call, entity, ret_role));
    ret_role->description = entity->description;
    SET(ret_role, max_session_duration, entity->max_session_seconds);
    return OK;
}

static Status tell_whole(Call *call, const Entity *entity, IamRole *ret_role)
{
    TRY(tell_listed(call, entity, ret_role));
    ret_role->role_last_used = arena_new_of(call->arena, IamRoleLastUsed);
    ret_role->permissions_boundary = boundary_tell(call, entity->boundary);
    return expect_ok(call, entity_tags(&call->scope, entity, &ret_role->tags));
}

static Status check_trust(Call *call, Bytes document)
{
    TRY(document_check(call, document, POLICY_OF_TRUST));
    if (policy_size(document) > TRUST_SIZE_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for ACLSizePerRole: %d", TRUST_SIZE_MAX);
    return OK;
}

OPERATION(IamCreateRole, create_role, WRITES);
static Status create_role(Call *call, const IamCreateRoleInput *in, IamCreateRoleOutput *out)
{
    Entity role = {.kind = ENTITY_ROLE,
                   .name = in->role_name,
                   .path = PATH_OR_ROOT(in->path),
                   .document = in->assume_role_policy_document,
                   .description = in->description,
                   .boundary = in->permissions_boundary,
                   .max_session_seconds = in->has_max_session_duration ? in->max_session_duration : SESSION_SECONDS};
    TRY(entity_check_new(call, ENTITY_ROLE, in->role_name));
    TRY(check_trust(call, role.document));
    TRY(boundary_check(call, role.boundary));
    TRY(entity_tags_check(call, &in->tags));

    TRY(expect_ok(call, entity_insert(&call->scope, &role)));
    TRY(expect_ok(call, entity_tags_put(&call->scope, &role, &in->tags)));

    out->role = arena_new_of(call->arena, IamRole);
    TRY(role_tell(call, &role, out->role));
    out->role->permissions_boundary = boundary_tell(call, role.boundary);
    out->role->tags = in->tags;
    return OK;
}

OPERATION(IamGetRole, get_role, READS);
static Status get_role(Call *call, const IamGetRoleInput *in, IamGetRoleOutput *out)
{
    Entity role;
    TRY(entity_find(call, ENTITY_ROLE, in->role_name, &role));
    out->role = arena_new_of(call->arena, IamRole);
    return tell_whole(call, &role, out->role);
}

OPERATION(IamListRoles, list_roles, READS);
static Status list_roles(Call *call, const IamListRolesInput *in, IamListRolesOutput *out)
{
    EntityPage page;
    EntityList roles;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(expect_ok(call, entities_list(&call->scope, ENTITY_ROLE, in->path_prefix, &page, &roles)));
    out->roles.items = arena_new_array(call->arena, IamRole, roles.len + 1);
    for (; out->roles.len < roles.len; out->roles.len++)
        TRY(tell_listed(call, &roles.items[out->roles.len], &out->roles.items[out->roles.len]));
    PAGE_END(out, roles, .role_name);
    return OK;
}

OPERATION(IamUpdateRole, update_role, WRITES);
static Status update_role(Call *call, const IamUpdateRoleInput *in, IamUpdateRoleOutput *out)
{
    Entity role;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    if (present(in->description))
        role.description = in->description;
    /* aws: UpdateRole: "If you do not specify a value for this setting, the default value of one hour is applied." */
    role.max_session_seconds = in->has_max_session_duration ? in->max_session_duration : SESSION_SECONDS;
    return expect_ok(call, entity_update(&call->scope, &role));
}

OPERATION(IamUpdateRoleDescription, update_role_description, WRITES);
static Status update_role_description(Call *call, const IamUpdateRoleDescriptionInput *in,
                                      IamUpdateRoleDescriptionOutput *out)
{
    Entity role;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    role.description = in->description;
    TRY(expect_ok(call, entity_update(&call->scope, &role)));
    out->role = arena_new_of(call->arena, IamRole);
    return tell_listed(call, &role, out->role);
}

OPERATION(IamUpdateAssumeRolePolicy, update_assume_role_policy, WRITES);
static Status update_assume_role_policy(Call *call, const IamUpdateAssumeRolePolicyInput *in,
                                        IamUpdateAssumeRolePolicyOutput *out)
{
    Entity role;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    TRY(check_trust(call, in->policy_document));
    role.document = in->policy_document;
    return expect_ok(call, entity_update(&call->scope, &role));
}

OPERATION(IamDeleteRole, delete_role, WRITES);
static Status delete_role(Call *call, const IamDeleteRoleInput *in, IamDeleteRoleOutput *out)
{
    Entity role;
    (void)out;
    TRY(entity_find_for_change(call, ENTITY_ROLE, in->role_name, &role));
    TRY(entity_check_free(call, &role));
    return expect_ok(call, entity_delete(&call->scope, &role));
}
