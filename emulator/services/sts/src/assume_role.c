/* assume_role.c - AssumeRole and AssumeRoleWithWebIdentity. aws: STS API Reference; IAM User Guide, "Session tags".
 *
 * Who may assume a role nobody asks here: trust policies are not enforced. A role must be there as soon as its account
 * has any; in an account that has none, every role can be assumed, so that a program with a role's ARN in its settings
 * runs against an empty emulator. */
#include "role.h"
#include "sts_operations.h"
#include "web_token.h"

#define SECONDS_USUAL       3600
#define SECONDS_CHAINED_MAX 3600 /* aws: AssumeRole: "role chaining limits your … session to a maximum of one hour" */

/* arn:<partition>:iam::<account>:role/path/name */
static Status read_role_arn(Call *call, Bytes text, Arn *ret_arn, Bytes *ret_name)
{
    bool is_role = arn_parse(text, ret_arn) && bytes_is(ret_arn->service, "iam") && ret_arn->account.len == 12 &&
                   bytes_starts_with(ret_arn->resource, TEXT("role/"));
    size_t at = is_role ? (size_t)bytes_find_last(ret_arn->resource, '/') + 1 : 0;
    if (is_role)
        *ret_name = bytes_slice(ret_arn->resource, at, ret_arn->resource.len - at);
    return is_role && ret_name->len ? OK : fail(call, &COMMON_VALIDATION, BYTES_FMT " is invalid", BYTES_ARG(text));
}

