/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Security Token Service". */
#include "iam_policies.h"
#include "permission.h"
#include "sts.h"
#include "sts_model.h"
#include "web_token.h"

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

/* aws: IAM User Guide, "Available keys for AWS web identity federation": "<provider>:aud", ":sub"; who is trusted is
 * the provider's ARN, or its name where it needs none (accounts.google.com …), which a trust policy spells. */
static void add_facts(Call *call, const void *in, FactList *facts)
{
    Arn role;
    Bytes token = permission_member(call, in, "WebIdentityToken"), issuer;
    fact_add(facts, TEXT("aws:FederatedProvider"), permission_member(call, in, "PrincipalArn")); /* of SAML */
    const json_t *claims = present(token) ? web_claims(call, token) : NULL;
    if (!json_is_object(claims) || !present(issuer = web_claim(call, claims, "iss")))
        return;
    if (bytes_starts_with(issuer, TEXT("https://")))
        issuer = bytes_slice(issuer, 8, issuer.len - 8);
    bool is_known = bytes_is(issuer, "accounts.google.com") || bytes_is(issuer, "graph.facebook.com") ||
                    bytes_is(issuer, "www.amazon.com") || bytes_is(issuer, "cognito-identity.amazonaws.com");
    Bytes provider = issuer;
    if (!is_known && arn_parse(permission_member(call, in, "RoleArn"), &role))
        provider = arena_text(call->arena, "arn:" BYTES_FMT ":iam::" BYTES_FMT ":oidc-provider/" BYTES_FMT,
                              BYTES_ARG(role.partition), BYTES_ARG(role.account), BYTES_ARG(issuer));
    fact_add(facts, TEXT("aws:FederatedProvider"), provider);
    static const char *const names[] = {"aud", "sub", "amr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fact_add(facts, arena_text(call->arena, BYTES_FMT ":%s", BYTES_ARG(issuer), names[i]),
                 web_claim(call, claims, names[i]));
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
    {"AssumeRoleWithSAML", NULL, "{RoleArn}", NULL},
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
    .facts = add_facts,
    .resource = find_resource,
};
