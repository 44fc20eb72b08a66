/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Identity and Access Management (IAM)". */
#include "entity.h"
#include "iam.h"
#include "permission.h"

extern const PermissionsOf iam_permissions;

static void add_role_needs(Call *call, const void *in, NeedList *needs)
{
    const IamAddRoleToInstanceProfileInput *input = in;
    permission_need(call, &iam_permissions, needs,
                    arena_text(call->arena, "instance-profile/" BYTES_FMT, BYTES_ARG(input->instance_profile_name)));
    need_add(needs, TEXT("iam:PassRole"),
             permission_arn(call, &iam_permissions,
                            arena_text(call->arena, "role/" BYTES_FMT, BYTES_ARG(input->role_name))));
}

/* Requests name things without their path; ARNs have it. */
static int find_resource(const Scope *scope, PermissionResource *found)
{
    static const struct {
        const char *name;
        EntityKind kind;
    } kinds[] = {{"role", ENTITY_ROLE},
                 {"user", ENTITY_USER},
                 {"group", ENTITY_GROUP},
                 {"policy", ENTITY_POLICY},
                 {"instance-profile", ENTITY_PROFILE}};
    Entity entity;
    IamtagListType tags = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        Bytes name = permission_name(found->arn, kinds[i].name);
        if (!present(name) || bytes_find(name, '/') >= 0)
            continue;
        int code = entity_look_up(scope, kinds[i].kind, name, &entity);
        if (code != STORE_OK)
            return code == STORE_NOT_FOUND ? STORE_OK : code;
        found->arn = entity_arn(scope, &entity);
        code = entity_tags(scope, &entity, &tags);
        if (code == STORE_OK)
            fact_add_tags(found->tags, TAGS_OF(&tags));
        return code;
    }
    return STORE_OK;
}

