/* call.h - one request as a service sees it. With model.h, store.h and its own model, all that a service may include.
 */
#pragma once
#include "arena.h"
#include "complaint.h"
#include "log.h"
#include "loop.h"
#include "model.h"
#include "net.h"
#include "random.h"
#include "scheduler.h"
#include "scope.h"

#define RUNTIME_SERVICES_MAX 32

/* What a service has at hand also outside a call; one of it, made by main, outlives every service. */
typedef struct Runtime {
    const struct Config *config; /* the settings; NULL in tests: each at its default */
    const char *program;         /* the executable, for what it does in processes of its own; NULL: it isn't this */
    Store *store;
    Loop *loop; /* for what is real: descriptors, processes, time-outs */
    Clock *clock;
    Scheduler *scheduler; /* timers run inside the turn's transaction */
    Random *random;
    Log *log;
    Bytes default_account, default_region;
    struct RuntimeEvents *events; /* event.h */
    struct Guard *guard;          /* guard.h; NULL: nobody looks at credentials */
    struct OpenService {
        const struct Service *service;
        void *state;
    } services[RUNTIME_SERVICES_MAX]; /* in the order in which they were opened */
    size_t services_count;
} Runtime;

typedef struct EventStream EventStream;
typedef struct Operation Operation;

typedef struct Call {
    union {
        Scope scope;
        struct {
            SCOPE_MEMBERS;
        };
    };
    const Operation *operation;
    Bytes access_key;                  /* as the client sent it; absent where it signed nothing */
    const struct Principal *principal; /* who that is, where somebody looked (auth); else NULL */
    struct SignatureChain *chain;      /* what the chunks of its body are signed by (signature.h); NULL: nobody looks */
    Bytes request_id;
    int64_t started_ns;      /* monotonic_ns when the request came; 0: nobody sent it */
    uint64_t writes_settled; /* store_writes when it began, or when it said that what is written stays */
    /* set by fail() */
    const ErrorModel *error;
    Bytes message;
    const void *error_fields;
    /* set by fault() */
    const char *fault_file;
    int fault_line;
    int fault_code;
    /* A fault rule may fail a part of a batch: see call_item_fails. */
    double failing_share;
    Bytes failing_code, failing_message;
    /* Set by a service that has rules of its own for pages of other origins: what its answer says to the page, in place
     * of what all say. NULL: that. */
    const HttpHeader *origin_headers;
    size_t origin_headers_count;
    const HttpSource *source;      /* set by call_answer_from */
    const HttpHead *head;          /* of the request; NULL where nobody sent it */
    int status;                    /* of a good answer, where the handler says another than the model; else 0 */
    Bytes raw, raw_type;           /* of a good answer: the whole body and its type, told as they are; else absent */
    void *body;                    /* of an operation with a begin: the context of the sink that has the whole body */
    const struct CallHooks *hooks; /* the pipeline's: call_hooks.h */
    void *exchange;                /* the pipeline's own */
} Call;

/* Only OK, fail(), fault(), expect_ok() and call_wait() make one: an error that nobody recorded cannot be returned. */
typedef struct Status {
    int code_;
} Status;
#define OK ((Status){0})