Status role_find(Call *call, Bytes role_arn, const char *action, IamIdentity *ret_role, Bytes *ret_account)
{
    Arn arn;
    Bytes name;
    Caller caller;
    int64_t roles;
    TRY(read_role_arn(call, role_arn, &arn, &name));
    Scope iam = scope_for(&call->scope, runtime_service(call->runtime, &iam_service));
    iam.account = *ret_account = arn.account;
    int code = iam_find_role(&iam, name, ret_role);
    if (code == STORE_OK && bytes_equal(ret_role->arn, role_arn))
        return OK;
    if (code != STORE_OK && code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(expect_ok(call, iam_count_roles(&iam, &roles)));
    TRY(caller_find(call, &caller));
    if (roles)
        return fail(call, &COMMON_ACCESS_DENIED,
                    "User: " BYTES_FMT " is not authorized to perform: %s on resource: " BYTES_FMT,
                    BYTES_ARG(caller.arn), action, BYTES_ARG(role_arn));
    Bytes id = arena_text(call->arena, "AROA%016llX", (unsigned long long)bytes_hash(role_arn, 1));
    *ret_role = (IamIdentity){name, arena_text(call->arena, BYTES_FMT "X", BYTES_ARG(id)), role_arn, 43200};
    return OK;
}

Status role_check_duration(Call *call, int32_t seconds, int32_t most)
{
    if (seconds > most)
        return fail(call, &COMMON_VALIDATION,
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return OK;
}

static bool is_line_of(Bytes lines, Bytes wanted)
{
    while (present(lines) && lines.len)
        if (bytes_equal(bytes_cut(&lines, '\n'), wanted))
            return true;
    return false;
}

static bool is_tag(const StsAssumeRoleInput *in, Bytes key)
{
    for (size_t i = 0; i < in->tags.len; i++)
        if (bytes_equal_ignoring_case(in->tags.items[i].key, key))
            return true;
    return false;
}

/* Session tags, and which go on to the next role. */
static Status read_tags(Call *call, const StsAssumeRoleInput *in, const Caller *caller, Bytes *ret_transitive)
{
    for (size_t i = 0; i < in->tags.len; i++)
        for (size_t at = 0; at < i; at++)
            if (bytes_equal_ignoring_case(in->tags.items[i].key, in->tags.items[at].key))
                return fail(call, &STS_INVALID_PARAMETER,
                            "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    Bytes inherited = caller->is_session ? caller->session.transitive : (Bytes){0};
    Bytes lines = present(inherited) ? inherited : TEXT("");
    for (size_t i = 0; i < in->tags.len; i++)
        if (is_line_of(inherited, arena_lower(call->arena, in->tags.items[i].key)))
            return fail(
                call, &STS_INVALID_PARAMETER,
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
    for (size_t i = 0; i < in->transitive_tag_keys.len; i++) {
        if (!is_tag(in, in->transitive_tag_keys.items[i]))
            return fail(call, &STS_INVALID_PARAMETER,
                        "The specified transitive tag key must be included in the requested tags.");
        lines = arena_text(call->arena, BYTES_FMT BYTES_FMT "\n", BYTES_ARG(lines),
                           BYTES_ARG(arena_lower(call->arena, in->transitive_tag_keys.items[i])));
    }
    *ret_transitive = lines;
    return OK;
}

/* The session's ARN and id, and the credentials. */
Status role_open_session(Call *call, const IamIdentity *role, Bytes account, Session *session, const int32_t *seconds,
                         Bytes name, StsCredentials **ret_credentials, StsAssumedRoleUser **ret_user)
{
    session->arn =
        arena_text(call->arena, "arn:" BYTES_FMT ":sts::" BYTES_FMT ":assumed-role/" BYTES_FMT "/" BYTES_FMT,
                   BYTES_ARG(arn_partition(call->region)), BYTES_ARG(account), BYTES_ARG(role->name), BYTES_ARG(name));
    session->user_id = arena_text(call->arena, BYTES_FMT ":" BYTES_FMT, BYTES_ARG(role->id), BYTES_ARG(name));
    session->basis = role->arn;
    *ret_user = arena_new_of(call->arena, StsAssumedRoleUser);
    **ret_user = (StsAssumedRoleUser){.assumed_role_id = session->user_id, .arn = session->arn};
    Bytes own = call->account;
    call->account = account; /* the key is the role's account's */
    Status status = session_open(call, session, *seconds, ret_credentials);
    call->account = own;
    return status;
}

OPERATION(StsAssumeRole, assume_role, WRITES);
static Status assume_role(Call *call, const StsAssumeRoleInput *in, StsAssumeRoleOutput *out)
{
    IamIdentity role;
    Caller caller;
    Bytes account;
    Session session = {0};
    int32_t packed, seconds = in->has_duration_seconds ? in->duration_seconds : SECONDS_USUAL;
    SessionLimits limits = {in->policy, in->policy_arns};
    TRY(role_find(call, in->role_arn, "sts:AssumeRole", &role, &account));
    TRY(caller_find(call, &caller));
    TRY(role_check_duration(call, seconds, role.max_session_seconds));
    if (caller.is_session && seconds > SECONDS_CHAINED_MAX)
        return fail(
            call, &COMMON_VALIDATION,
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    TRY(session_policies_check(call, &limits, &packed));
    TRY(read_tags(call, in, &caller, &session.transitive));
    session_limit(call, &session, &limits);
    session.tags = tag_lines(call, &in->tags);
    session.source_identity = in->source_identity;

    TRY(role_open_session(call, &role, account, &session, &seconds, in->role_session_name, &out->credentials,
                          &out->assumed_role_user));

    out->source_identity = in->source_identity;
    if (present(in->policy) || in->policy_arns.len || in->tags.len)
        SET(out, packed_policy_size, packed + (int32_t)in->tags.len);
    return OK;
}

OPERATION(StsAssumeRoleWithWebIdentity, assume_role_with_web_identity, WRITES);
static Status assume_role_with_web_identity(Call *call, const StsAssumeRoleWithWebIdentityInput *in,
                                            StsAssumeRoleWithWebIdentityOutput *out)
{
    IamIdentity role;
    Bytes account;
    Session session = {0};
    int32_t packed, seconds = in->has_duration_seconds ? in->duration_seconds : SECONDS_USUAL;
    SessionLimits limits = {in->policy, in->policy_arns};
    json_t *claims = web_claims(call, in->web_identity_token);
    if (!json_is_object(claims) || !present(web_claim(call, claims, "iss")) || !present(web_claim(call, claims, "sub")))
        return fail(call, &STS_INVALID_IDENTITY_TOKEN,
                    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
    const json_t *expiry = json_object_get(claims, "exp");
    if (json_is_number(expiry) && json_number_value(expiry) * 1000 <= (double)call->now_ms)
        return fail(call, &STS_EXPIRED_TOKEN,
                    "Token expired: current date/time must be before the expiration date/time");
    TRY(role_find(call, in->role_arn, "sts:AssumeRoleWithWebIdentity", &role, &account));
    TRY(role_check_duration(call, seconds, role.max_session_seconds));
    TRY(session_policies_check(call, &limits, &packed));
    session_limit(call, &session, &limits);

    TRY(role_open_session(call, &role, account, &session, &seconds, in->role_session_name, &out->credentials,
                          &out->assumed_role_user));

    out->subject_from_web_identity_token = web_claim(call, claims, "sub");
    out->provider = web_claim(call, claims, "iss");
    out->audience = web_claim(call, claims, "aud");
    if (present(in->policy) || in->policy_arns.len)
        SET(out, packed_policy_size, packed);
    return OK;
}
