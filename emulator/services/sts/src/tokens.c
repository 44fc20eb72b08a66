/* tokens.c - GetSessionToken, GetFederationToken, GetAccessKeyInfo, DecodeAuthorizationMessage. aws: STS API Reference.
 */
#include "access_key.h"
#include "session.h"

#define SECONDS_USUAL 43200 /* aws: GetSessionToken: "43,200 seconds (12 hours) as the default" */

/* Root's are one hour at most; as nobody is checked here, the account's own credentials are taken for an
 * administrator's. */
static Status deny_to_sessions(Call *call, const Caller *caller, const char *operation)
{
    if (!caller->is_session)
        return OK;
    return fail(call, &COMMON_ACCESS_DENIED, "Cannot call %s with session credentials", operation);
}

OPERATION(StsGetSessionToken, get_session_token, WRITES);
static Status get_session_token(Call *call, const StsGetSessionTokenInput *in, StsGetSessionTokenOutput *out)
{
    Caller caller;
    TRY(caller_find(call, &caller));
    TRY(deny_to_sessions(call, &caller, "GetSessionToken"));
    Session session = {.arn = caller.arn, .user_id = caller.user_id, .basis = caller.arn};
    return session_open(call, &session, in->has_duration_seconds ? in->duration_seconds : SECONDS_USUAL,
                        &out->credentials);
}

OPERATION(StsGetFederationToken, get_federation_token, WRITES);
static Status get_federation_token(Call *call, const StsGetFederationTokenInput *in, StsGetFederationTokenOutput *out)
{
    Caller caller;
    int32_t packed;
    SessionLimits limits = {in->policy, in->policy_arns};
    TRY(caller_find(call, &caller));
    TRY(deny_to_sessions(call, &caller, "GetFederationToken"));
    TRY(session_policies_check(call, &limits, &packed));
    StsFederatedUser *user = out->federated_user = arena_new_of(call->arena, StsFederatedUser);
    user->federated_user_id =
        arena_text(call->arena, BYTES_FMT ":" BYTES_FMT, BYTES_ARG(call->account), BYTES_ARG(in->name));
    user->arn = arena_text(call->arena, "arn:" BYTES_FMT ":sts::" BYTES_FMT ":federated-user/" BYTES_FMT,
                           BYTES_ARG(arn_partition(call->region)), BYTES_ARG(call->account), BYTES_ARG(in->name));
    Session session = {.arn = user->arn, .user_id = user->federated_user_id, .basis = caller.arn};
    session_limit(call, &session, &limits);
    session.tags = tag_lines(call, &in->tags);
    TRY(session_open(call, &session, in->has_duration_seconds ? in->duration_seconds : SECONDS_USUAL,
                     &out->credentials));
    SET(out, packed_policy_size, packed);
    return OK;
}

OPERATION(StsGetAccessKeyInfo, get_access_key_info, READS);
static Status get_access_key_info(Call *call, const StsGetAccessKeyInfoInput *in, StsGetAccessKeyInfoOutput *out)
{
    char account[ACCOUNT_BYTES];
    out->account = access_key_account(in->access_key_id, account)
                       ? arena_copy(call->arena, (Bytes){account, sizeof account})
                       : call->runtime->default_account;
    return OK;
}

/* Messages are made where a call is refused by a policy; that is not so yet, so none can be of ours. */
OPERATION(StsDecodeAuthorizationMessage, decode_authorization_message, READS);
static Status decode_authorization_message(Call *call, const StsDecodeAuthorizationMessageInput *in,
                                           StsDecodeAuthorizationMessageOutput *out)
{
    (void)in;
    (void)out;
    return fail(call, &STS_INVALID_AUTHORIZATION_MESSAGE, "Message is not valid");
}
