/* actor.c - the policies of who calls. aws: IAM User Guide, "Policies and permissions": session policies "limit the
 * permissions that the role or user's identity-based policies grant to the session". */
#include "scene.h"

static Status add_session_policy(Call *call, Actor *actor, Bytes document)
{
    Bytes detail;
    actor->has_session = true;
    if (policy_read(call->arena, document, &actor->session[actor->session_count], &detail) == POLICY_FINE)
        actor->session_count++;
    return OK;
}

static Status add_session_policies(Call *call, const Principal *principal, Actor *actor)
{
    Bytes rest = principal->policy_arns;
    size_t count = 1;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.ptr[i] == '\n';
    actor->session = arena_new_array(call->arena, Policy, count + 1);
    if (present(principal->policy))
        TRY(add_session_policy(call, actor, principal->policy));
    while (present(rest) && rest.len) {
        int code = iam_managed_policy(&call->scope, bytes_cut(&rest, '\n'), &actor->session[actor->session_count]);
        actor->has_session = true;
        if (code == STORE_OK)
            actor->session_count++;
        else if (code != STORE_NOT_FOUND)
            return fault(call, code);
    }
    return OK;
}

Status actor_read(Call *call, const Principal *principal, Actor *ret_actor)
{
    *ret_actor = (Actor){.principal = principal, .own = {.tags = TEXT("")}};
    if (principal->kind == PRINCIPAL_NOBODY || principal->kind == PRINCIPAL_ROOT)
        return OK;
    if (present(permission_name(principal->basis, "role")))
        ret_actor->role = principal->basis;
    TRY(expect_ok(call, iam_policies_of(&call->scope, principal->basis, &ret_actor->own)));
    if (principal->kind != PRINCIPAL_SESSION)
        return OK;
    TRY(add_session_policies(call, principal, ret_actor));
    /* aws: GetFederationToken: "if you do not pass a policy, the resulting federated user session has no permissions"
     */
    if (principal->is_federated)
        ret_actor->has_session = true;
    return OK;
}
