/* event_stream.c - answers that go on: application/vnd.amazon.eventstream over a chunked or HTTP/2 body. What a handler
 * sends before its turn is committed waits in `held`. */
#include "event_stream.h"
#include "answer.h"
#include "wait.h"
#include <stdlib.h>

struct PipelineStream {
    EventStream stream; /* first: an EventStream * is its PipelineStream * */
    const OperationModel *operation;
    const Protocol *protocol;
    const ServiceModel *service;
    HttpStream *http; /* NULL until the head has left */
    Buffer held;
    bool ended; /* before the head has left */
    void (*on_close)(void *context);
    void *context;
};

static PipelineStream *stream_of(EventStream *stream)
{
    return (PipelineStream *)stream;
}

static void stream_free(PipelineStream *stream)
{
    buffer_done(&stream->held);
    free(stream);
}

static EventStream *stream_open(Call *call, void (*on_close)(void *context), void *context)
{
    Exchange *exchange = exchange_of(call);
    PipelineStream *stream = calloc(1, sizeof *stream);
    if (!stream)
        abort();
    stream->stream.hooks = &pipeline_hooks;
    stream->operation = call->operation->model;
    stream->protocol = exchange->protocol;
    stream->service = exchange->service->model;
    stream->on_close = on_close;
    stream->context = context;
    exchange->stream = stream;
    return &stream->stream;
}

static void write_message(PipelineStream *stream, const char *type, const char *name, Bytes payload)
{
    Buffer message = {0};
    bool exception = !strcmp(type, "exception");
    EventHeader headers[] = {
        {exception ? ":exception-type" : ":event-type", bytes_of(name)},
        {":content-type", bytes_of(stream->protocol->event_type(stream->service))},
        {":message-type", bytes_of(type)},
    };
    event_message(&message, headers, sizeof headers / sizeof *headers, payload);
    if (stream->http)
        http_stream_write(stream->http, buffer_bytes(&message));
    else
        buffer_append(&stream->held, buffer_bytes(&message));
    buffer_done(&message);
}

static void stream_send(EventStream *opened, int field, const void *event)
{
    PipelineStream *stream = stream_of(opened);
    const Field *member = &stream->operation->events->fields[field];
    Buffer payload = {0};
    stream->protocol->encode_event(&payload, member->shape, event);
    write_message(stream, "event", member->name.ptr, buffer_bytes(&payload));
    buffer_done(&payload);
}

static size_t stream_backlog(const EventStream *opened)
{
    const PipelineStream *stream = (const PipelineStream *)opened;
    if (!stream->http)
        return stream->held.len;
    return http_stream_has_room(stream->http) ? http_stream_backlog(stream->http) : SIZE_MAX;
}

static void stream_end(EventStream *opened)
{
    PipelineStream *stream = stream_of(opened);
    stream->ended = true;
    /* Ended before its head has left: event_stream_begin sends all of it. */
    if (!stream->http)
        return;
    http_stream_end(stream->http);
    stream_free(stream);
}

static void stream_fail(EventStream *opened, const ErrorModel *error, Bytes message)
{
    PipelineStream *stream = stream_of(opened);
    Buffer payload = {0};
    stream->protocol->encode_exception(&payload, message);
    write_message(stream, "exception", error->code, buffer_bytes(&payload));
    buffer_done(&payload);
    stream_end(opened);
}

static void client_has_gone(void *context)
{
    PipelineStream *stream = context;
    if (!stream->ended)
        stream->on_close(stream->context);
    stream_free(stream);
}

/* Each message by itself: over HTTP/1.1 each is a chunk then, and some clients take a chunk for a message. Each begins
 * with its length, in four bytes, the highest first. */
static void send_held(PipelineStream *stream, Bytes held)
{
    while (held.len) {
        const unsigned char *at = (const unsigned char *)held.ptr;
        size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        http_stream_write(stream->http, bytes_slice(held, 0, len));
        held = bytes_slice(held, len, held.len - len);
    }
}

/* aws: the first message is the initial-response, with the members of the output that are no events (none here). */
void event_stream_begin(Exchange *exchange)
{
    PipelineStream *stream = exchange->stream;
    HttpHeader headers[] = {
        {TEXT("content-type"), TEXT("application/vnd.amazon.eventstream")},
        {TEXT("x-amzn-requestid"), exchange->call.request_id},
        {TEXT("x-amz-id-2"), extended_id(exchange)},
    };
    HttpResponse head = {.status = 200, .headers = headers, .headers_count = present(headers[2].value) ? 3 : 2};
    Buffer held = stream->held;
    stream->held = (Buffer){0};
    stream->http = http_stream_start(exchange->request, &head, client_has_gone, stream);
    if (present(stream->protocol->initial_response))
        write_message(stream, "event", "initial-response", stream->protocol->initial_response);
    send_held(stream, buffer_bytes(&held));
    buffer_done(&held);
    if (stream->ended)
        stream_end(&stream->stream);
}

void event_stream_drop(Exchange *exchange)
{
    if (!exchange->stream->ended)
        exchange->stream->on_close(exchange->stream->context);
    stream_free(exchange->stream);
    exchange->stream = NULL;
}

const CallHooks pipeline_hooks = {
    .wait = exchange_wait,
    .finish = exchange_finish,
    .go_on = exchange_go_on,
    .body_go_on = exchange_body_go_on,
    .stream_open = stream_open,
    .stream_send = stream_send,
    .stream_backlog = stream_backlog,
    .stream_end = stream_end,
    .stream_fail = stream_fail,
};
