/* exchange.h - one request on its way through the pipeline. Lies in the request's arena; lives until its answer has
 * left. */
#pragma once
#include "auth.h"
#include "budget.h"
#include "call_hooks.h"
#include "faults.h"
#include "map.h"
#include "observe.h"
#include "pipeline.h"
#include "queue.h"
#include "wire.h"

#define PAGES_MAX 128

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

struct Pipeline {
    Runtime *runtime;
    struct OpenService services[RUNTIME_SERVICES_MAX];
    size_t services_count;
    UriTable *uris[RUNTIME_SERVICES_MAX]; /* of each service that has some */
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
    Auth *auth;
    uint64_t failed_turns;
    int64_t failed_told_ns; /* when the log was last told of one; 0: never */
};

static inline Exchange *exchange_of(Call *call)
{
    return (Exchange *)call;
}
