#include "door.h"
#include "blob.h"
#include "event.h"
#include "services.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of a call that waits for something real. */
#define ROUNDS_MAX 10000

typedef struct DoorRequest {
    HttpRequest request; /* first */
    DoorAnswer answer;
    HttpSink sink; /* of a body that flows, until it has it */
    size_t given;
} DoorRequest;

static bool open_runtime(Door *door, const char *const *options)
{
    static const char *const no_environment[] = {NULL};
    Runtime *runtime = &door->runtime;
    Buffer message = {0};
    const char *reason = NULL;
    if (!config_read(options, no_environment, &door->config, &message)) {
        printf(BYTES_FMT "\n", BYTES_ARG(buffer_bytes(&message)));
        return false;
    }
    runtime->config = door->config;
    runtime->loop = loop_new();
    runtime->clock = clock_new();
    clock_freeze(runtime->clock);
    runtime->scheduler = scheduler_new(runtime->clock);
    runtime->random = random_new();
    runtime->log = log_new(STDERR_FILENO, LOG_ERROR, LOG_HUMAN, runtime->clock);
    runtime->default_account = TEXT("000000000000");
    runtime->default_region = TEXT("us-east-1");
    if (store_open(NULL, DURABILITY_MEMORY, &runtime->store, &reason) == STORE_OK &&
        blob_open(runtime->store) == STORE_OK)
        return true;
    printf("the store could not be opened: %s\n", reason);
    return false;
}

bool door_open(Door *door, const char *const *options)
{
    Runtime *runtime = &door->runtime;
    *door = (Door){0};
    bool is_open = open_runtime(door, options);
    door->pipeline = is_open ? pipeline_new(runtime) : NULL;
    if (is_open)
        pipeline_allow_domains(door->pipeline, config_text(door->config, SETTING_S3_HOSTS));
    for (size_t i = 0; is_open && ALL_SERVICES[i]; i++) {
        is_open = runtime_open_service(runtime, ALL_SERVICES[i]);
        if (is_open)
            pipeline_add_service(door->pipeline, &runtime->services[i]);
    }
    return is_open && store_commit(runtime->store) == STORE_OK;
}

void door_close(Door *door)
{
    Runtime *runtime = &door->runtime;
    pipeline_free(door->pipeline);
    runtime_close_services(runtime);
    store_close(runtime->store);
    log_free(runtime->log);
    random_free(runtime->random);
    scheduler_free(runtime->scheduler);
    clock_free(runtime->clock);
    loop_free(runtime->loop);
    config_free(door->config);
}

/* Outside the turn, as net would. */
static void let_flow(DoorRequest *asked)
{
    HttpSink sink = asked->sink;
    Bytes body = asked->answer.body;
    if (!sink.write)
        return;
    if (asked->given < body.len)
        asked->given += sink.write(sink.context, bytes_slice(body, asked->given, body.len - asked->given));
    if (asked->given < body.len)
        return;
    asked->sink = (HttpSink){0};
    sink.end(sink.context, true);
}

DoorAnswer door_ask(Door *door, const HttpRequest *request)
{
    DoorRequest *asked = arena_new_of(request->arena, DoorRequest);
    asked->request = *request;
    if (pipeline_plan_body(door->pipeline, &asked->request).flows) {
        asked->answer.body = request->body; /* until there is one of the answer's */
        asked->request.body = TEXT("");
        asked->request.body_flows = true;
    }
    pipeline_take(door->pipeline, &asked->request);
    for (int round = 0; !asked->answer.is_there && round < ROUNDS_MAX; round++) {
        loop_poll(door->runtime.loop, round ? 1 : 0);
        pipeline_turn(door->pipeline);
        let_flow(asked);
    }
    if (!asked->answer.is_there)
        asked->answer.trouble = "was not answered";
    return asked->answer;
}

/* What pipeline and services ask of net.h. */

Bytes http_header(const HttpRequest *request, const char *name)
{
    HttpHead head = {.headers = request->headers, .headers_count = request->headers_count};
    return http_head_field(&head, name);
}

bool http_has_room(const HttpRequest *request)
{
    (void)request;
    return true;
}

bool http_is_gone(const HttpRequest *request)
{
    (void)request;
    return false;
}

void http_count_arena(HttpRequest *request)
{
    (void)request;
}

static DoorAnswer *answer_of(HttpRequest *request)
{
    DoorAnswer *answer = &((DoorRequest *)request)->answer;
    if (answer->is_there)
        abort(); /* every request is answered once */
    answer->is_there = true;
    return answer;
}

static Bytes pull(HttpRequest *request, const HttpSource *source)
{
    bool has_no_body = bytes_is(request->method, "HEAD");
    char *text = arena_take_raw(request->arena, has_no_body ? 0 : source->length);
    size_t len = 0;
    while (!has_no_body && len < source->length) {
        ssize_t more = source->read ? source->read(source->context, len, text + len, source->length - len)
                                    : pread(source->fd, text + len, source->length - len, (off_t)(source->fd_at + len));
        if (more <= 0)
            abort();
        len += (size_t)more;
    }
    http_end_source(source);
    return (Bytes){text, len};
}

void http_respond(HttpRequest *request, HttpResponse *response)
{
    DoorAnswer *answer = answer_of(request);
    answer->status = response->status;
    answer->headers_count = response->headers_count + request->answer_headers_count;
    answer->headers = arena_new_array(request->arena, HttpHeader, answer->headers_count + 1);
    for (size_t i = 0; i < response->headers_count; i++)
        answer->headers[i] = (HttpHeader){arena_copy(request->arena, response->headers[i].name),
                                          arena_copy(request->arena, response->headers[i].value)};
    for (size_t i = 0; i < request->answer_headers_count; i++)
        answer->headers[response->headers_count + i] = request->answer_headers[i];
    answer->body = arena_copy(request->arena, buffer_bytes(&response->body));
    buffer_done(&response->body);
    if (response->source)
        answer->body = pull(request, response->source);
}

void http_cut(HttpRequest *request)
{
    answer_of(request)->trouble = "was cut off";
}

void http_take_body(HttpRequest *request, const HttpSink *sink)
{
    ((DoorRequest *)request)->sink = *sink;
}

void http_body_go_on(HttpRequest *request)
{
    (void)request;
}

static void no_streams(void) __attribute__((noreturn));
static void no_streams(void)
{
    puts("an answer that goes on (SubscribeToShard) is not played here");
    exit(1);
}

HttpStream *http_stream_start(HttpRequest *request, HttpResponse *head, void (*on_close)(void *context), void *context)
{
    (void)request, (void)head, (void)on_close, (void)context;
    no_streams();
}

void http_stream_write(HttpStream *stream, Bytes bytes)
{
    (void)stream, (void)bytes;
    no_streams();
}

size_t http_stream_backlog(const HttpStream *stream)
{
    (void)stream;
    no_streams();
}

bool http_stream_has_room(const HttpStream *stream)
{
    (void)stream;
    no_streams();
}

void http_stream_end(HttpStream *stream)
{
    (void)stream;
    no_streams();
}
