/* scope.c - scopes that no request brought. */
#include "call.h"

Scope scope_of_host(Host *host, void *service, Arena *arena)
{
    return (Scope){
        .arena = arena,
        .host = host,
        .store = host->store,
        .service = service,
        .account = host->default_account,
        .region = host->default_region,
        .now_ms = clock_now_ms(host->clock),
    };
}

Scope scope_for(const Scope *scope, void *service)
{
    Scope other = *scope;
    other.service = service;
    return other;
}
