/* server.c - a throw-away service over the real pipeline and port: bodies of any length up and down, answers that come
 * late. For test_streaming.py, which also kills it.
 *
 *   PUT  /things/{name}          the body, of any length; answers its length and CRC
 *   GET  /things/{name}?length=  so many bytes, made as they are asked for
 *   GET  /files/{name}?length=   the same, zeros, out of a sparse file
 *   POST /later?real=&emulated=  answers after so many ms; with {"give_up_ms": n} it is given up after n
 *   GET  /_evpoc/echo            a connection that is handed on (Upgrade) says back what it is told
 *   …    /objects/{name}         large bytes that are kept (objects.c)
 *
 * usage: server DIRECTORY; prints its port. A PUT of "refused…" is refused when its head is there, of "slow…" its sink
 * takes 64 KiB a millisecond; "fails…" fails after the body has come. */
#include "blob.h"
#include "event.h"
#include "page.h"
#include "pipeline.h"
#include "shapes.h"
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define SLOW_BYTES ((size_t)64 * 1024)
#define ECHO_BYTES ((size_t)256 * 1024)

typedef struct PutThingInput {
    Bytes name, body;
} PutThingInput;
typedef struct PutThingOutput {
    int64_t length;
    bool has_length;
    int64_t crc;
    bool has_crc;
} PutThingOutput;
typedef struct GetThingInput {
    Bytes name;
    int64_t length;
    bool has_length;
} GetThingInput, GetFileInput;
typedef struct GetThingOutput {
    Bytes body;
} GetThingOutput, GetFileOutput;
typedef struct AnswerLaterInput {
    int64_t real;
    bool has_real;
    int64_t emulated;
    bool has_emulated;
    int64_t give_up_ms;
    bool has_give_up_ms;
} AnswerLaterInput;
typedef struct AnswerLaterOutput {
    int64_t count;
    bool has_count;
} AnswerLaterOutput;

static const Field put_in[] = {FIELD(PutThingInput, name, &text, .location = IN_PATH),
                               FIELD(PutThingInput, body, &blob, .location = IN_PAYLOAD, .streaming = true)};
static const Field put_out[] = {NUMBER_FIELD(PutThingOutput, length, .required = true),
                                NUMBER_FIELD(PutThingOutput, crc, .required = true)};
static const Field get_in[] = {FIELD(GetThingInput, name, &text, .location = IN_PATH),
                               NUMBER_FIELD(GetThingInput, length, .location = IN_QUERY)};
static const Field get_out[] = {FIELD(GetThingOutput, body, &blob, .location = IN_PAYLOAD, .streaming = true)};
static const Field later_in[] = {NUMBER_FIELD(AnswerLaterInput, real, .location = IN_QUERY),
                                 NUMBER_FIELD(AnswerLaterInput, emulated, .location = IN_QUERY),
                                 NUMBER_FIELD(AnswerLaterInput, give_up_ms, .required = false)};
static const Field later_out[] = {NUMBER_FIELD(AnswerLaterOutput, count, .required = true)};
static const Shape put_in_shape = STRUCTURE(PutThingInput, put_in), put_out_shape = STRUCTURE(PutThingOutput, put_out),
                   get_in_shape = STRUCTURE(GetThingInput, get_in), get_out_shape = STRUCTURE(GetThingOutput, get_out),
                   later_in_shape = STRUCTURE(AnswerLaterInput, later_in),
                   later_out_shape = STRUCTURE(AnswerLaterOutput, later_out);

MODEL(PutThing, put_in_shape, put_out_shape, "PUT", "/things/{name}");
MODEL(GetThing, get_in_shape, get_out_shape, "GET", "/things/{name}");
MODEL(GetFile, get_in_shape, get_out_shape, "GET", "/files/{name}");
MODEL(AnswerLater, later_in_shape, later_out_shape, "POST", "/later");
extern const Operation PutThing, GetThing, GetFile, AnswerLater;

