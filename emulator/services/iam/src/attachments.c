/* attachments.c - AttachRolePolicy and its like, permissions boundaries. */
#include "attached.h"

OPERATION(IamAttachRolePolicy, attach_role_policy, WRITES);
static Status attach_role_policy(Call *call, const IamAttachRolePolicyInput *in, IamAttachRolePolicyOutput *out)
{
    (void)out;
    return policy_attach(call, ENTITY_ROLE, in->role_name, in->policy_arn);
}

OPERATION(IamDetachRolePolicy, detach_role_policy, WRITES);
static Status detach_role_policy(Call *call, const IamDetachRolePolicyInput *in, IamDetachRolePolicyOutput *out)
{
    (void)out;
    return policy_detach(call, ENTITY_ROLE, in->role_name, in->policy_arn);
}

OPERATION(IamListAttachedRolePolicies, list_attached_role_policies, READS);
static Status list_attached_role_policies(Call *call, const IamListAttachedRolePoliciesInput *in,
                                          IamListAttachedRolePoliciesOutput *out)
{
    EntityPage page;
    AttachedFilter filter = {in->role_name, in->path_prefix};
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(attached_list(call, ENTITY_ROLE, &filter, &page, &out->attached_policies));
    PAGE_END(out, attached_policies, .policy_arn);
    return OK;
}

OPERATION(IamPutRolePermissionsBoundary, put_role_permissions_boundary, WRITES);
static Status put_role_permissions_boundary(Call *call, const IamPutRolePermissionsBoundaryInput *in,
                                            IamPutRolePermissionsBoundaryOutput *out)
{
    (void)out;
    return boundary_put(call, ENTITY_ROLE, in->role_name, in->permissions_boundary);
}

OPERATION(IamDeleteRolePermissionsBoundary, delete_role_permissions_boundary, WRITES);
static Status delete_role_permissions_boundary(Call *call, const IamDeleteRolePermissionsBoundaryInput *in,
                                               IamDeleteRolePermissionsBoundaryOutput *out)
{
    (void)out;
    return boundary_delete(call, ENTITY_ROLE, in->role_name);
}

OPERATION(IamAttachUserPolicy, attach_user_policy, WRITES);
static Status attach_user_policy(Call *call, const IamAttachUserPolicyInput *in, IamAttachUserPolicyOutput *out)
{
    (void)out;
    return policy_attach(call, ENTITY_USER, in->user_name, in->policy_arn);
}

OPERATION(IamDetachUserPolicy, detach_user_policy, WRITES);
static Status detach_user_policy(Call *call, const IamDetachUserPolicyInput *in, IamDetachUserPolicyOutput *out)
{
    (void)out;
    return policy_detach(call, ENTITY_USER, in->user_name, in->policy_arn);
}

OPERATION(IamListAttachedUserPolicies, list_attached_user_policies, READS);
static Status list_attached_user_policies(Call *call, const IamListAttachedUserPoliciesInput *in,
                                          IamListAttachedUserPoliciesOutput *out)
{
    EntityPage page;
    AttachedFilter filter = {in->user_name, in->path_prefix};
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(attached_list(call, ENTITY_USER, &filter, &page, &out->attached_policies));
    PAGE_END(out, attached_policies, .policy_arn);
    return OK;
}

OPERATION(IamPutUserPermissionsBoundary, put_user_permissions_boundary, WRITES);
static Status put_user_permissions_boundary(Call *call, const IamPutUserPermissionsBoundaryInput *in,
                                            IamPutUserPermissionsBoundaryOutput *out)
{
    (void)out;
    return boundary_put(call, ENTITY_USER, in->user_name, in->permissions_boundary);
}

OPERATION(IamDeleteUserPermissionsBoundary, delete_user_permissions_boundary, WRITES);
static Status delete_user_permissions_boundary(Call *call, const IamDeleteUserPermissionsBoundaryInput *in,
                                               IamDeleteUserPermissionsBoundaryOutput *out)
{
    (void)out;
    return boundary_delete(call, ENTITY_USER, in->user_name);
}

OPERATION(IamAttachGroupPolicy, attach_group_policy, WRITES);
static Status attach_group_policy(Call *call, const IamAttachGroupPolicyInput *in, IamAttachGroupPolicyOutput *out)
{
    (void)out;
    return policy_attach(call, ENTITY_GROUP, in->group_name, in->policy_arn);
}

OPERATION(IamDetachGroupPolicy, detach_group_policy, WRITES);
static Status detach_group_policy(Call *call, const IamDetachGroupPolicyInput *in, IamDetachGroupPolicyOutput *out)
{
    (void)out;
    return policy_detach(call, ENTITY_GROUP, in->group_name, in->policy_arn);
}

OPERATION(IamListAttachedGroupPolicies, list_attached_group_policies, READS);
static Status list_attached_group_policies(Call *call, const IamListAttachedGroupPoliciesInput *in,
                                           IamListAttachedGroupPoliciesOutput *out)
{
    EntityPage page;
    AttachedFilter filter = {in->group_name, in->path_prefix};
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(attached_list(call, ENTITY_GROUP, &filter, &page, &out->attached_policies));
    PAGE_END(out, attached_policies, .policy_arn);
    return OK;
}
