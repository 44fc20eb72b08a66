/* inline_policies.c - PutRolePolicy and its like: inline policies of roles, users and groups. */
#include "attached.h"

OPERATION(IamPutRolePolicy, put_role_policy, WRITES);
static Status put_role_policy(Call *call, const IamPutRolePolicyInput *in, IamPutRolePolicyOutput *out)
{
    (void)out;
    return inline_put(call, ENTITY_ROLE, in->role_name, in->policy_name, in->policy_document);
}

OPERATION(IamGetRolePolicy, get_role_policy, READS);
static Status get_role_policy(Call *call, const IamGetRolePolicyInput *in, IamGetRolePolicyOutput *out)
{
    out->role_name = in->role_name;
    out->policy_name = in->policy_name;
    return inline_get(call, ENTITY_ROLE, in->role_name, in->policy_name, &out->policy_document);
}

OPERATION(IamDeleteRolePolicy, delete_role_policy, WRITES);
static Status delete_role_policy(Call *call, const IamDeleteRolePolicyInput *in, IamDeleteRolePolicyOutput *out)
{
    (void)out;
    return inline_delete(call, ENTITY_ROLE, in->role_name, in->policy_name);
}

OPERATION(IamListRolePolicies, list_role_policies, READS);
static Status list_role_policies(Call *call, const IamListRolePoliciesInput *in, IamListRolePoliciesOutput *out)
{
    EntityPage page;
    NameList names;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(inline_list(call, ENTITY_ROLE, in->role_name, &page, &names));
    out->policy_names = (IampolicyNameListType){names.items, names.len};
    PAGE_END(out, policy_names, );
    return OK;
}

OPERATION(IamPutUserPolicy, put_user_policy, WRITES);
static Status put_user_policy(Call *call, const IamPutUserPolicyInput *in, IamPutUserPolicyOutput *out)
{
    (void)out;
    return inline_put(call, ENTITY_USER, in->user_name, in->policy_name, in->policy_document);
}

OPERATION(IamGetUserPolicy, get_user_policy, READS);
static Status get_user_policy(Call *call, const IamGetUserPolicyInput *in, IamGetUserPolicyOutput *out)
{
    out->user_name = in->user_name;
    out->policy_name = in->policy_name;
    return inline_get(call, ENTITY_USER, in->user_name, in->policy_name, &out->policy_document);
}

OPERATION(IamDeleteUserPolicy, delete_user_policy, WRITES);
static Status delete_user_policy(Call *call, const IamDeleteUserPolicyInput *in, IamDeleteUserPolicyOutput *out)
{
    (void)out;
    return inline_delete(call, ENTITY_USER, in->user_name, in->policy_name);
}

OPERATION(IamListUserPolicies, list_user_policies, READS);
static Status list_user_policies(Call *call, const IamListUserPoliciesInput *in, IamListUserPoliciesOutput *out)
{
    EntityPage page;
    NameList names;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(inline_list(call, ENTITY_USER, in->user_name, &page, &names));
    out->policy_names = (IampolicyNameListType){names.items, names.len};
    PAGE_END(out, policy_names, );
    return OK;
}

OPERATION(IamPutGroupPolicy, put_group_policy, WRITES);
static Status put_group_policy(Call *call, const IamPutGroupPolicyInput *in, IamPutGroupPolicyOutput *out)
{
    (void)out;
    return inline_put(call, ENTITY_GROUP, in->group_name, in->policy_name, in->policy_document);
}

OPERATION(IamGetGroupPolicy, get_group_policy, READS);
static Status get_group_policy(Call *call, const IamGetGroupPolicyInput *in, IamGetGroupPolicyOutput *out)
{
    out->group_name = in->group_name;
    out->policy_name = in->policy_name;
    return inline_get(call, ENTITY_GROUP, in->group_name, in->policy_name, &out->policy_document);
}

OPERATION(IamDeleteGroupPolicy, delete_group_policy, WRITES);
static Status delete_group_policy(Call *call, const IamDeleteGroupPolicyInput *in, IamDeleteGroupPolicyOutput *out)
{
    (void)out;
    return inline_delete(call, ENTITY_GROUP, in->group_name, in->policy_name);
}

OPERATION(IamListGroupPolicies, list_group_policies, READS);
static Status list_group_policies(Call *call, const IamListGroupPoliciesInput *in, IamListGroupPoliciesOutput *out)
{
    EntityPage page;
    NameList names;
    TRY(list_page_begin(call, in->marker, in->has_max_items, in->max_items, &page));
    TRY(inline_list(call, ENTITY_GROUP, in->group_name, &page, &names));
    out->policy_names = (IampolicyNameListType){names.items, names.len};
    PAGE_END(out, policy_names, );
    return OK;
}
