/* call.c - failing, waiting and streaming: what a handler says to the pipeline. */
#include "call.h"
#include "call_hooks.h"
#include "event.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What the client sent is echoed, perhaps cut or never UTF-8; JSON, CBOR and XML hold nothing else. */
static void make_utf8(char *text, size_t len)
{
    if (bytes_is_utf8((Bytes){text, len}))
        return;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
}

__attribute__((format(printf, 2, 0))) static Bytes format_message(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = arena_take_raw(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    make_utf8(text, (size_t)len);
    return (Bytes){text, (size_t)len};
}

Status fail(Call *call, const ErrorModel *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    call->message = format_message(call->arena, format, args);
    va_end(args);
    call->error = error;
    call->error_fields = NULL;
    return (Status){1};
}

Status fail_with(Call *call, const ErrorModel *error, const void *fields, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    call->message = format_message(call->arena, format, args);
    va_end(args);
    call->error = error;
    call->error_fields = fields;
    return (Status){1};
}

Status fault_at(Call *call, int code, const char *file, int line)
{
    call->fault_file = file;
    call->fault_line = line;
    call->fault_code = code;
    return (Status){-1};
}

Status expect_ok_at(Call *call, int code, const char *file, int line)
{
    return code ? fault_at(call, code, file, line) : OK;
}

void call_keep_writes(Call *call)
{
    call->writes_settled = store_writes(call->store);
}

Status call_wait(Call *call, const CallWait *wait)
{
    call->hooks->wait(call, wait);
    return (Status){2};
}

void call_go_on(Call *call, Status (*go_on)(Call *call, void *context), void *context)
{
    call->hooks->go_on(call, go_on, context);
}

void call_body_go_on(Call *call)
{
    call->hooks->body_go_on(call);
}

static void end_source(void *source)
{
    http_end_source(source);
}

void call_answer_from(Call *call, const HttpSource *source)
{
    HttpSource *kept = arena_new_of(call->arena, HttpSource);
    *kept = *source;
    call->source = kept;
    arena_defer(call->arena, end_source, kept); /* until net has it */
}

void call_finish(Call *call, Status status)
{
    call->hooks->finish(call, status);
}

EventStream *event_stream_open(Call *call, void (*on_close)(void *context), void *context)
{
    return call->hooks->stream_open(call, on_close, context);
}

void event_stream_send(EventStream *stream, int field, const void *event)
{
    stream->hooks->stream_send(stream, field, event);
}

size_t event_stream_backlog(const EventStream *stream)
{
    return stream->hooks->stream_backlog(stream);
}

void event_stream_end(EventStream *stream)
{
    stream->hooks->stream_end(stream);
}

void event_stream_fail(EventStream *stream, const ErrorModel *error, Bytes message)
{
    stream->hooks->stream_fail(stream, error, message);
}

bool runtime_open_service(Runtime *runtime, const Service *service)
{
    if (runtime->services_count == RUNTIME_SERVICES_MAX)
        abort();
    void *state = service->open(runtime);
    if (state)
        runtime->services[runtime->services_count++] = (struct OpenService){service, state};
    return state != NULL;
}

void runtime_close_services(Runtime *runtime)
{
    while (runtime->services_count) {
        struct OpenService *last = &runtime->services[--runtime->services_count];
        last->service->close(last->state);
    }
    runtime_free_events(runtime);
}

void *runtime_service(const Runtime *runtime, const Service *service)
{
    for (size_t i = 0; i < runtime->services_count; i++)
        if (runtime->services[i].service == service)
            return runtime->services[i].state;
    return NULL;
}

bool call_item_fails(Call *call)
{
    return call->failing_share > 0 &&
           (double)random_below(call->runtime->random, 1u << 30) < call->failing_share * (double)(1u << 30);
}
