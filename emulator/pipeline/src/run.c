/* run.c - one call, from its request to its status: route, decode, validate, handler. Whatever a request asks for, it
 * gets a budget and no more; over it this call ends, and nothing else. */
#include "run.h"
#include "route.h"
#include <setjmp.h>

/* What the model's constraints refuse, most services tell in the same words. */
static Status judge(Exchange *exchange, const void *in, const Complaints *complaints)
{
    Call *call = &exchange->call;
    const ErrorModel *error = exchange->service->validation_error;
    if (exchange->service->judge)
        return exchange->service->judge(call, in, complaints);
    if (!complaints->count)
        return OK;
    return fail(call, error ? error : &COMMON_VALIDATION, BYTES_FMT,
                BYTES_ARG(complaints_message(call->arena, complaints)));
}

/* The body into the operation's struct, checked against the model. */
static Status read_input(Exchange *exchange, Bytes body, void **ret_in)
{
    Call *call = &exchange->call;
    const Shape *shape = call->operation->model->input;
    Bytes message = {0};
    Complaints complaints;
    void *in = arena_take(call->arena, shape->size);
    WireRequest request = {exchange->head, exchange->uri.labels, exchange->uri.labels_count, body};
    const FrontEnd *front_end = exchange->service->front_end;
    if (exchange->protocol->decode(call->arena, call->operation->model, &request, in, &message) != WIRE_OK)
        return fail(call, front_end ? front_end->malformed : &COMMON_SERIALIZATION, BYTES_FMT, BYTES_ARG(message));
    validate(exchange->pipeline->validator, call->arena, shape, in, &complaints);
    TRY(judge(exchange, in, &complaints));
    *ret_in = in;
    return OK;
}

/* The handler of a body that flows has two parts. */
static Status begin_body(Exchange *exchange, const void *in)
{
    Call *call = &exchange->call;
    TRY(call->operation->begin(call, in, &exchange->sink));
    exchange->has_begun = true; /* the turn lets the body flow after its commit */
    return (Status){2};
}

static Status run_handler(Exchange *exchange, const void *in)
{
    Call *call = &exchange->call;
    if (exchange->go_on)
        return exchange->go_on(call, exchange->go_on_context);
    if (call->operation->begin && !exchange->has_begun)
        return begin_body(exchange, in);
    exchange->has_run = true;
    exchange->out = arena_take(call->arena, call->operation->model->output->size);
    return call->operation->run(call, in, exchange->out);
}

static void run_delayed(void *context, int64_t now_ms)
{
    Exchange *exchange = context;
    (void)now_ms;
    queue_push(&exchange->pipeline->taken, exchange);
}

static Status fail_by_rule(Exchange *exchange, const FaultRule *rule)
{
    Arena *arena = exchange->call.arena;
    ErrorModel *error = arena_new_of(arena, ErrorModel);
    *error = (ErrorModel){.code = arena_cstr(arena, rule->code),
                          .http_status = rule->status,
                          .senders_fault = rule->status < 500,
                          .message_name = "message"};
    return fail(&exchange->call, error, BYTES_FMT, BYTES_ARG(present(rule->message) ? rule->message : TEXT("")));
}

static Status run_with_faults(Exchange *exchange, void *in)
{
    Call *call = &exchange->call;
    Pipeline *pipeline = exchange->pipeline;
    const OperationModel *model = call->operation->model;
    Meeting meeting = {exchange->service->model->name, model->name, call->account, call->region, model->input, in};
    const FaultRule *rule = faults_strike(pipeline->faults, &meeting);
    if (!rule)
        return run_handler(exchange, in);
    exchange->effect = rule->effect;
    switch (rule->effect) {
    case FAULT_ERROR:
        return fail_by_rule(exchange, rule);
    case FAULT_STATUS:
        exchange->forced_status = rule->status;
        return OK;
    case FAULT_DELAY:
        scheduler_at(pipeline->runtime->scheduler, call->now_ms + rule->delay_ms, run_delayed, exchange);
        return (Status){2};
    case FAULT_PARTIAL:
        call->failing_share = rule->share;
        call->failing_code = present(rule->code) ? arena_copy(call->arena, rule->code) : rule->code;
        call->failing_message = arena_copy(call->arena, rule->message);
        return run_handler(exchange, in);
    case FAULT_CUT:
    case FAULT_NONE:
        break;
    }
    return OK;
}

static AuthRequest request_of(const Exchange *exchange)
{
    const HttpRequest *request = exchange->request;
    return (AuthRequest){.head = &exchange->head,
                         .body = request->sent_body,
                         .is_flowing = request->body_flows,
                         .is_tls = request->is_tls,
                         .is_query = exchange->protocol->flag == PROTOCOL_QUERY,
                         .service = exchange->service,
                         .service_state = exchange->call.service};
}

