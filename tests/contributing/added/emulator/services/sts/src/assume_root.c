/* assume_root.c - AssumeRoot, as far as an example needs it: whose root it was, and nothing to sign with.
 * aws: STS API Reference, AssumeRoot: "The source identity specified by the principal that is calling the AssumeRoot
 * operation." */
#include "call.h"
#include "sts_model.h"

OPERATION(StsAssumeRoot, assume_root, READS);

static Status assume_root(Call *call, const StsAssumeRootInput *in, StsAssumeRootOutput *out)
{
    (void)in;
    out->source_identity = call->account;
    return OK;
}