static const Permission rows[] = {
    {"CreateRole", NULL, "role{Path}{RoleName} role/{RoleName}", NULL},
    {"GetRole", NULL, "role/{RoleName}", NULL},
    {"UpdateRole", NULL, "role/{RoleName}", NULL},
    {"UpdateRoleDescription", NULL, "role/{RoleName}", NULL},
    {"DeleteRole", NULL, "role/{RoleName}", NULL},
    {"UpdateAssumeRolePolicy", NULL, "role/{RoleName}", NULL},
    {"DeleteServiceLinkedRole", NULL, "role/{RoleName}", NULL},
    {"PutRolePermissionsBoundary", NULL, "role/{RoleName}", NULL},
    {"DeleteRolePermissionsBoundary", NULL, "role/{RoleName}", NULL},
    {"PutRolePolicy", NULL, "role/{RoleName}", NULL},
    {"GetRolePolicy", NULL, "role/{RoleName}", NULL},
    {"ListRolePolicies", NULL, "role/{RoleName}", NULL},
    {"DeleteRolePolicy", NULL, "role/{RoleName}", NULL},
    {"AttachRolePolicy", NULL, "role/{RoleName}", NULL},
    {"DetachRolePolicy", NULL, "role/{RoleName}", NULL},
    {"ListAttachedRolePolicies", NULL, "role/{RoleName}", NULL},
    {"TagRole", NULL, "role/{RoleName}", NULL},
    {"UntagRole", NULL, "role/{RoleName}", NULL},
    {"ListRoleTags", NULL, "role/{RoleName}", NULL},
    {"ListInstanceProfilesForRole", NULL, "role/{RoleName}", NULL},
    {"ListRoles", NULL, NULL, NULL},
    {"ListPolicies", NULL, NULL, NULL},
    {"ListInstanceProfiles", NULL, NULL, NULL},
    {"ListUsers", NULL, NULL, NULL},
    {"ListGroups", NULL, NULL, NULL},
    {"CreateServiceLinkedRole", NULL, NULL, NULL},
    {"GetServiceLinkedRoleDeletionStatus", NULL, NULL, NULL},
    {"GetAccessKeyLastUsed", NULL, NULL, NULL},
    {"CreateAccountAlias", NULL, NULL, NULL},
    {"ListAccountAliases", NULL, NULL, NULL},
    {"DeleteAccountAlias", NULL, NULL, NULL},
    {"GetAccountAuthorizationDetails", NULL, NULL, NULL},
    {"GetAccountSummary", NULL, NULL, NULL},
    {"UpdateAccountPasswordPolicy", NULL, NULL, NULL},
    {"GetAccountPasswordPolicy", NULL, NULL, NULL},
    {"DeleteAccountPasswordPolicy", NULL, NULL, NULL},
    {"SimulateCustomPolicy", NULL, NULL, NULL},
    {"GetContextKeysForCustomPolicy", NULL, NULL, NULL},
    {"SimulatePrincipalPolicy", NULL, "{PolicySourceArn}", NULL},
    {"GetContextKeysForPrincipalPolicy", NULL, "{PolicySourceArn}", NULL},
    {"CreatePolicy", NULL, "policy{Path}{PolicyName} policy/{PolicyName}", NULL},
    {"GetPolicy", NULL, "{PolicyArn}", NULL},
    {"DeletePolicy", NULL, "{PolicyArn}", NULL},
    {"CreatePolicyVersion", NULL, "{PolicyArn}", NULL},
    {"GetPolicyVersion", NULL, "{PolicyArn}", NULL},
    {"ListPolicyVersions", NULL, "{PolicyArn}", NULL},
    {"DeletePolicyVersion", NULL, "{PolicyArn}", NULL},
    {"SetDefaultPolicyVersion", NULL, "{PolicyArn}", NULL},
    {"ListEntitiesForPolicy", NULL, "{PolicyArn}", NULL},
    {"TagPolicy", NULL, "{PolicyArn}", NULL},
    {"UntagPolicy", NULL, "{PolicyArn}", NULL},
    {"ListPolicyTags", NULL, "{PolicyArn}", NULL},
    {"CreateInstanceProfile", NULL,
     "instance-profile{Path}{InstanceProfileName} instance-profile/{InstanceProfileName}", NULL},
    {"GetInstanceProfile", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"DeleteInstanceProfile", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"RemoveRoleFromInstanceProfile", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"TagInstanceProfile", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"UntagInstanceProfile", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"ListInstanceProfileTags", NULL, "instance-profile/{InstanceProfileName}", NULL},
    {"AddRoleToInstanceProfile", NULL, NULL, add_role_needs},
    {"CreateUser", NULL, "user{Path}{UserName} user/{UserName}", NULL},
    {"UpdateUser", NULL, "user/{UserName}", NULL},
    {"DeleteUser", NULL, "user/{UserName}", NULL},
    {"PutUserPermissionsBoundary", NULL, "user/{UserName}", NULL},
    {"DeleteUserPermissionsBoundary", NULL, "user/{UserName}", NULL},
    {"PutUserPolicy", NULL, "user/{UserName}", NULL},
    {"GetUserPolicy", NULL, "user/{UserName}", NULL},
    {"ListUserPolicies", NULL, "user/{UserName}", NULL},
    {"DeleteUserPolicy", NULL, "user/{UserName}", NULL},
    {"AttachUserPolicy", NULL, "user/{UserName}", NULL},
    {"DetachUserPolicy", NULL, "user/{UserName}", NULL},
    {"ListAttachedUserPolicies", NULL, "user/{UserName}", NULL},
    {"TagUser", NULL, "user/{UserName}", NULL},
    {"UntagUser", NULL, "user/{UserName}", NULL},
    {"ListUserTags", NULL, "user/{UserName}", NULL},
    {"ListGroupsForUser", NULL, "user/{UserName}", NULL},
    {"GetUser", NULL, "user/{UserName} {@self}", NULL},
    {"CreateAccessKey", NULL, "user/{UserName} {@self}", NULL},
    {"ListAccessKeys", NULL, "user/{UserName} {@self}", NULL},
    {"UpdateAccessKey", NULL, "user/{UserName} {@self}", NULL},
    {"DeleteAccessKey", NULL, "user/{UserName} {@self}", NULL},
    {"CreateLoginProfile", NULL, "user/{UserName} {@self}", NULL},
    {"GetLoginProfile", NULL, "user/{UserName} {@self}", NULL},
    {"UpdateLoginProfile", NULL, "user/{UserName} {@self}", NULL},
    {"DeleteLoginProfile", NULL, "user/{UserName} {@self}", NULL},
    {"CreateGroup", NULL, "group{Path}{GroupName} group/{GroupName}", NULL},
    {"GetGroup", NULL, "group/{GroupName}", NULL},
    {"UpdateGroup", NULL, "group/{GroupName}", NULL},
    {"DeleteGroup", NULL, "group/{GroupName}", NULL},
    {"AddUserToGroup", NULL, "group/{GroupName}", NULL},
    {"RemoveUserFromGroup", NULL, "group/{GroupName}", NULL},
    {"PutGroupPolicy", NULL, "group/{GroupName}", NULL},
    {"GetGroupPolicy", NULL, "group/{GroupName}", NULL},
    {"ListGroupPolicies", NULL, "group/{GroupName}", NULL},
    {"DeleteGroupPolicy", NULL, "group/{GroupName}", NULL},
    {"AttachGroupPolicy", NULL, "group/{GroupName}", NULL},
    {"DetachGroupPolicy", NULL, "group/{GroupName}", NULL},
    {"ListAttachedGroupPolicies", NULL, "group/{GroupName}", NULL},
    {"CreateServiceSpecificCredential", NULL, "user/{UserName} {@self}", NULL},
    {"ListServiceSpecificCredentials", NULL, "user/{UserName} {@self}", NULL},
    {"UpdateServiceSpecificCredential", NULL, "user/{UserName} {@self}", NULL},
    {"ResetServiceSpecificCredential", NULL, "user/{UserName} {@self}", NULL},
    {"DeleteServiceSpecificCredential", NULL, "user/{UserName} {@self}", NULL},
    {"UploadSSHPublicKey", NULL, "user/{UserName} {@self}", NULL},
    {"GetSSHPublicKey", NULL, "user/{UserName} {@self}", NULL},
    {"ListSSHPublicKeys", NULL, "user/{UserName} {@self}", NULL},
    {"UpdateSSHPublicKey", NULL, "user/{UserName} {@self}", NULL},
    {"DeleteSSHPublicKey", NULL, "user/{UserName} {@self}", NULL},
    {"UploadSigningCertificate", NULL, "user/{UserName} {@self}", NULL},
    {"ListSigningCertificates", NULL, "user/{UserName} {@self}", NULL},
    {"UpdateSigningCertificate", NULL, "user/{UserName} {@self}", NULL},
    {"DeleteSigningCertificate", NULL, "user/{UserName} {@self}", NULL},
    {"EnableMFADevice", NULL, "user/{UserName} {@self}", NULL},
    {"DeactivateMFADevice", NULL, "user/{UserName} {@self}", NULL},
    {"ResyncMFADevice", NULL, "user/{UserName} {@self}", NULL},
    {"GetMFADevice", NULL, "user/{UserName} {@self}", NULL},
    {"ListMFADevices", NULL, "user/{UserName} {@self}", NULL},
    {"ChangePassword", NULL, "{@self}", NULL},
    {"UploadServerCertificate", NULL,
     "server-certificate{Path}{ServerCertificateName} server-certificate/{ServerCertificateName}", NULL},
    {"GetServerCertificate", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"UpdateServerCertificate", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"DeleteServerCertificate", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"TagServerCertificate", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"UntagServerCertificate", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"ListServerCertificateTags", NULL, "server-certificate/{ServerCertificateName}", NULL},
    {"CreateVirtualMFADevice", NULL, "mfa{Path}{VirtualMFADeviceName} mfa/{VirtualMFADeviceName}", NULL},
    {"DeleteVirtualMFADevice", NULL, "{SerialNumber}", NULL},
    {"TagMFADevice", NULL, "{SerialNumber}", NULL},
    {"UntagMFADevice", NULL, "{SerialNumber}", NULL},
    {"ListMFADeviceTags", NULL, "{SerialNumber}", NULL},
    {"GetOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"DeleteOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"AddClientIDToOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"RemoveClientIDFromOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"UpdateOpenIDConnectProviderThumbprint", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"TagOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"UntagOpenIDConnectProvider", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"ListOpenIDConnectProviderTags", NULL, "{OpenIDConnectProviderArn}", NULL},
    {"CreateSAMLProvider", NULL, "saml-provider/{Name}", NULL},
    {"GetSAMLProvider", NULL, "{SAMLProviderArn}", NULL},
    {"UpdateSAMLProvider", NULL, "{SAMLProviderArn}", NULL},
    {"DeleteSAMLProvider", NULL, "{SAMLProviderArn}", NULL},
    {"TagSAMLProvider", NULL, "{SAMLProviderArn}", NULL},
    {"UntagSAMLProvider", NULL, "{SAMLProviderArn}", NULL},
    {"ListSAMLProviderTags", NULL, "{SAMLProviderArn}", NULL},
    {"ListServerCertificates", NULL, NULL, NULL},
    {"ListVirtualMFADevices", NULL, NULL, NULL},
    {"CreateOpenIDConnectProvider", NULL, NULL, NULL},
    {"ListOpenIDConnectProviders", NULL, NULL, NULL},
    {"ListSAMLProviders", NULL, NULL, NULL},
    {"GenerateCredentialReport", NULL, NULL, NULL},
    {"GetCredentialReport", NULL, NULL, NULL},
    {"SetSecurityTokenServicePreferences", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"iam:PolicyARN", "PolicyArn"},
    {"iam:PermissionsBoundary", "PermissionsBoundary"},
    {"iam:AWSServiceName", "AWSServiceName"},
    {NULL, NULL},
};

const PermissionsOf iam_permissions = {
    .prefix = "iam",
    .arns = ARN_OF_ACCOUNT,
    .rows = rows,
    .keys = keys,
    .resource = find_resource,
};
