/* assume_role_with_saml.c - AssumeRoleWithSAML. aws: STS API Reference; IAM User Guide, "Troubleshoot SAML federation",
 * for the words. The response's signature is not looked at; its provider must be there as soon as its account has any
 * role, and then must be the issuer. */
#include "base64.h"
#include "role.h"
#include "saml.h"
#include "sts_operations.h"
#include <gnutls/crypto.h>

#define SECONDS_USUAL  3600
#define NAME_BYTES_MIN 2
#define NAME_BYTES_MAX 64

static Status invalid(Call *call, const char *words)
{
    return fail(call, &STS_INVALID_IDENTITY_TOKEN, "%s", words);
}

/* [a-zA-Z_0-9+=,.@-]{2,64} */
static bool is_name(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && (!c || !strchr("_+=,.@-", c)))
            return false;
    }
    return text.len >= NAME_BYTES_MIN && text.len <= NAME_BYTES_MAX;
}

static Status check_names(Call *call, const SamlResponse *response)
{
    if (!present(response->session_name))
        return invalid(call, "RoleSessionName is required in AuthnResponse");
    if (!is_name(response->session_name))
        return invalid(call, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}");
    if (present(response->source_identity) &&
        (!is_name(response->source_identity) || bytes_starts_with(response->source_identity, TEXT("aws:"))))
        return invalid(call, "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"");
    return OK;
}

static Status check_provider(Call *call, Bytes account, Bytes provider, Bytes issuer)
{
    Bytes entity_id;
    int64_t roles;
    Scope iam = scope_for(&call->scope, runtime_service(call->runtime, &iam_service));
    iam.account = account;
    TRY(expect_ok(call, iam_count_roles(&iam, &roles)));
    int code = iam_find_saml_provider(&iam, provider, &entity_id);
    if (code == STORE_NOT_FOUND && roles)
        return invalid(call, "Specified provider doesn't exist");
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    return bytes_equal(entity_id, issuer) ? OK : invalid(call, "Issuer not present in specified provider");
}

/* The shortest of what is asked for, what the response says, and an hour where neither does. */
static Status read_seconds(Call *call, const StsAssumeRoleWithSAMLInput *in, const SamlResponse *response,
                           int32_t *ret_seconds)
{
    int64_t said = 0;
    *ret_seconds = in->has_duration_seconds ? in->duration_seconds : SECONDS_USUAL;
    if (!present(response->session_duration))
        return OK;
    if (!bytes_to_int64(response->session_duration, &said) || said < 900 || said > 43200)
        return invalid(call, "SessionDuration in AuthnResponse must be an integer between 900 and 43200");
    if (!in->has_duration_seconds || said < *ret_seconds)
        *ret_seconds = (int32_t)said;
    return OK;
}

/* aws: NameQualifier: "BASE64 ( SHA1 ( "https://example.com/saml" + "123456789012" + "/MySAMLIdP" ) )" */
static Bytes qualifier(Call *call, Bytes issuer, Bytes account, Bytes provider)
{
    char digest[20];
    size_t slash = (size_t)(bytes_find_last(provider, '/') + 1);
    Bytes name = bytes_slice(provider, slash, provider.len - slash);
    Bytes whole = arena_text(call->arena, BYTES_FMT BYTES_FMT "/" BYTES_FMT, BYTES_ARG(issuer), BYTES_ARG(account),
                             BYTES_ARG(name));
    if (gnutls_hash_fast(GNUTLS_DIG_SHA1, whole.ptr, whole.len, digest) < 0)
        return TEXT("");
    return base64_text(call->arena, (Bytes){digest, sizeof digest});
}

static Bytes lines_of(Call *call, const SamlList *list)
{
    Bytes lines = TEXT("");
    for (size_t i = 0; i < list->len; i++)
        lines = arena_text(call->arena, BYTES_FMT BYTES_FMT "\n", BYTES_ARG(lines),
                           BYTES_ARG(arena_lower(call->arena, list->items[i])));
    return lines;
}

static Status read_tags(Call *call, const SamlResponse *response, Session *session)
{
    StstagListType tags = {.items = arena_new_array(call->arena, StsTag, response->tag_keys.len + 1)};
    if (response->tag_keys.len > 50 || response->transitive.len > 50)
        return invalid(call, "Number of session tags must not exceed 50");
    for (size_t i = 0; i < response->tag_keys.len; i++)
        tags.items[tags.len++] = (StsTag){response->tag_keys.items[i], response->tag_values.items[i]};
    session->tags = tag_lines(call, &tags);
    session->transitive = lines_of(call, &response->transitive);
    session->source_identity = response->source_identity;
    return OK;
}

static Status read_response(Call *call, const StsAssumeRoleWithSAMLInput *in, SamlResponse *ret_response)
{
    if (!saml_read(call->arena, in->saml_assertion, ret_response))
        return invalid(call, "Invalid base64 SAMLResponse");
    TRY(check_names(call, ret_response));
    if (ret_response->expires_ms <= call->now_ms)
        return fail(call, &STS_EXPIRED_TOKEN,
                    "Token must be redeemed within 5 minutes of issuance"); /* aws: seen by many */
    if (!saml_allows(ret_response, in->role_arn, in->principal_arn))
        return fail(call, &COMMON_ACCESS_DENIED, "Not authorized to perform sts:AssumeRoleWithSAML");
    return OK;
}

OPERATION(StsAssumeRoleWithSAML, assume_role_with_saml, WRITES);
static Status assume_role_with_saml(Call *call, const StsAssumeRoleWithSAMLInput *in, StsAssumeRoleWithSAMLOutput *out)
{
    SamlResponse response;
    IamIdentity role;
    Bytes account;
    Session session = {0};
    int32_t packed, seconds;
    SessionLimits limits = {in->policy, in->policy_arns};
    TRY(read_response(call, in, &response));
    TRY(read_seconds(call, in, &response, &seconds));
    TRY(role_find(call, in->role_arn, "sts:AssumeRoleWithSAML", &role, &account));
    TRY(check_provider(call, account, in->principal_arn, response.issuer));
    TRY(role_check_duration(call, seconds, role.max_session_seconds));
    TRY(session_policies_check(call, &limits, &packed));
    TRY(read_tags(call, &response, &session));
    session_limit(call, &session, &limits);

    TRY(role_open_session(call, &role, account, &session, &seconds, response.session_name, &out->credentials,
                          &out->assumed_role_user));

    out->subject = response.subject;
    out->subject_type = response.subject_type;
    out->issuer = response.issuer;
    out->audience = present(response.recipient) ? response.recipient : response.audience;
    out->name_qualifier = qualifier(call, response.issuer, account, in->principal_arn);
    out->source_identity = response.source_identity;
    if (present(in->policy) || in->policy_arns.len || response.tag_keys.len)
        SET(out, packed_policy_size, packed + (int32_t)response.tag_keys.len);
    return OK;
}
