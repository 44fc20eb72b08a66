/* pipeline.c - the turn: every ready request in one transaction, one commit, then the answers. */
#include "exchange.h"
#include "gate.h"
#include <stdlib.h>

static void queue_init(ExchangeQueue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
}

void queue_push(ExchangeQueue *queue, Exchange *exchange)
{
    exchange->next = NULL;
    *queue->last = exchange;
    queue->last = &exchange->next;
}

Exchange *queue_take_all(ExchangeQueue *queue)
{
    Exchange *first = queue->first;
    queue_init(queue);
    return first;
}

Pipeline *pipeline_new(Host *host)
{
    Pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        abort();
    pipeline->host = host;
    pipeline->routes = map_new();
    pipeline->told = map_new();
    pipeline->validator = validator_new();
    pipeline->observer = observer_new(0);
    pipeline->faults = faults_new(host);
    pipeline->gate = gate_new(NULL, NULL);
    queue_init(&pipeline->taken);
    queue_init(&pipeline->finished);
    return pipeline;
}

Pipeline *pipeline_free(Pipeline *pipeline)
{
    if (!pipeline)
        return NULL;
    routes_free(pipeline);
    map_free(pipeline->told);
    validator_free(pipeline->validator);
    observer_free(pipeline->observer);
    faults_free(pipeline->faults);
    gate_free(pipeline->gate);
    free(pipeline);
    return NULL;
}

void pipeline_add_service(Pipeline *pipeline, PipelineService service)
{
    if (pipeline->services_count == SERVICES_MAX)
        abort();
    pipeline->services[pipeline->services_count++] = service;
    routes_add(pipeline, &pipeline->services[pipeline->services_count - 1]);
}

void pipeline_add_page(Pipeline *pipeline, const char *prefix, PipelinePage *page, void *context)
{
    if (pipeline->pages_count == PAGES_MAX)
        abort();
    pipeline->pages[pipeline->pages_count++] = (struct Page){prefix, page, context};
}

static bool answered_by_page(Pipeline *pipeline, HttpRequest *request)
{
    for (size_t i = 0; i < pipeline->pages_count; i++) {
        struct Page *page = &pipeline->pages[i];
        if (!bytes_starts_with(request->path, bytes_of(page->prefix)))
            continue;
        HttpResponse response = {.status = 200};
        page->page(page->context, request, &response);
        http_respond(request, &response);
        return true;
    }
    return false;
}

void pipeline_allow(Pipeline *pipeline, const char *hosts, const char *origins)
{
    gate_free(pipeline->gate);
    pipeline->gate = gate_new(hosts, origins);
}

void pipeline_take(void *context, HttpRequest *request)
{
    Pipeline *pipeline = context;
    const char *refusal = gate_refusal(pipeline->gate, request);
    if (!refusal && gate_is_preflight(request)) {
        gate_answer_preflight(request);
        return;
    }
    if (refusal && !request->refused_status)
        request->refused_status = 403;
    /* Where memory is scarce one can still look why. */
    bool is_fine = !request->refused_status || (request->refused_status == 503 && bytes_is(request->method, "GET"));
    if (is_fine && answered_by_page(pipeline, request))
        return;
    Exchange *exchange = arena_new_of(request->arena, Exchange);
    exchange->pipeline = pipeline;
    exchange->request = request;
    exchange->call.started_ns = monotonic_ns();
    exchange->call.arena = request->arena;
    exchange->call.host = pipeline->host;
    exchange->call.store = pipeline->host->store;
    exchange->call.hooks = &pipeline_hooks;
    exchange->refusal = refusal;
    request->owner = exchange;
    queue_push(&pipeline->taken, exchange);
}

/* The body into the operation's struct, checked against the model. */
static Status read_input(Exchange *exchange, Bytes body, void **ret_in)
{
    Call *call = &exchange->call;
    const Shape *shape = call->operation->model->input;
    Bytes message = {0};
    void *in = arena_take(call->arena, shape->size);
    if (exchange->protocol->decode(call->arena, shape, body, in, &message) != WIRE_OK)
        return fail(call, &COMMON_SERIALIZATION, BYTES_FMT, BYTES_ARG(message));
    if (validate(exchange->pipeline->validator, call->arena, shape, in, &message)) {
        const ErrorModel *error = exchange->service->validation_error;
        return fail(call, error ? error : &COMMON_VALIDATION, BYTES_FMT, BYTES_ARG(message));
    }
    *ret_in = in;
    return OK;
}

