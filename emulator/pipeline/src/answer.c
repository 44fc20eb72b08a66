/* answer.c - what leaves after the commit: the encoded output or error, its headers, a line in the request log. */
#include "answer.h"
#include "base64.h"
#include "event_stream.h"
#include <stdio.h>

#define EXTENDED_ID_BYTES   72          /* of x-amz-id-2, before base64 */
#define RESERVE_LEAST_BYTES (64 * 1024) /* answers that are smaller grow as they are written */
#define MESSAGE_BYTES_MAX   (32 * 1024) /* of an error; ten validation errors are shorter */

static void log_request(Exchange *exchange, int status)
{
    Call *call = &exchange->call;
    if (!log_wants(call->runtime->log, LOG_DEBUG))
        return;
    char took[32], code[16];
    snprintf(took, sizeof took, "%.3f", (double)(monotonic_ns() - exchange->call.started_ns) / 1e6);
    snprintf(code, sizeof code, "%d", status);
    Bytes name = present(exchange->operation_name) ? exchange->operation_name : exchange->request->path;
    log_event(call->runtime->log, LOG_DEBUG, "request", "service",
              exchange->service ? exchange->service->model->name : "-", "operation", arena_cstr(call->arena, name),
              "status", code, "error", call->error ? call->error->code : "-", "ms", took, "request_id",
              arena_cstr(call->arena, call->request_id), NULL);
}

/* What a message says was sent may be anything: a target, a path, an Action. */
static Bytes message_told(Call *call)
{
    Bytes message = bytes_utf8_prefix(call->message, MESSAGE_BYTES_MAX);
    if (bytes_is_utf8(message))
        return message;
    Buffer valid = {0};
    buffer_append_utf8(&valid, message);
    call->message = arena_copy(call->arena, buffer_bytes(&valid));
    buffer_done(&valid);
    return call->message;
}

static void write_error(Exchange *exchange, WireAnswer *answer, Bytes host_id)
{
    static const ServiceModel nobody = {.name = "evpoc", .title = "evpoc-emu", .json_version = "1.1"};
    Call *call = &exchange->call;
    if (exchange->status.code_ < 0) {
        call->error = &COMMON_INTERNAL_FAILURE;
        call->message = TEXT("The request processing has failed because of an unknown error, exception or failure.");
        call->error_fields = NULL;
    }
    ErrorAnswer told = {call->error, message_told(call), call->error_fields, call->request_id, {0}};
    const FrontEnd *front_end = exchange->service ? exchange->service->front_end : NULL;
    if (front_end)
        told.host_id = host_id;
    if (front_end && call->error == &COMMON_INTERNAL_FAILURE)
        told.error = front_end->failure;
    const ServiceModel *model = exchange->service ? exchange->service->model : &nobody;
    ErrorModel common = *call->error;
    if (exchange->service && exchange->service->common_name_space && !common.name_space) {
        common.name_space = exchange->service->common_name_space;
        told.error = &common;
    }
    answer->status = exchange->request->refused_status ? exchange->request->refused_status : call->error->http_status;
    exchange->protocol->encode_error(answer, model, &told);
}

/* Debug builds: every answer is held against its output shape. */
static void check_answer(Exchange *exchange)
{
    if (!EVPOC_DEBUG)
        return;
    const OperationModel *model = exchange->call.operation->model;
    const char *wrong = check_output(exchange->call.arena, model->output, exchange->out);
    if (wrong)
        log_event(exchange->call.runtime->log, LOG_ERROR, "an answer does not keep to its output shape", "operation",
                  model->name, "member", wrong, NULL);
}

/* What was read is told: an answer grows to about what the call's arena holds. */
static void reserve(const Exchange *exchange, Buffer *body)
{
    size_t held = arena_used(exchange->call.arena);
    if (exchange->call.operation->access == READS && held > RESERVE_LEAST_BYTES)
        buffer_reserve(body, held);
}

static void write_raw(const Call *call, WireAnswer *answer)
{
    answer->status = 200;
    wire_answer_add(answer, TEXT("content-type"), call->raw_type);
    buffer_append(&answer->body, call->raw);
}

