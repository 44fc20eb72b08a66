/* pipeline.c - what is at its door: services, pages, requests taken; and what may be asked of it. */
#include "event.h"
#include "event_stream.h"
#include "gate.h"
#include "pages.h"
#include "route.h"
#include "run.h"
#include "uuid.h"
#include <stdlib.h>

static void drop_events(void *runtime)
{
    runtime_drop_events(runtime);
}

Pipeline *pipeline_new(Runtime *runtime)
{
    Pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        abort();
    pipeline->runtime = runtime;
    if (runtime->store) /* a fuzzer has none */
        store_on_rollback(runtime->store, drop_events, runtime);
    pipeline->no_page = (struct PageRoute){&PAGE_OF_NOTHING, pipeline};
    pipeline->routes = map_new();
    pipeline->told = map_new();
    pipeline->validator = validator_new();
    pipeline->observer = observer_new(0);
    pipeline->faults = faults_new(runtime);
    pipeline->gate = gate_new(NULL, NULL);
    pipeline->auth = auth_new(runtime);
    pipeline_add_pages(pipeline, AUTH_PAGES, pipeline->auth);
    queue_init(&pipeline->taken);
    queue_init(&pipeline->finished);
    queue_init(&pipeline->begun);
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
    auth_free(pipeline->auth);
    free(pipeline);
    return NULL;
}

void pipeline_add_service(Pipeline *pipeline, const struct OpenService *service)
{
    if (pipeline->services_count == RUNTIME_SERVICES_MAX)
        abort();
    pipeline->services[pipeline->services_count++] = *service;
    routes_add(pipeline, &pipeline->services[pipeline->services_count - 1]);
    if (service->service->pages)
        pipeline_add_pages(pipeline, service->service->pages, service->state);
}

void pipeline_add_pages(Pipeline *pipeline, const Page *pages, void *context)
{
    for (; pages->path; pages++) {
        if (pipeline->pages_count == PAGES_MAX)
            abort();
        pipeline->pages[pipeline->pages_count++] = (struct PageRoute){pages, context};
    }
}

void pipeline_allow(Pipeline *pipeline, const char *hosts, const char *origins)
{
    gate_free(pipeline->gate);
    pipeline->gate = gate_new(hosts, origins);
}

void pipeline_allow_domains(Pipeline *pipeline, const char *domains)
{
    gate_allow_domains(pipeline->gate, domains);
}

bool pipeline_is_our_name(void *context, Bytes name)
{
    const Pipeline *pipeline = context;
    return gate_is_allowed_host(pipeline->gate, name);
}

void pipeline_take(void *context, HttpRequest *request)
{
    Pipeline *pipeline = context;
    bool is_page = page_is_ours(pipeline, request->path);
    const char *refusal = gate_refusal(pipeline->gate, request, is_page ? DOOR_PAGE : DOOR_OPERATION);
    const struct PageRoute *preflight =
        !refusal && !is_page && gate_is_preflight(request) ? page_of_preflight(pipeline, request) : NULL;
    if (!refusal && !preflight && gate_is_preflight(request)) {
        gate_answer_preflight(request, uuid_new(request->arena, pipeline->runtime->random));
        return;
    }
    if (refusal && !request->refused_status)
        request->refused_status = 403;
    Exchange *exchange = arena_new_of(request->arena, Exchange);
    exchange->pipeline = pipeline;
    exchange->request = request;
    exchange->call.started_ns = monotonic_ns();
    exchange->call.arena = request->arena;
    exchange->call.runtime = pipeline->runtime;
    exchange->call.store = pipeline->runtime->store;
    exchange->call.hooks = &pipeline_hooks;
    exchange->refusal = refusal;
    /* Where memory is scarce one can still look why. */
    bool may_see_pages =
        !request->refused_status || (request->refused_status == 503 && bytes_is(request->method, "GET"));
    if (is_page && may_see_pages)
        exchange->page = page_route(pipeline, request);
    else if (preflight && !request->refused_status)
        exchange->page = preflight;
    request->owner = exchange;
    queue_push(&pipeline->taken, exchange);
}

PipelineAnswer pipeline_ask(Pipeline *pipeline, Arena *arena, const char *service, Bytes operation, Bytes json)
{
    Exchange *exchange = arena_new_of(arena, Exchange);
    exchange->pipeline = pipeline;
    exchange->call = (Call){.scope = scope_of_runtime(pipeline->runtime, NULL, arena), .hooks = &pipeline_hooks};
    Status status = run_ours(exchange, service, operation, json);
    PipelineAnswer answer = {.is_ok = is_ok(status)};
    if (!answer.is_ok) {
        answer.error_code = exchange->call.error ? exchange->call.error->code : "InternalFailure";
        answer.message = exchange->call.message;
    }
    return answer;
}

int pipeline_wait_ms(const Pipeline *pipeline)
{
    if (pipeline->taken.first || pipeline->finished.first || runtime_has_events(pipeline->runtime))
        return 0;
    int64_t wait = scheduler_wait_ms(pipeline->runtime->scheduler);
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

size_t pipeline_waiting(const Pipeline *pipeline)
{
    return pipeline->waiting;
}

uint64_t pipeline_requests(const Pipeline *pipeline)
{
    return pipeline->requests;
}