/* The caller's mistake: an error of the model, told to the client word for word. Not logged. */
MUST_CHECK Status fail(Call *call, const ErrorModel *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, with the error's further members: a struct of error->shape in the call's arena. */
MUST_CHECK Status fail_with(Call *call, const ErrorModel *error, const void *fields, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Ours: logged with its place, told as InternalFailure. Takes the negative code of a lower layer. */
#define fault(call, code) fault_at((call), (code), __FILE__, __LINE__)
MUST_CHECK Status fault_at(Call *call, int code, const char *file, int line);
/* For the code of a lower layer of which nothing but 0 is expected here. */
#define expect_ok(call, code) expect_ok_at((call), (code), __FILE__, __LINE__)
MUST_CHECK Status expect_ok_at(Call *call, int code, const char *file, int line);
static inline bool is_ok(Status status)
{
    return status.code_ == 0;
}
static inline bool is_pending(Status status)
{
    return status.code_ == 2;
}

/* The only macro that returns. */
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        Status tried_ = (expression);                                                                                  \
        if (tried_.code_)                                                                                              \
            return tried_;                                                                                             \
    } while (0)

/* What the handler has written so far stays, even if the call is refused after all: a key that AWS makes at its first
 * use, a thing whose time is over. Otherwise nothing may fail after the first write; where it does, that call alone is
 * undone, which costs its turn a second run. */
void call_keep_writes(Call *call);

/* Of each item of a batch, before it is done: is it to fail? False unless a fault rule says so. */
bool call_item_fails(Call *call);

/* The answer comes later. The handler has written nothing, keeps `call` (it lives until its answer has left), and ends
 * with call_wait. Then, on the loop's thread, exactly one of these ends the wait: call_finish, call_go_on, or
 * `cancelled` is called: the client has gone (nobody gets an answer), or the deadline has passed (told as
 * ServiceUnavailable). */
typedef struct CallWait {
    int64_t deadline_ms; /* of real time, from now on; 0: none */
    void (*cancelled)(void *context);
    void *context;
} CallWait;
MUST_CHECK Status call_wait(Call *call, const CallWait *wait);
void call_finish(Call *call, Status status);
/* Goes on in the next turn, with a new budget, as a handler: may write, fail, wait again. */
void call_go_on(Call *call, Status (*go_on)(Call *call, void *context), void *context);

/* A sink that took less than it was given can take more. */
void call_body_go_on(Call *call);

/* The answer's streaming payload is pulled from the source when all else is told. Copied. Where the call fails after
 * all, the source is done with unread. */
void call_answer_from(Call *call, const HttpSource *source);

/* An event-stream answer (SubscribeToShard): the handler opens it before it returns OK; the initial-response leaves
 * after the commit, events after it. on_close is called once, when the client goes first; not after event_stream_end or
 * _fail. */
MUST_CHECK EventStream *event_stream_open(Call *call, void (*on_close)(void *context), void *context);
/* field: the event's index in the operation's `events` union; event: a struct of that field's shape. */
void event_stream_send(EventStream *stream, int field, const void *event);
/* Bytes not yet taken by the client; SIZE_MAX: nothing may be sent now, since clients make us hold too much already. */
size_t event_stream_backlog(const EventStream *stream);
void event_stream_end(EventStream *stream);
void event_stream_fail(EventStream *stream, const ErrorModel *error,
                       Bytes message); /* as an exception event, then the end */

typedef enum Access { READS, WRITES } Access;
struct Operation {
    const OperationModel *model;
    Access access;
    Status (*run)(Call *call, const void *in, void *out);
    /* Of an operation whose input's payload streams: asked when the head is there, with what it brings; writes nothing.
     * Refuses, or tells where the body flows (the sink's context belongs to the call's arena: arena_defer). When the
     * body is whole, run is called, with that context as call->body. NULL: the body is collected. */
    Status (*begin)(Call *call, const void *in, HttpSink *ret_sink);
};

/* Declares the handler with the types the model gives it, and the table entry for it. */
#define OPERATION(Name, handler, access_)                                                                              \
    static MUST_CHECK Status handler(Call *, const Name##Input *, Name##Output *);                                     \
    static Status handler##_run(Call *call, const void *in, void *out)                                                 \
    {                                                                                                                  \
        return handler(call, in, out);                                                                                 \
    }                                                                                                                  \
    const Operation Name = {.model = &Name##Model, .access = access_, .run = handler##_run}

/* The same, with the function that is asked when the head is there: <begin>(call, in, ret_sink). */
#define OPERATION_OF_STREAM(Name, handler, begin_, access_)                                                            \
    static MUST_CHECK Status handler(Call *, const Name##Input *, Name##Output *);                                     \
    static MUST_CHECK Status begin_(Call *, const Name##Input *, HttpSink *);                                          \
    static Status handler##_run(Call *call, const void *in, void *out)                                                 \
    {                                                                                                                  \
        return handler(call, in, out);                                                                                 \
    }                                                                                                                  \
    static Status begin_##_run(Call *call, const void *in, HttpSink *ret_sink)                                         \
    {                                                                                                                  \
        return begin_(call, in, ret_sink);                                                                             \
    }                                                                                                                  \
    const Operation Name = {.model = &Name##Model, .access = access_, .run = handler##_run, .begin = begin_##_run}

/* What the front end of a REST service does in a way of its own. */
typedef struct FrontEnd {
    bool takes_the_rest; /* a request is for it that names nobody: no target, no form, no signature */
    /* The path in which its URIs are found, where it isn't the request's own: the host may say more. */
    Bytes (*path)(void *service, Arena *arena, const HttpHead *head);
    /* A browser's question before its page's request (OPTIONS), which names nobody, by rules of the service's own: in a
     * turn. False: it has none for it. NULL: it never has. */
    bool (*preflight)(void *service, HttpRequest *request, HttpResponse *response);
    const ErrorModel *malformed;    /* what its body or head is not well-formed */
    const ErrorModel *bad_uri;      /* its path is none */
    const ErrorModel *failure;      /* ours: its InternalFailure */
    const ErrorModel *no_operation; /* no URI of the service's has this method */
    const char *request_id_header;  /* errors tell the id, and the extended one, in their body, too */
} FrontEnd;

/* A service is one value; services.c lists them, and nothing else names one. */
typedef struct Service {
    const ServiceModel *model;
    const Operation *const
        *operations; /* ends with NULL; what the model has and this list has not answers NotImplemented */
    /* Its state, which reaches handlers as call->service; what it uses of others is open already (runtime_service).
     * NULL: the store is broken (store_error). */
    void *(*open)(Runtime *runtime);
    void (*close)(void *service);
    /* Its error for input the model's constraints refuse, where it isn't the common ValidationException; NULL: that. */
    const ErrorModel *validation_error;
    /* Asked of each input, with the model's constraints that it does not keep (count 0: it keeps all): refuses them in
     * words and in an order of its own, and what else is wrong. NULL: all are told in the model's order. */
    Status (*judge)(Call *call, const void *in, const Complaints *complaints);
    /* Removes what the namespace holds, as if it had never been; absent: of any account, of any region. In a turn; the
     * pipeline's caller commits. NULL: the service keeps nothing. */
    int (*reset)(void *service, Bytes account, Bytes region);
    /* Its error for a body that its Content-Encoding does not fit; NULL: the common SerializationException. */
    const ErrorModel *encoding_error;
    /* Asked before each handler, with the operation's checked input: too many calls are refused. NULL: all are let in.
     */
    Status (*admit)(Call *call, const void *in);
    /* Told what became of each call that its operation was found for: counts it. out: of a call that went well. NULL:
     * nobody counts. */
    void (*after)(Call *call, Status status, const void *out);
    /* NULL: it has none. */
    const struct RateLimitsOf *rate_limits;
    /* Its own pages under /_evpoc/; ends with a NULL path. NULL: none. */
    const struct Page *pages;
    /* What health, ctl and a console show of it beside its operations: members of a JSON object (a json_t *). NULL:
     * nothing. */
    void (*describe)(void *service, void *json_object);
    /* What the service's front end at AWS does otherwise than most. */
    bool tells_crc32;                        /* of each answer's body: x-amz-crc32 */
    bool has_extended_ids;                   /* x-amz-id-2: 96 characters of base64 */
    unsigned request_id_len;                 /* so many upper-case letters and digits; 0: a UUID */
    const char *common_name_space;           /* of errors that every service gives, where they have one; NULL: none */
    const FrontEnd *front_end;               /* NULL: as most */
    const struct PermissionsOf *permissions; /* what its operations ask of policies: permission.h */
} Service;

/* Opens it and adds it to the runtime. */
MUST_CHECK bool runtime_open_service(Runtime *runtime, const Service *service);
void runtime_close_services(Runtime *runtime); /* the last first */
/* The state of a service; NULL: it isn't open. */
void *runtime_service(const Runtime *runtime, const Service *service);

/* For resets: runs each of the queries (ends with NULL), with account and region as ?1 and ?2; absent is NULL:
 * "… WHERE " IN_NAMESPACE. */
#define IN_NAMESPACE "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
MUST_CHECK int reset_rows(Store *store, const Query *const *queries, Bytes account, Bytes region);

/* The partition a region lies in: "aws", "aws-cn", "aws-us-gov" … */
Bytes arn_partition(Bytes region);
/* arn:<partition>:<service>:<region>:<account>:<resource> */
Bytes arn_text(Arena *arena, const char *service, Bytes region, Bytes account, Bytes resource);
/* The same of the call's namespace. */
Bytes call_arn(Call *call, const char *service, const char *resource_format, ...) __attribute__((format(printf, 3, 4)));
/* arn:<partition>:iam::<account>:root: who calls, as long as nobody else is known. */
Bytes call_root_arn(Call *call);
/* Splits an ARN; false where it isn't one, or bears a partition that its region does not lie in. Parts point into arn.
 */
typedef struct Arn {
    Bytes partition, service, region, account, resource;
} Arn;
MUST_CHECK bool arn_parse(Bytes arn, Arn *ret_arn);
