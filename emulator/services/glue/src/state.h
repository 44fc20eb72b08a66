/* state.h - the service's state, as its handlers reach it: call->service. */
#pragma once
#include "glue.h"

struct Glue {
    Host *host;
    GlueOptions options;
    Timer *removal; /* the next end of something that is DELETING; NULL: nothing is */
};

static inline Glue *glue_of(const Call *call)
{
    return call->service;
}
