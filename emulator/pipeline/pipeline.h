/* pipeline.h - what every call needs, once: routing, accounts, decoding, validation, the turn, answers, the request
 * log.
 *
 * route → namespace → decode by shape → validate by shape → handler → (commit of the turn) → encode by shape → log */
#pragma once
#include "call.h"
#include "net.h"

typedef struct Pipeline Pipeline;

typedef struct PipelineService {
    const Service *service;
    void *state; /* reaches its handlers as call->service; its owner's to free, after the pipeline */
} PipelineService;

/* A path of ours beside AWS's: answers at once, outside the turn's transaction. */
typedef void PipelinePage(void *context, const HttpRequest *request, HttpResponse *response);

Pipeline *pipeline_new(Host *host);
Pipeline *pipeline_free(Pipeline *pipeline); /* after net_close: no request may be left; returns NULL */
void pipeline_add_service(Pipeline *pipeline, PipelineService service);
/* All paths that start with prefix (static). */
void pipeline_add_page(Pipeline *pipeline, const char *prefix, PipelinePage *page, void *context);

/* For NetOptions: takes a request for the next turn; how large its body may be. context is the pipeline. */
void pipeline_take(void *context, HttpRequest *request);
size_t pipeline_body_max(void *context, const HttpRequest *request);

/* A request of our own, as awsJson would bring it, in the default account and region: part of the turn that is
 * committed next. */
typedef struct PipelineAnswer {
    bool is_ok;
    const char *error_code; /* "ResourceInUseException" */
    Bytes message;          /* in the arena */
} PipelineAnswer;
PipelineAnswer pipeline_ask(Pipeline *pipeline, Arena *arena, const char *service, Bytes operation, Bytes json);

/* One turn: due timers and all requests taken, in one transaction; COMMIT; then pushes to subscribers, then answers.
 * Where the commit fails, every call that ran is answered with InternalFailure. */
void pipeline_turn(Pipeline *pipeline);
/* How long net_poll may wait before the next turn is due: ms, or -1. */
int pipeline_wait_ms(const Pipeline *pipeline);

typedef struct PipelineServiceInfo {
    const Service *service;
    void *state;
    size_t operations_built, operations_known;
} PipelineServiceInfo;
size_t pipeline_services(const Pipeline *pipeline);
PipelineServiceInfo pipeline_service_info(const Pipeline *pipeline, size_t at);
uint64_t pipeline_requests(const Pipeline *pipeline); /* answered so far */
