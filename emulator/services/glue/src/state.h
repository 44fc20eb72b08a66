/* state.h - the service's state, as its handlers reach it: call->service. */
#pragma once
#include "glue.h"
#include "page.h"

/* In the order of the setting's choices. */
enum { GLUE_JSON_CHECK, GLUE_JSON_IGNORE };

typedef struct Glue {
    Runtime *runtime;
    int64_t pending_ms; /* how long a new version is PENDING and what is deleted DELETING, on the emulator's clock */
    bool ignores_json;  /* schemas of the format JSON: each version that parses is AVAILABLE */
    Timer *removal;     /* the next end of something that is DELETING; NULL: nothing is */
} Glue;

PageFunction failures_page; /* /_evpoc/glue/failures */

static inline Glue *glue_of(const Call *call)
{
    return call->service;
}
