/* limited.h - AWS's limits of rate as a service holds its callers to them, where they are asked for: by the setting
 * --limits, or by the page /_evpoc/limits for all that a service has, or for one thing of it. */
#pragma once
#include "bytes.h"

typedef struct RateLimits {
    bool are_enforced;
    double scale; /* above 0; of AWS's figures: 0.1, a tenth of them */
} RateLimits;

typedef struct LimitedThing {
    Bytes account, region, name;
} LimitedThing;

/* What the page knows of a service that has them: Service.rate_limits. Kept in memory only. */
typedef struct RateLimitsOf {
    const char *thing, *things; /* "stream", "streams" */
    RateLimits (*of_all)(const void *service);
    void (*set_all)(void *service, RateLimits limits);
    /* Be it there or not yet; NULL: those of all again. */
    void (*set_one)(void *service, LimitedThing thing, const RateLimits *limits);
    /* for (size_t at = 0; next(service, &at, &thing, &limits);) - those with limits of their own. */
    bool (*next)(const void *service, size_t *at, LimitedThing *ret_thing, RateLimits *ret_limits);
} RateLimitsOf;
