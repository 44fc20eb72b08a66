/* get_access_key_info.c - GetAccessKeyInfo: the account an access key belongs to.
 * aws: STS API Reference, GetAccessKeyInfo: "Returns the account identifier for the specified access key ID." */
#include "call.h"
#include "sts_model.h"

OPERATION(StsGetAccessKeyInfo, get_access_key_info, READS);

static Status get_access_key_info(Call *call, const StsGetAccessKeyInfoInput *in, StsGetAccessKeyInfoOutput *out)
{
    (void)in;
    out->account = call->account;
    return OK;
}
