/* scope.h - what tables, streams, keys and registries need, be it for a request or without one: whose state, in which
 * namespace, at what time. A Call has one; timers, and services that use another's nouns, make one. */
#pragma once
#include "arena.h"
#include "store.h"

/* A Call has them as members of its own, too. */
#define SCOPE_MEMBERS                                                                                                  \
    Arena *arena; /* of what is found; of a call: dies when its answer has left */                                     \
    struct Runtime *runtime;                                                                                           \
    Store *store;          /* runtime->store; inside the transaction of this turn */                                   \
    void *service;         /* the service's own state, as its open function made it */                                 \
    Bytes account, region; /* 12 digits; "us-east-1": the namespace in which names mean something */                   \
    int64_t now_ms         /* the emulator's clock; the same for the whole turn */

typedef struct Scope {
    SCOPE_MEMBERS;
} Scope;

/* Of no request: now, in the runtime's default namespace. */
Scope scope_of_runtime(struct Runtime *runtime, void *service, Arena *arena);
/* The same place, to use the nouns of another service. */
Scope scope_for(const Scope *scope, void *service);
