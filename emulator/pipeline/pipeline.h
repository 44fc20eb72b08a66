/* pipeline.h - what every call needs, once: routing, accounts, decoding, validation, the turn, answers, the request
 * log.
 *
 * route → namespace → decode by shape → validate by shape → handler → (commit of the turn) → encode by shape → log */
#pragma once
#include "call.h"
#include "page.h"

typedef struct Pipeline Pipeline;

Pipeline *pipeline_new(Runtime *runtime);
Pipeline *pipeline_free(Pipeline *pipeline); /* after net_close: no request may be left; returns NULL */
/* Its operations and its pages; the runtime's next one, which is open. */
void pipeline_add_service(Pipeline *pipeline, const struct OpenService *service);
/* Ends with a NULL path; outlives the pipeline. */
void pipeline_add_pages(Pipeline *pipeline, const Page *pages, void *context);

/* Lists of names (beyond the usual ones) that Runtime may have, and of web pages' origins that may call; NULL: none. */
void pipeline_allow(Pipeline *pipeline, const char *hosts, const char *origins);
/* A list of domains that Host may have, with all that lies under them; NULL: none. After pipeline_allow. */
void pipeline_allow_domains(Pipeline *pipeline, const char *domains);

/* For NetOptions: takes a request for the next turn; how large its body may be. context is the pipeline. */
void pipeline_take(void *context, HttpRequest *request);
HttpBodyPlan pipeline_plan_body(void *context, HttpRequest *request);
bool pipeline_is_our_name(void *context, Bytes name); /* by which a Runtime may call us */

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

/* What was answered lately. */
typedef struct PipelineNote {
    uint64_t number; /* from 1 on */
    int64_t time_ms;
    const char *service, *operation; /* "-": it led nowhere */
    Bytes account, region, request_id;
    double seconds;
    int status;
    const char *error;   /* NULL: none */
    Bytes input, output; /* their beginnings */
    size_t input_len, output_len;
} PipelineNote;
/* How many it keeps; before the first request. */
void pipeline_keep_notes(Pipeline *pipeline, size_t count);
/* The last `limit` of those behind number `after`, oldest first. They point into memory that the next turn changes. */
size_t pipeline_notes(const Pipeline *pipeline, uint64_t after, PipelineNote *ret_notes, size_t limit);
void pipeline_write_metrics(const Pipeline *pipeline, Buffer *out); /* in Prometheus's text form */

/* A rule that breaks things: which requests it meets, how often it strikes them, and what becomes of them. */
typedef enum FaultEffect { FAULT_NONE, FAULT_ERROR, FAULT_STATUS, FAULT_DELAY, FAULT_CUT, FAULT_PARTIAL } FaultEffect;
typedef struct FaultRule {
    int id;                                              /* set when it is added */
    Bytes service, operation, resource, account, region; /* absent: any. resource: a stream's, table's … name */
    double probability;                                  /* 0 to 1 */
    int64_t every;                                       /* or each so many-th; 0: by probability */
    int64_t times;                                       /* after so many hits it is over; 0: never */
    int64_t until_ms;                                    /* by the emulator's clock; 0: never */
    FaultEffect effect;
    Bytes code, message; /* FAULT_ERROR; and of each item that FAULT_PARTIAL fails */
    int status;          /* FAULT_ERROR, FAULT_STATUS */
    int64_t delay_ms;    /* FAULT_DELAY, by the emulator's clock */
    double share;        /* FAULT_PARTIAL: of a batch's items */
    uint64_t seen, hits; /* requests met, and struck */
} FaultRule;
/* Its id; 0: there are too many. Texts are copied. */
int pipeline_fault_add(Pipeline *pipeline, const FaultRule *rule);
bool pipeline_fault_remove(Pipeline *pipeline, int id);                       /* false: there is none */
const FaultRule *pipeline_fault_next(const Pipeline *pipeline, int after_id); /* NULL: no more; 0: the first */

size_t pipeline_waiting(const Pipeline *pipeline);    /* calls that are answered later */
uint64_t pipeline_requests(const Pipeline *pipeline); /* answered so far */