static void write_output(Exchange *exchange, WireAnswer *answer)
{
    if (present(exchange->call.raw)) {
        write_raw(&exchange->call, answer);
        return;
    }
    check_answer(exchange);
    reserve(exchange, &answer->body);
    exchange->protocol->encode(answer, exchange->service->model, exchange->call.operation->model, exchange->out,
                               exchange->call.request_id);
    if (exchange->call.status)
        answer->status = exchange->call.status;
}

static void note(Exchange *exchange, int status, Bytes output)
{
    Call *call = &exchange->call;
    Observed observed = {
        .service = exchange->service ? exchange->service->model->name : "-",
        .operation = call->operation ? call->operation->model->name : "-",
        .account = call->account,
        .region = call->region,
        .request_id = call->request_id,
        .time_ms = call->now_ms,
        .seconds = (double)(monotonic_ns() - exchange->call.started_ns) / 1e9,
        .status = status,
        .error = !is_ok(exchange->status) && call->error ? call->error->code : NULL,
        .input = exchange->request->body,
        .output = output,
    };
    observe(exchange->pipeline->observer, &observed);
}

/* What a fault rule makes of an answer. */
static bool answered_by_fault(Exchange *exchange)
{
    HttpResponse response = {.status = exchange->forced_status};
    if (exchange->effect != FAULT_CUT && exchange->effect != FAULT_STATUS)
        return false;
    note(exchange, response.status, TEXT(""));
    if (exchange->effect == FAULT_CUT)
        http_cut(exchange->request);
    else
        http_respond(exchange->request, &response);
    return true;
}

Bytes extended_id(Exchange *exchange)
{
    char random[EXTENDED_ID_BYTES];
    if (!exchange->service || !exchange->service->has_extended_ids)
        return (Bytes){0};
    random_fill(exchange->call.runtime->random, random, sizeof random);
    return base64_text(exchange->call.arena, (Bytes){random, sizeof random});
}

void answer(Exchange *exchange)
{
    WireAnswer answer = {.arena = exchange->call.arena};
    if (answered_by_fault(exchange))
        return;
    if (is_ok(exchange->status) && exchange->stream) {
        log_request(exchange, 200);
        note(exchange, 200, TEXT(""));
        event_stream_begin(exchange);
        return;
    }
    if (exchange->stream)
        event_stream_drop(exchange);
    const FrontEnd *front_end = exchange->service ? exchange->service->front_end : NULL;
    wire_answer_add(&answer, bytes_of(front_end ? front_end->request_id_header : "x-amzn-requestid"),
                    exchange->call.request_id);
    Bytes extended = extended_id(exchange);
    if (present(extended))
        wire_answer_add(&answer, TEXT("x-amz-id-2"), extended);
    if (is_ok(exchange->status))
        write_output(exchange, &answer);
    else
        write_error(exchange, &answer, extended);
    if (bytes_is(exchange->request->method, "HEAD"))
        answer.body.len = 0;
    if (exchange->service && exchange->service->tells_crc32)
        wire_answer_add(&answer, TEXT("x-amz-crc32"),
                        arena_text(answer.arena, "%u", crc32_of(buffer_bytes(&answer.body))));
    if (exchange->call.origin_headers) {
        exchange->request->answer_headers = exchange->call.origin_headers;
        exchange->request->answer_headers_count = exchange->call.origin_headers_count;
    }
    log_request(exchange, answer.status);
    note(exchange, answer.status, buffer_bytes(&answer.body));
    HttpResponse response = {answer.status, answer.headers, answer.headers_count, answer.body, NULL};
    HttpSource source;
    if (is_ok(exchange->status) && exchange->call.source) {
        HttpSource *kept = (HttpSource *)(uintptr_t)exchange->call.source;
        source = *kept;
        *kept = (HttpSource){.fd = -1}; /* it is net's from here on */
        response.source = &source;
    }
    http_respond(exchange->request, &response);
}
