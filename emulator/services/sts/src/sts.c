/* sts.c - the operations this service answers. */
#include "sts.h"
#include "sts_model.h"
#include <stdlib.h>

extern const Operation StsGetCallerIdentity;

static const Operation *const operations[] = {&StsGetCallerIdentity, NULL};

const Service sts_service = {
    .model = &STS_SERVICE,
    .operations = operations,
};

struct Sts {
    Host *host;
};

Sts *sts_open(Host *host)
{
    Sts *sts = calloc(1, sizeof *sts);
    if (!sts)
        abort();
    sts->host = host;
    return sts;
}

Sts *sts_close(Sts *sts)
{
    free(sts);
    return NULL;
}
