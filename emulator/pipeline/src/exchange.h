/* exchange.h - one request on its way through the pipeline. Lies in the request's arena; lives until its answer has
 * left. */
#pragma once
#include "budget.h"
#include "call_hooks.h"
#include "faults.h"
#include "map.h"
#include "observe.h"
#include "pipeline.h"
#include "wire.h"

#define PAGES_MAX 128

typedef struct Exchange Exchange;
typedef struct PipelineStream PipelineStream;

struct Exchange {
    Call call; /* first: a Call * is its Exchange * */
    Pipeline *pipeline;
    HttpRequest *request;
    HttpHead head;          /* of the request */
    UriMatch uri;           /* of a REST protocol */
    const Service *service; /* NULL where none was found */
    const Protocol *protocol;
    Bytes operation_name; /* as asked for; absent where the request names none */
    void *out;
    Status status;
    PipelineStream *stream; /* opened by the handler */
    void *in;               /* decoded and checked; NULL until then */
    bool has_run;           /* its handler, at least once */
    FaultEffect effect;     /* of a fault rule; FAULT_NONE */
    int forced_status;      /* of FAULT_STATUS */
    const char *refusal;    /* of the gate; NULL: none */
    CallWait wait;          /* while is_waiting */
    LoopTimer deadline;     /* of the wait */
    bool is_waiting;
    Status (*go_on)(Call *call, void *context); /* what a wait goes on with; NULL: nothing */
    void *go_on_context;
    HttpSink sink;                /* of the handler: where the body flows */
    bool has_begun;               /* the body flows there, or has */
    const struct PageRoute *page; /* it asks for one of our own; NULL: for an operation */
    Exchange *next;
};

typedef struct ExchangeQueue {
    Exchange *first, **last;
} ExchangeQueue;

struct Pipeline {
    Host *host;
    struct OpenService services[HOST_SERVICES_MAX];
    size_t services_count;
    UriTable *uris[HOST_SERVICES_MAX]; /* of each service that has some */
    struct PageRoute {
        const Page *page;
        void *context;
    } pages[PAGES_MAX];
    size_t pages_count;
    struct PageRoute no_page; /* what a path without one leads to */
    Map *routes;              /* "Kinesis_20131202.PutRecord" and, for awsQuery, "sts.GetCallerIdentity" → Route */
    Map *told;                /* operations whose absence was logged */
    Validator *validator;
    ExchangeQueue taken, finished;
    ExchangeQueue begun; /* in this turn: their bodies may flow after its commit */
    size_t waiting;      /* calls */
    uint64_t requests;
    Observer *observer;
    Faults *faults;
    struct Gate *gate;
    uint64_t failed_turns;
    int64_t failed_told_ns; /* when the log was last told of one; 0: never */
};

static inline Exchange *exchange_of(Call *call)
{
    return (Exchange *)call;
}

void queue_init(ExchangeQueue *queue);
void queue_push(ExchangeQueue *queue, Exchange *exchange);
Exchange *queue_take_all(ExchangeQueue *queue); /* the list, in order; the queue is empty then */

/* run.c: one call, within its budget; sets what its answer needs. Run again: after its turn was undone. */
MUST_CHECK Status run(Exchange *exchange);
/* What we ask ourselves, unbounded. */
MUST_CHECK Status run_ours(Exchange *exchange, const char *service, Bytes operation, Bytes json);
MUST_CHECK Status run_again(Exchange *exchange);
bool can_run_again(const Exchange *exchange); /* false: it never came to its handler, or waits, or streams */
/* It failed, and has written what it did not say may stay (call_keep_writes). */
bool broke_the_rule(const Exchange *exchange);

/* pages.c */
extern const Page PAGE_OF_NOTHING;
bool page_is_ours(const Pipeline *pipeline,
                  Bytes path); /* under /_evpoc/ or the like, whether there is a page or not */
const struct PageRoute *page_route(const Pipeline *pipeline, const HttpRequest *request);
void page_run(Exchange *exchange); /* between turns; answers it, or the page does, later */

/* route.c: sets service, protocol, operation_name and call.operation; fails in AWS's words where it leads nowhere. */
MUST_CHECK Status route(Exchange *exchange);
MUST_CHECK Status fail_for_want_of_room(Call *call);
void routes_add(Pipeline *pipeline, const struct OpenService *service);
/* As if a request had come for this operation of this service (ServiceModel.name): fails where it leads nowhere. */
MUST_CHECK Status route_to(Exchange *exchange, const char *service, Bytes operation);
void routes_free(Pipeline *pipeline);
/* The service that a request's headers name, before its body is there; NULL where they don't. */
const ServiceModel *route_service_of(const Pipeline *pipeline, const HttpRequest *request);

/* credential.c: account, region and access key of the call; returns the service of the SigV4 credential scope, or
 * absent. */
Bytes credential_read(Exchange *exchange);
/* The service that the Authorization header is for, before there is a call; absent where it names none. */
Bytes credential_service(const HttpRequest *request);

/* wait.c */
void exchange_wait(Call *call, const CallWait *wait);
void exchange_finish(Call *call, Status status);
void exchange_go_on(Call *call, Status (*go_on)(Call *call, void *context), void *context);
void exchange_body_go_on(Call *call);
void exchange_take_body(Exchange *exchange); /* it has begun */

/* Does the request's body flow, as its head says? */
bool route_flows(const Pipeline *pipeline, const HttpRequest *request);

/* answer.c */
Bytes extended_id(Exchange *exchange); /* x-amz-id-2; absent where the service tells none */
void answer(Exchange *exchange);

/* event_stream.c */
extern const CallHooks pipeline_hooks;
void event_stream_begin(
    Exchange *exchange); /* sends the head, the initial-response and what was sent before the commit */
void event_stream_drop(Exchange *exchange); /* the call failed after it had opened one */
