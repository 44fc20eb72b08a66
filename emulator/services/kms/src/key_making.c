/* key_making.c - RSA keys of 4,096 bits take seconds: threads make them, and the call goes on when its key is there. */
#include "key_making.h"
#include <sodium.h>
#include <stdlib.h>

#define THREADS     2
#define WAITING_MAX 256 /* key pairs that are asked for and not yet there */

typedef struct KeyMaking {
    Kms *kms;
    Call *call; /* NULL: its client has gone */
    const Spec *spec;
    KeyPairMade *then;
    void *context;
    bool is_made;
    KeyPair pair;
} KeyMaking;

static void let_go(void *thing)
{
    KeyMaking *making = thing;
    sodium_memzero(&making->pair, sizeof making->pair);
    free(making);
}

static void work(void *context)
{
    KeyMaking *making = context;
    making->is_made = key_pair_make(making->spec, &making->pair);
}

static Status go_on(Call *call, void *context)
{
    KeyMaking *making = context;
    if (!making->is_made)
        return fault(call, -1);
    return making->then(call, &making->pair, making->context);
}

static void is_done(void *context)
{
    KeyMaking *making = context;
    if (!making->call || making->kms->is_closing) {
        let_go(making);
        return;
    }
    arena_defer(making->call->arena, let_go, making);
    call_go_on(making->call, go_on, making);
}

static void cancelled(void *context)
{
    KeyMaking *making = context;
    making->call = NULL;
}

static KeyMaking *making_new(Call *call, const Spec *spec)
{
    KeyMaking *making = calloc(1, sizeof *making);
    if (!making)
        abort();
    making->kms = call->service;
    making->call = call;
    making->spec = spec;
    return making;
}

static Status make_beside(Call *call, const Spec *spec, KeyPairMade *then, void *context)
{
    static const ErrorModel throttling = {
        .code = "ThrottlingException", .http_status = 400, .senders_fault = true, .message_name = "message"};
    Kms *kms = call->service;
    if (!kms->workers)
        kms->workers = workers_new(call->runtime->loop, THREADS);
    if (!kms->workers)
        return fault(call, -1);
    if (workers_busy(kms->workers) >= WAITING_MAX)
        return fail(call, &throttling, "Rate exceeded");
    KeyMaking *making = making_new(call, spec);
    making->then = then;
    making->context = context;
    workers_do(kms->workers, work, is_done, making);
    return call_wait(call, &(CallWait){0, cancelled, making});
}

Status key_pair_for(Call *call, const Spec *spec, KeyPairMade *then, void *context)
{
    if (spec->family == SPEC_RSA)
        return make_beside(call, spec, then, context);
    KeyMaking *making = making_new(call, spec);
    arena_defer(call->arena, let_go, making);
    work(making);
    return making->is_made ? then(call, &making->pair, context) : fault(call, -1);
}

void key_making_stop(Kms *kms)
{
    kms->is_closing = true;
    kms->workers = workers_free(kms->workers);
}