static const ErrorModel REFUSED = {"RefusedException", NULL, NULL, 409, true, "message", NULL};
static const Query insert = {"INSERT INTO thing VALUES (?1, ?2) ON CONFLICT DO UPDATE SET length = ?2"};
static const Query count_things = {"SELECT count(*), coalesce(sum(length), 0) FROM thing"};
static const char *directory;

/* What a body becomes. */
typedef struct Upload {
    Call *call;
    uint64_t length;
    uLong crc;
    bool is_slow;
    LoopTimer timer;
} Upload;

static void go_on(LoopTimer *timer)
{
    call_body_go_on(owner_of(timer, Upload, timer)->call);
}

static size_t upload_write(void *context, Bytes bytes)
{
    Upload *upload = context;
    size_t taken = upload->is_slow && bytes.len > SLOW_BYTES ? SLOW_BYTES : bytes.len;
    if (upload->is_slow && upload->timer.place)
        return 0;
    upload->crc = crc32_z(upload->crc, (const unsigned char *)bytes.ptr, taken);
    upload->length += taken;
    if (upload->is_slow)
        loop_timer_set(upload->call->runtime->loop, &upload->timer, loop_now_ms(upload->call->runtime->loop) + 1);
    return taken;
}

static void upload_end(void *context, bool is_whole)
{
    Upload *upload = context;
    (void)is_whole;
    loop_timer_cancel(upload->call->runtime->loop, &upload->timer);
}

OPERATION_OF_STREAM(PutThing, put_thing, begin_thing, WRITES);
static Status begin_thing(Call *call, const PutThingInput *in, HttpSink *ret_sink)
{
    if (bytes_starts_with(in->name, TEXT("refused")))
        return fail(call, &REFUSED, "It is refused when its head is there.");
    Upload *upload = arena_new_of(call->arena, Upload);
    upload->call = call;
    upload->is_slow = bytes_starts_with(in->name, TEXT("slow"));
    upload->timer.due = go_on;
    *ret_sink = (HttpSink){upload_write, upload_end, upload};
    return OK;
}

static Status put_thing(Call *call, const PutThingInput *in, PutThingOutput *out)
{
    const Upload *upload = call->body;
    if (bytes_starts_with(in->name, TEXT("fails")))
        return fail(call, &REFUSED, "It is refused when its body is there.");
    Statement *statement = statement_begin(call->store, &insert);
    bind_text(statement, 1, in->name);
    bind_int64(statement, 2, (int64_t)upload->length);
    TRY(expect_ok(call, statement_run(statement)));
    SET(out, length, (int64_t)upload->length);
    SET(out, crc, (int64_t)upload->crc);
    return OK;
}

/* Each byte is that of its position. */
static ssize_t read_pattern(void *context, uint64_t at, char *to, size_t room)
{
    (void)context;
    for (size_t i = 0; i < room; i++)
        to[i] = (char)(at + i);
    return (ssize_t)room;
}

static ssize_t read_and_break(void *context, uint64_t at, char *to, size_t room)
{
    return at > 1000000 ? -1 : read_pattern(context, at, to, room);
}

OPERATION(GetThing, get_thing, READS);
static Status get_thing(Call *call, const GetThingInput *in, GetThingOutput *out)
{
    bool breaks = bytes_starts_with(in->name, TEXT("breaks"));
    HttpSource source = {.read = breaks ? read_and_break : read_pattern, .length = (uint64_t)in->length};
    out->body = TEXT("");
    call_answer_from(call, &source);
    return OK;
}

OPERATION(GetFile, get_file, READS);
static Status get_file(Call *call, const GetThingInput *in, GetThingOutput *out)
{
    char path[512];
    snprintf(path, sizeof path, "%s/sparse", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, in->length))
        return fault(call, -1);
    out->body = TEXT("");
    call_answer_from(call, &(HttpSource){.fd = fd, .length = (uint64_t)in->length});
    return OK;
}

typedef struct Later {
    Call *call;
    AnswerLaterOutput *out;
    LoopTimer real;
    Timer *emulated;
} Later;

