/* get_caller_identity.c - GetCallerIdentity. STS API Reference: "No permissions are required to perform this
 * operation." Who has neither a session nor a user's key is the account's root: its UserId is the account. */
#include "session.h"

OPERATION(StsGetCallerIdentity, get_caller_identity, READS);

static Status get_caller_identity(Call *call, const StsGetCallerIdentityInput *in, StsGetCallerIdentityOutput *out)
{
    Caller caller;
    (void)in;
    TRY(caller_find(call, &caller));
    out->account = call->account;
    out->user_id = caller.user_id;
    out->arn = caller.arn;
    return OK;
}