/* Who calls, where that is asked for. */
static Status authenticate(Exchange *exchange)
{
    if (!exchange->pipeline->runtime->guard)
        return OK;
    AuthRequest request = request_of(exchange);
    return auth_authenticate(exchange->pipeline->auth, &exchange->call, &request);
}

/* May they do it, where somebody looked who they are. */
static Status authorize(Exchange *exchange, const void *in)
{
    if (!exchange->call.principal)
        return OK;
    AuthRequest request = request_of(exchange);
    return auth_authorize(exchange->pipeline->auth, &exchange->call, &request, in);
}

static Status run_whole(Exchange *exchange)
{
    void *in = NULL;
    if (exchange->in) /* its turn has been undone, or a rule has kept it back until now */
        return run_handler(exchange, exchange->in);
    TRY(route(exchange));
    TRY(authenticate(exchange));
    /* Nothing is read for a client that has gone; what it wants written is. */
    bool is_in_vain = exchange->call.operation->access == READS && http_is_gone(exchange->request);
    if (is_in_vain || !http_has_room(exchange->request))
        return fail_for_want_of_room(&exchange->call);
    TRY(read_input(exchange, exchange->request->body, &in));
    TRY(authorize(exchange, in));
    exchange->in = in;
    if (exchange->service->admit)
        TRY(exchange->service->admit(&exchange->call, in));
    return run_with_faults(exchange, in);
}

Status run_ours(Exchange *exchange, const char *service, Bytes operation, Bytes json)
{
    void *in = NULL;
    TRY(route_to(exchange, service, operation));
    TRY(read_input(exchange, json, &in));
    return run_handler(exchange, in);
}

typedef struct Bounds {
    jmp_buf begin;
    BudgetKind kind;
} Bounds;

static void end_call(void *context, BudgetKind kind) __attribute__((noreturn));
static void end_call(void *context, BudgetKind kind)
{
    Bounds *bounds = context;
    bounds->kind = kind;
    longjmp(bounds->begin, 1);
}

static Status fail_over_budget(Exchange *exchange, BudgetKind kind)
{
    static const char *const whys[] = {
        [BUDGET_MEMORY] = "needs more memory than evpoc-emu lets one call have",
        [BUDGET_WORK] = "takes more work than evpoc-emu lets one call do",
        [BUDGET_STACK] = "is nested deeper than evpoc-emu follows",
    };
    Call *call = &exchange->call;
    const ErrorModel *error = exchange->service ? exchange->service->validation_error : NULL;
    store_end_all(call->store);
    log_event(call->runtime->log, LOG_WARN, "a request was given up", "operation",
              call->operation ? call->operation->model->name : "-", "why", whys[kind], NULL);
    return fail(call, error ? error : &COMMON_VALIDATION, "The request %s (core/limits.h).", whys[kind]);
}

static Status count(Exchange *exchange, Status status)
{
    const Service *service = exchange->service;
    if (service && service->after && exchange->call.operation && !is_pending(status))
        service->after(&exchange->call, status, exchange->out);
    return status;
}

Status run(Exchange *exchange)
{
    Bounds bounds;
    Call *call = &exchange->call;
    Budget budget = {arena_held(call->arena) + LIMIT_CALL_BYTES, LIMIT_CALL_STEPS, LIMIT_CALL_STACK_BYTES, end_call,
                     &bounds};
    call->writes_settled = store_writes(call->store);
    if (setjmp(bounds.begin))
        return count(exchange, fail_over_budget(exchange, bounds.kind));
    budget_set(call->arena, &budget);
    Status status = count(exchange, run_whole(exchange));
    budget_clear(call->arena);
    /* Calls that wait are not made again where their turn is undone: what they wrote would be lost. */
    bool writes_and_waits = is_pending(status) && store_writes(call->store) != call->writes_settled;
    return writes_and_waits ? fault(call, -1) : status;
}

Status run_again(Exchange *exchange)
{
    Call *call = &exchange->call;
    call->error = NULL;
    call->error_fields = NULL;
    return run(exchange);
}

bool can_run_again(const Exchange *exchange)
{
    return exchange->has_run && !exchange->stream && !is_pending(exchange->status);
}

bool broke_the_rule(const Exchange *exchange)
{
    const Call *call = &exchange->call;
    return !is_ok(exchange->status) && !is_pending(exchange->status) &&
           store_writes(call->store) != call->writes_settled;
}
