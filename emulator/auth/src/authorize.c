/* authorize.c - what a call needs, asked one by one. */
#include "scene.h"
#include "soft.h"

/* What is not told by a table asks for an action of its name, on anything. */
static const PermissionsOf *permissions_of(const AuthRequest *request, PermissionsOf *usual)
{
    static const Permission none[] = {{NULL, NULL, NULL, NULL}};
    if (request->service->permissions)
        return request->service->permissions;
    *usual = (PermissionsOf){.prefix = request->service->model->name, .rows = none};
    return usual;
}

static Status decide_all(Auth *auth, const AuthRequest *request, Question *question, const NeedList *needs)
{
    for (size_t i = 0; i < needs->len; i++) {
        Decision decision;
        question->need = &needs->items[i];
        TRY(decide(question, &decision));
        if (decision.is_moot)
            continue;
        if (auth->mode == AUTH_SOFT)
            soft_note(auth, question, &decision);
        else if (decision.ground != GROUND_NONE)
            return deny_in_awss_words(question->call, request, question->need, &decision);
    }
    return OK;
}

Status auth_authorize(Auth *auth, Call *call, const AuthRequest *request, const void *in)
{
    Actor actor;
    PermissionsOf usual;
    const PermissionsOf *of = permissions_of(request, &usual);
    const Principal *principal = call->principal;
    NeedList needs = {.arena = call->arena};
    if (!principal || auth->mode < AUTH_SOFT)
        return OK;
    TRY(actor_read(call, principal, &actor));
    needs.self = present(principal->basis) ? principal->basis : principal->arn;
    permission_needs(call, of, in, &needs);
    FactList facts = facts_of(call, request, &actor, in);
    Question question = {.call = call, .actor = &actor, .facts = &facts, .of = of, .in = in};
    return decide_all(auth, request, &question, &needs);
}

static const Service *service_of(const Call *call)
{
    const Runtime *runtime = call->runtime;
    for (size_t i = 0; i < runtime->services_count; i++)
        if (runtime->services[i].state == call->service)
            return runtime->services[i].service;
    return NULL;
}

Status authorize_form(Auth *auth, Call *call, const FormSignature *form)
{
    Actor actor;
    Need need = {.action = form->action, .resource = form->resource};
    NeedList needs = {.arena = call->arena, .items = &need, .len = 1};
    AuthRequest request = {.head = call->head, .service = service_of(call), .service_state = call->service};
    if (auth->mode < AUTH_SOFT || !request.service)
        return OK;
    TRY(actor_read(call, call->principal, &actor));
    FactList facts = facts_of(call, &request, &actor, NULL);
    Question question = {.call = call, .actor = &actor, .facts = &facts, .of = request.service->permissions};
    return decide_all(auth, &request, &question, &needs);
}

/* A call that nobody made, in the place of a service that acts. */
static const struct OpenService *service_of_action(const Runtime *runtime, Bytes action)
{
    Bytes prefix = bytes_cut(&action, ':');
    for (size_t i = 0; i < runtime->services_count; i++) {
        const PermissionsOf *of = runtime->services[i].service->permissions;
        if (of && bytes_is(prefix, of->prefix))
            return &runtime->services[i];
    }
    return NULL;
}

static bool decide_act(Auth *auth, Call *call, const Principal *principal, const Need *need)
{
    static const OperationModel none = {.name = "-"};
    static const Operation operation = {.model = &none};
    Actor actor;
    Decision decision;
    FactList facts = {.arena = call->arena};
    const struct OpenService *service = service_of_action(auth->runtime, need->action);
    if (!service || !is_ok(actor_read(call, principal, &actor)))
        return true;
    call->service = service->state;
    call->operation = &operation;
    Question question = {
        .call = call, .actor = &actor, .need = need, .facts = &facts, .of = service->service->permissions};
    if (!is_ok(decide(&question, &decision)))
        return false;
    if (auth->mode == AUTH_SOFT && principal->kind == PRINCIPAL_SESSION)
        soft_note(auth, &question, &decision);
    return auth->mode == AUTH_SOFT || decision.ground == GROUND_NONE;
}

/* The role trusts the service, and may do it. */
bool authorize_act(Guard *guard, const Scope *scope, const GuardAct *act)
{
    Auth *auth = owner_of(guard, Auth, guard);
    Arn arn;
    Call call = {.scope = *scope};
    if (auth->mode < AUTH_SOFT || !arn_parse(act->role, &arn))
        return true;
    call.account = arn.account;
    Bytes service = bytes_of(act->service), name = permission_name(act->role, "role");
    Principal itself = {.kind = PRINCIPAL_NOBODY, .account = arn.account, .arn = service, .service = service};
    Principal session = {.kind = PRINCIPAL_SESSION, .account = arn.account, .basis = act->role, .service = service};
    session.arn = arena_text(scope->arena, "arn:aws:sts::" BYTES_FMT ":assumed-role/" BYTES_FMT "/%s",
                             BYTES_ARG(arn.account), BYTES_ARG(present(name) ? name : TEXT("-")), act->service);
    Need assume = {.action = TEXT("sts:AssumeRole"), .resource = act->role};
    Need need = {.action = act->action, .resource = act->resource, .noted = act->noted};
    return decide_act(auth, &call, &itself, &assume) && decide_act(auth, &call, &session, &need);
}