/* A handler that fails after its first write leaves half of its work in the turn: a bug of ours, so nothing of the turn
 * may stay. */
static Status run_handler(Exchange *exchange, const void *in)
{
    Call *call = &exchange->call;
    uint64_t writes_before = store_writes(call->store);
    exchange->out = arena_take(call->arena, call->operation->model->output->size);
    Status status = call->operation->run(call, in, exchange->out);
    if (!is_ok(status) && !is_pending(status) && store_writes(call->store) != writes_before) {
        log_event(call->host->log, LOG_ERROR, "an operation failed after its first write; the turn is undone",
                  "operation", call->operation->model->name, NULL);
        exchange->pipeline->turn_is_broken = true;
    }
    return status;
}

static void run_delayed(void *context, int64_t now_ms)
{
    Exchange *exchange = context;
    exchange->call.now_ms = now_ms;
    exchange->status = run_handler(exchange, exchange->in);
    if (!is_pending(exchange->status))
        queue_push(&exchange->pipeline->finished, exchange);
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
        scheduler_at(pipeline->host->scheduler, call->now_ms + rule->delay_ms, run_delayed, exchange);
        return call_pend(call);
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

static Status run(Exchange *exchange)
{
    void *in = NULL;
    TRY(route(exchange));
    /* Nor is anything read for who has gone; what was to be written is. */
    bool is_in_vain = exchange->call.operation->access == READS && http_is_gone(exchange->request);
    if (is_in_vain || !http_has_room(exchange->request))
        return fail_for_want_of_room(&exchange->call);
    TRY(read_input(exchange, exchange->request->body, &in));
    exchange->in = in;
    if (exchange->service->admit)
        TRY(exchange->service->admit(&exchange->call, in));
    return run_with_faults(exchange, in);
}

static Status run_ours(Exchange *exchange, const char *service, Bytes operation, Bytes json)
{
    void *in = NULL;
    TRY(route_to(exchange, service, operation));
    TRY(read_input(exchange, json, &in));
    return run_handler(exchange, in);
}

PipelineAnswer pipeline_ask(Pipeline *pipeline, Arena *arena, const char *service, Bytes operation, Bytes json)
{
    Exchange *exchange = arena_new_of(arena, Exchange);
    Host *host = pipeline->host;
    exchange->pipeline = pipeline;
    exchange->call = (Call){.arena = arena,
                            .host = host,
                            .store = host->store,
                            .hooks = &pipeline_hooks,
                            .account = host->default_account,
                            .region = host->default_region,
                            .now_ms = clock_now_ms(host->clock)};
    Status status = run_ours(exchange, service, operation, json);
    PipelineAnswer answer = {.is_ok = is_ok(status)};
    if (!answer.is_ok) {
        answer.error_code = exchange->call.error ? exchange->call.error->code : "InternalFailure";
        answer.message = exchange->call.message;
    }
    return answer;
}

static void log_fault(Exchange *exchange)
{
    Call *call = &exchange->call;
    log_format(call->host->log, LOG_ERROR, "%s:%d: fault %d in %s: %s", call->fault_file, call->fault_line,
               call->fault_code, call->operation ? call->operation->model->name : "?", store_error(call->store));
}

/* A turn whose calls hold this much ends; the rest is the next turn's. */
#define TURN_BYTES ((size_t)16 * 1024 * 1024)

static Exchange *queue_take(ExchangeQueue *queue)
{
    Exchange *first = queue->first;
    if (!first)
        return NULL;
    queue->first = first->next;
    if (!queue->first)
        queue->last = &queue->first;
    return first;
}

static void run_taken(Pipeline *pipeline, int64_t now_ms, ExchangeQueue *answers)
{
    size_t held = 0;
    for (Exchange *exchange; held < TURN_BYTES && (exchange = queue_take(&pipeline->taken));
         held += arena_used(exchange->call.arena)) {
        exchange->call.now_ms = now_ms;
        exchange->status = run(exchange);
        if (exchange->status.code_ < 0)
            log_fault(exchange);
        if (!is_pending(exchange->status))
            queue_push(answers, exchange);
    }
}

static bool can_run_again(const Exchange *exchange)
{
    return exchange->in && exchange->call.operation->access == READS && !exchange->stream &&
           !is_pending(exchange->status);
}

/* Readers must not suffer from a full disk, but what they have read may be what was undone: they read again. */
static bool read_again(Pipeline *pipeline, ExchangeQueue *answers)
{
    for (Exchange *exchange = answers->first; exchange; exchange = exchange->next)
        if (can_run_again(exchange))
            exchange->status = run_handler(exchange, exchange->in);
    return !pipeline->turn_is_broken && store_commit(pipeline->host->store) == STORE_OK;
}

/* A full disk fails turn after turn: once a second is enough. */
static void log_failed_turn(Pipeline *pipeline)
{
    int64_t now_ns = monotonic_ns();
    pipeline->failed_turns++;
    if (pipeline->failed_told_ns && now_ns - pipeline->failed_told_ns < INT64_C(1000000000))
        return;
    log_format(pipeline->host->log, LOG_ERROR, "the turn could not be committed: %s (%llu so far)",
               store_error(pipeline->host->store), (unsigned long long)pipeline->failed_turns);
    pipeline->failed_told_ns = now_ns;
}

/* What was not committed did not happen: nobody may be told otherwise. */
static void fail_all(Pipeline *pipeline, ExchangeQueue *answers)
{
    Arena *arena = answers->first ? answers->first->call.arena : NULL;
    Bytes reason = arena ? arena_copy(arena, bytes_of(store_error(pipeline->host->store))) : TEXT("");
    log_failed_turn(pipeline);
    bool has_read = read_again(pipeline, answers);
    pipeline->turn_is_broken = false;
    for (Exchange *exchange = answers->first; exchange; exchange = exchange->next)
        if (!(has_read && can_run_again(exchange)) && (is_ok(exchange->status) || exchange->status.code_ < 0))
            exchange->status =
                fail(&exchange->call, &COMMON_INTERNAL_FAILURE,
                     "The request could not be stored and was not carried out: " BYTES_FMT ".", BYTES_ARG(reason));
}

static bool commit(Pipeline *pipeline)
{
    if (!pipeline->turn_is_broken)
        return store_commit(pipeline->host->store) == STORE_OK;
    pipeline->turn_is_broken = false;
    store_rollback(pipeline->host->store);
    return false;
}

void pipeline_turn(Pipeline *pipeline)
{
    ExchangeQueue answers;
    queue_init(&answers);
    scheduler_run(pipeline->host->scheduler);
    run_taken(pipeline, clock_now_ms(pipeline->host->clock), &answers);
    for (Exchange *next, *exchange = queue_take_all(&pipeline->finished); exchange; exchange = next) {
        next = exchange->next;
        queue_push(&answers, exchange);
    }
    if (!commit(pipeline))
        fail_all(pipeline, &answers);
    /* Answers first: a subscription opened in this turn gets its head before the first push reaches it. */
    for (Exchange *next, *exchange = queue_take_all(&answers); exchange; exchange = next) {
        next = exchange->next;
        pipeline->requests++;
        answer(exchange);
    }
    host_run_after_commit(pipeline->host);
}

int pipeline_wait_ms(const Pipeline *pipeline)
{
    if (pipeline->taken.first || pipeline->finished.first)
        return 0;
    int64_t wait = scheduler_wait_ms(pipeline->host->scheduler);
    return wait > 60000 ? 60000 : (int)wait;
}

void pipeline_keep_notes(Pipeline *pipeline, size_t count)
{
    observer_free(pipeline->observer);
    pipeline->observer = observer_new(count);
}

size_t pipeline_notes(const Pipeline *pipeline, uint64_t after, PipelineNote *ret_notes, size_t limit)
{
    return observer_notes(pipeline->observer, after, ret_notes, limit);
}

void pipeline_write_metrics(const Pipeline *pipeline, Buffer *out)
{
    observer_write_metrics(pipeline->observer, out);
}

int pipeline_fault_add(Pipeline *pipeline, const FaultRule *rule)
{
    return faults_add(pipeline->faults, rule);
}

bool pipeline_fault_remove(Pipeline *pipeline, int id)
{
    return faults_remove(pipeline->faults, id);
}

const FaultRule *pipeline_fault_next(const Pipeline *pipeline, int after_id)
{
    return faults_next(pipeline->faults, after_id);
}

size_t pipeline_services(const Pipeline *pipeline)
{
    return pipeline->services_count;
}

PipelineServiceInfo pipeline_service_info(const Pipeline *pipeline, size_t at)
{
    const Service *service = pipeline->services[at].service;
    PipelineServiceInfo info = {service, pipeline->services[at].state, 0, 0};
    while (service->operations[info.operations_built])
        info.operations_built++;
    while (service->model->operations[info.operations_known])
        info.operations_known++;
    return info;
}

uint64_t pipeline_requests(const Pipeline *pipeline)
{
    return pipeline->requests;
}
