/* sts.c - the operations this service answers. */
#include "sts.h"
#include "sts_model.h"
#include "sts_operations.h"
#include <stdlib.h>

struct Sts {
    Runtime *runtime;
};

static void *open_sts(Runtime *runtime)
{
    Sts *sts = calloc(1, sizeof *sts);
    if (!sts)
        abort();
    sts->runtime = runtime;
    return sts;
}

static void close_sts(void *service)
{
    free(service);
}

const Service sts_service = {
    .model = &STS_SERVICE,
    .operations = STS_OPERATIONS,
    .open = open_sts,
    .close = close_sts,
};
