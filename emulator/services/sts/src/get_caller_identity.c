/* get_caller_identity.c - GetCallerIdentity. STS API Reference: "No permissions are required to perform this
 * operation." There are no users yet, so everybody is the account's root: its UserId is the account. */
#include "call.h"
#include "sts_model.h"

OPERATION(StsGetCallerIdentity, get_caller_identity, READS);

static Status get_caller_identity(Call *call, const StsGetCallerIdentityInput *in, StsGetCallerIdentityOutput *out)
{
    (void)in;
    out->account = call->account;
    out->user_id = call->account;
    out->arn = call_root_arn(call);
    return OK;
}