/* In a turn: what it finds in the store is so when its answer leaves. */
static Status answer_now(Call *call, void *context)
{
    Later *later = context;
    Statement *rows = statement_begin(call->store, &count_things);
    if (statement_one(rows) != STORE_ROW)
        return fault(call, -1);
    SET(later->out, count, column_int64(rows, 0));
    statement_end(rows);
    return OK;
}

static void real_is_over(LoopTimer *timer)
{
    Later *later = owner_of(timer, Later, real);
    call_go_on(later->call, answer_now, later);
}

static void emulated_is_over(void *context, int64_t now_ms)
{
    Later *later = context;
    (void)now_ms;
    later->emulated = NULL;
    call_go_on(later->call, answer_now, later);
}

static void later_cancelled(void *context)
{
    Later *later = context;
    loop_timer_cancel(later->call->runtime->loop, &later->real);
    if (later->emulated)
        scheduler_cancel(later->call->runtime->scheduler, later->emulated);
}

OPERATION(AnswerLater, answer_later, READS);
static Status answer_later(Call *call, const AnswerLaterInput *in, AnswerLaterOutput *out)
{
    Later *later = arena_new_of(call->arena, Later);
    later->call = call;
    later->out = out;
    later->real.due = real_is_over;
    if (in->has_emulated)
        later->emulated = scheduler_at(call->runtime->scheduler, call->now_ms + in->emulated, emulated_is_over, later);
    else
        loop_timer_set(call->runtime->loop, &later->real, loop_now_ms(call->runtime->loop) + in->real);
    return call_wait(call, &(CallWait){in->give_up_ms, later_cancelled, later});
}

static const char *const names[] = {"AnswerLater", "GetFile", "GetThing", "PutThing", NULL};
static const struct OperationUri uris[] = {
    {.method = "POST", .uri = "/later", .operation = "AnswerLater"},
    {.method = "GET", .uri = "/files/{name}", .operation = "GetFile"},
    {.method = "GET", .uri = "/things/{name}", .operation = "GetThing"},
    {.method = "PUT", .uri = "/things/{name}", .operation = "PutThing"},
    {.method = NULL},
};
static const ServiceModel model = {.name = "things",
                                   .title = "Things",
                                   .protocols = PROTOCOL_REST_JSON,
                                   .body_max = 1 << 20,
                                   .operations = names,
                                   .uris = uris};
static const Operation *const operations[] = {&AnswerLater, &GetFile, &GetThing, &PutThing, NULL};

static void *open_things(Runtime *runtime)
{
    static const char *const steps[] = {"CREATE TABLE thing (name TEXT PRIMARY KEY, length INTEGER NOT NULL)", NULL};
    return store_migrate(runtime->store, &(Migration){"things", steps}) == STORE_OK ? runtime : NULL;
}

static void close_things(void *things)
{
    (void)things;
}

static Pipeline *pipeline;

static void state_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Runtime *runtime = context;
    Statement *rows = statement_begin(runtime->store, &count_things);
    (void)request;
    if (statement_one(rows) != STORE_ROW)
        page_fail(response, 500, "%s", store_error(runtime->store));
    else
        page_answer(response,
                    json_pack("{s:I, s:I, s:I}", "things", (json_int_t)column_int64(rows, 0), "bytes",
                              (json_int_t)column_int64(rows, 1), "waiting", (json_int_t)pipeline_waiting(pipeline)));
    statement_end(rows);
}

static void clock_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Runtime *runtime = context;
    uint64_t ms = 0;
    clock_freeze(runtime->clock);
    if (bytes_to_uint64(request->body, &ms))
        clock_advance_ms(runtime->clock, (int64_t)ms);
    page_answer(response, json_pack("{s:I}", "now_ms", (json_int_t)clock_now_ms(runtime->clock)));
}

/* A connection that is handed on: what its client says is said back, a bounded part of it at a time. */
typedef struct Echo {
    HttpTunnel *tunnel;
    int *open; /* how many of them there are */
} Echo;

