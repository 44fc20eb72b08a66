/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Security Token Service". */
#include "iam_policies.h"
#include "permission.h"
#include "sts.h"
#include "sts_model.h"

extern const PermissionsOf sts_permissions;

static void assume_needs(Call *call, const void *in, NeedList *needs)
{
    const StsAssumeRoleInput *input = in;
    need_add(needs, TEXT("sts:AssumeRole"), input->role_arn);
    if (input->tags.len)
        need_add(needs, TEXT("sts:TagSession"), input->role_arn);
    if (present(input->source_identity))
        need_add(needs, TEXT("sts:SetSourceIdentity"), input->role_arn);
    (void)call;
}

/* A role's trust policy is what lets it be assumed. */
static int find_resource(const Scope *scope, PermissionResource *found)
{
    if (!present(permission_name(found->arn, "role")))
        return STORE_OK;
    found->needs_policy = true;
    return iam_trust_of(scope, found->arn, &found->policy);
}

static const Permission rows[] = {
    {"GetCallerIdentity", "", NULL, NULL},
    {"GetSessionToken", "", NULL, NULL},
    {"AssumeRole", NULL, NULL, assume_needs},
    {"AssumeRoleWithWebIdentity", NULL, "{RoleArn}", NULL},
    {"GetFederationToken", NULL, "federated-user/{Name}", NULL},
    {"GetAccessKeyInfo", NULL, NULL, NULL},
    {"DecodeAuthorizationMessage", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"sts:ExternalId", "ExternalId"},
    {"sts:RoleSessionName", "RoleSessionName"},
    {"sts:SourceIdentity", "SourceIdentity"},
    {"sts:TransitiveTagKeys", "TransitiveTagKeys"},
    {NULL, NULL},
};

const PermissionsOf sts_permissions = {
    .prefix = "sts",
    .arns = ARN_OF_ACCOUNT,
    .rows = rows,
    .keys = keys,
    .resource = find_resource,
};
