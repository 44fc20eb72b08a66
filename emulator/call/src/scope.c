/* scope.c - scopes that no request brought. */
#include "call.h"

Scope scope_of_runtime(Runtime *runtime, void *service, Arena *arena)
{
    return (Scope){
        .arena = arena,
        .runtime = runtime,
        .store = runtime->store,
        .service = service,
        .account = runtime->default_account,
        .region = runtime->default_region,
        .now_ms = clock_now_ms(runtime->clock),
    };
}

Scope scope_for(const Scope *scope, void *service)
{
    Scope other = *scope;
    other.service = service;
    return other;
}