static size_t echo_write(void *context, Bytes bytes)
{
    const Echo *echo = context;
    if (http_tunnel_backlog(echo->tunnel) > ECHO_BYTES)
        return 0;
    http_tunnel_write(echo->tunnel, bytes);
    return bytes.len;
}

static void echo_taken(void *context)
{
    http_tunnel_go_on(((Echo *)context)->tunnel);
}

static void echo_end(void *context, bool is_gone)
{
    Echo *echo = context;
    (void)is_gone;
    --*echo->open;
    http_tunnel_end(echo->tunnel);
    free(echo);
}

static void echo_page(void *context, HttpRequest *request, HttpResponse *response)
{
    static const HttpHeader header = {TEXT("upgrade"), TEXT("echo")};
    static int open_now;
    (void)context;
    if (!http_can_upgrade(request)) {
        page_answer(response, json_pack("{s:i}", "open", open_now));
        return;
    }
    Echo *echo = calloc(1, sizeof *echo);
    if (!echo)
        abort();
    response->status = 0;
    echo->open = &open_now;
    open_now++;
    HttpResponse head = {.headers = &header, .headers_count = 1};
    echo->tunnel = http_upgrade(request, &head, &(HttpTunnelUser){echo_write, echo_end, echo_taken, echo});
}

static const Page pages[] = {{"/_evpoc/state", "GET", state_page},
                             {"/_evpoc/clock", "POST", clock_page},
                             {"/_evpoc/echo", "GET", echo_page},
                             {NULL, NULL, NULL}};
static const Service service = {
    .model = &model, .operations = operations, .open = open_things, .close = close_things, .pages = pages};

static volatile sig_atomic_t stop;
static Loop *loop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
    loop_wake(loop);
}

int main(int argc, char **argv)
{
    const char *reason = "";
    Runtime runtime = {.default_account = TEXT("000000000000"), .default_region = TEXT("us-east-1")};
    if (argc != 2)
        return 2;
    directory = argv[1];
    signal(SIGPIPE, SIG_IGN);
    runtime.loop = loop = loop_new();
    runtime.clock = clock_new();
    runtime.scheduler = scheduler_new(runtime.clock);
    runtime.random = random_new();
    runtime.log = log_new(STDERR_FILENO, LOG_WARN, LOG_HUMAN, runtime.clock);
    if (store_open(directory, DURABILITY_COMMIT, &runtime.store, &reason) != STORE_OK ||
        blob_open(runtime.store) != STORE_OK || !runtime_open_service(&runtime, &service) ||
        !runtime_open_service(&runtime, &objects_service))
        return fprintf(stderr, "%s\n", reason), 1;
    pipeline = pipeline_new(&runtime);
    pipeline_add_service(pipeline, &runtime.services[0]);
    pipeline_add_service(pipeline, &runtime.services[1]);
    NetOptions options = {.loop = loop,
                          .host = "127.0.0.1",
                          .body_max = LIMIT_REQUEST_BODY_BYTES,
                          .plan_body = pipeline_plan_body,
                          .request_s = 2,
                          .tls_directory = directory,
                          .on_request = pipeline_take,
                          .context = pipeline};
    Net *net;
    if (net_open(&options, &net, &reason) != NET_OK)
        return fprintf(stderr, "%s\n", reason), 1;
    signal(SIGTERM, on_signal);
    printf("%u\n", net_port(net));
    fflush(stdout);
    while (!stop) {
        int wait_ms = pipeline_wait_ms(pipeline);
        bool is_idle = wait_ms && !net_open_requests(net);
        bool has_work = is_idle && (store_checkpoint_step(runtime.store) || blob_give_step(runtime.store) ||
                                    blob_check_step(runtime.store));
        loop_poll(loop, has_work ? 0 : wait_ms);
        pipeline_turn(pipeline);
    }
    net_close(net);
    pipeline_free(pipeline);
    runtime_close_services(&runtime);
    store_close(runtime.store);
    log_free(runtime.log);
    random_free(runtime.random);
    scheduler_free(runtime.scheduler);
    clock_free(runtime.clock);
    loop_free(loop);
    return 0;
}
