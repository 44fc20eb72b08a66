/* transfer.c - requests being read, waiting for their answer or being answered. They are used again and again: a
 * request of the usual size costs no allocation. */
#include "transfer.h"
#include "inflate.h"
#include "tunnel.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SPARE_MAX          64
#define SPARE_BUFFER_BYTES ((size_t)64 * 1024)
/* What a Content-Length alone, without the bytes, may make us reserve. */
#define RESERVE_MAX ((size_t)1024 * 1024)
/* What a request costs before it has a body, besides its arena. */
#define TRANSFER_BYTES (sizeof(Transfer) + 4096)
/* So much of a body in --request-timeout is enough. */
#define PROGRESS_BYTES 4096
/* How long a client may stay away while half of all that may be held is. */
#define PRESSED_MS 1000
/* Of one round of I/O; the turn of the owner that follows has a bound of its own. */
#define ROUND_NS INT64_C(20000000)

static size_t held_max(const Transfers *all)
{
    return all->options->held_max ? all->options->held_max : LIMIT_HELD_BYTES;
}

static int64_t request_ms(const Transfers *all)
{
    return INT64_C(1000) * (all->options->request_s ? all->options->request_s : LIMIT_REQUEST_S);
}

void transfer_hold(Transfer *transfer, size_t bytes)
{
    transfer->held += bytes;
    transfer->all->held += bytes;
}

void transfer_release(Transfer *transfer, size_t bytes)
{
    transfer->held -= bytes;
    transfer->all->held -= bytes;
}

void http_count_arena(HttpRequest *request)
{
    Transfer *transfer = (Transfer *)request;
    size_t now = arena_held(request->arena);
    transfer_release(transfer, transfer->arena_held);
    transfer_hold(transfer, now);
    transfer->arena_held = now;
}

void transfers_count(Transfers *all, size_t *counted, size_t now)
{
    all->held += now - *counted;
    *counted = now;
}

bool transfers_have_room(Transfers *all)
{
    all->is_pressed |= all->held >= held_max(all) / 2; /* slow clients go before others have to be refused */
    return all->held < held_max(all);
}

void transfers_init(Transfers *all, const NetOptions *options)
{
    *all = (Transfers){.options = options, .clock = clock_new(), .date_second = -1};
}

static void destroy(Transfer *transfer)
{
    arena_free(transfer->request.arena);
    buffer_done(&transfer->body);
    free(transfer);
}

void transfers_done(Transfers *all)
{
    for (Transfer *next, *transfer = all->first; transfer; transfer = next) {
        next = transfer->next;
        transfer_free(transfer);
    }
    for (Transfer *next, *transfer = all->spare; transfer; transfer = next) {
        next = transfer->next;
        destroy(transfer);
    }
    clock_free(all->clock);
}

static Transfer *take_spare(Transfers *all)
{
    Transfer *transfer = all->spare;
    if (!transfer) {
        transfer = malloc(sizeof *transfer);
        if (!transfer)
            abort();
        transfer->request.arena = arena_new();
        transfer->body = (Buffer){0};
        return transfer;
    }
    all->spare = transfer->next;
    all->spare_count--;
    return transfer;
}

Transfer *transfer_new(Transfers *all, const Carrier *carrier)
{
    Transfer *transfer = take_spare(all);
    Arena *arena = transfer->request.arena;
    Buffer body = transfer->body;
    memset(transfer, 0, offsetof(Transfer, trailers));
    body.len = 0;
    transfer->body = body;
    transfer->request.arena = arena;
    transfer->request.headers = transfer->headers;
    transfer->request.trailers = transfer->trailers;
    transfer->request.method = TEXT("");
    transfer->request.path = TEXT("/");
    transfer->all = all;
    transfer->carrier = carrier;
    transfer->body_max = all->options->body_max;
    transfer->content_length = UINT64_MAX;
    transfer->since_ms = transfers_now_ms(all);
    transfer_hold(transfer, TRANSFER_BYTES);
    transfer->next = all->first;
    if (all->first)
        all->first->previous = transfer;
    all->first = transfer;
    return transfer;
}

static void unlink_live(Transfer *transfer)
{
    Transfers *all = transfer->all;
    if (transfer->previous)
        transfer->previous->next = transfer->next;
    else
        all->first = transfer->next;
    if (transfer->next)
        transfer->next->previous = transfer->previous;
}

static void unlink_waiting(Transfer *transfer)
{
    Transfers *all = transfer->all;
    Transfer *before = NULL, *at = all->waiting_first;
    for (; at && at != transfer; at = at->next_waiting)
        before = at;
    if (!at)
        return;
    if (before)
        before->next_waiting = at->next_waiting;
    else
        all->waiting_first = at->next_waiting;
    if (all->waiting_last == at)
        all->waiting_last = before;
}

void transfer_free(Transfer *transfer)
{
    Transfers *all = transfer->all;
    unlink_live(transfer);
    if (transfer->waits)
        unlink_waiting(transfer);
    transfer_release(transfer, transfer->held);
    if (transfer->delivered)
        all->open--;
    transfer_end_source(transfer);
    tunnel_free(transfer->tunnel);
    buffer_done(&transfer->inflated);
    buffer_done(&transfer->answer_body);
    buffer_done(&transfer->stream.written);
    buffer_done(&transfer->stream.pieces);
    if (transfer->body.capacity > SPARE_BUFFER_BYTES)
        buffer_done(&transfer->body);
    if (all->spare_count == SPARE_MAX) {
        destroy(transfer);
        return;
    }
    arena_reset(transfer->request.arena);
    transfer->next = all->spare;
    all->spare = transfer;
    all->spare_count++;
}

/* A proxy's form, http://host/path, is taken for what it means. */
static Bytes without_origin(Bytes target)
{
    if (!bytes_starts_with(target, TEXT("http://")) && !bytes_starts_with(target, TEXT("https://")))
        return target;
    size_t scheme = target.ptr[4] == 's' ? sizeof "https://" - 1 : sizeof "http://" - 1;
    Bytes rest = bytes_slice(target, scheme, target.len - scheme);
    ptrdiff_t slash = bytes_find(rest, '/');
    return slash < 0 ? TEXT("/") : bytes_slice(rest, (size_t)slash, rest.len - (size_t)slash);
}

void transfer_set_target(Transfer *transfer, Bytes target)
{
    Bytes rest = without_origin(arena_copy(transfer->request.arena, target));
    transfer->request.path = bytes_cut(&rest, '?');
    transfer->request.query = rest;
}

static char lower_case(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool transfer_take_header_room(Transfer *transfer, size_t bytes)
{
    if (bytes <= (size_t)LIMIT_HEADERS_BYTES - transfer->headers_bytes) {
        transfer->headers_bytes += bytes;
        return true;
    }
    transfer->request.refused_status = 431;
    return false;
}

static HttpHeader copy_field(Arena *arena, Bytes name, Bytes value)
{
    char *copy = arena_take_raw(arena, name.len + value.len + 1);
    for (size_t i = 0; i < name.len; i++)
        copy[i] = lower_case(name.ptr[i]);
    if (value.len)
        memcpy(copy + name.len, value.ptr, value.len);
    return (HttpHeader){{copy, name.len}, {copy + name.len, value.len}};
}

void transfer_add_header(Transfer *transfer, Bytes name, Bytes value)
{
    HttpRequest *request = &transfer->request;
    if (request->headers_count == LIMIT_HEADERS)
        request->refused_status = 431;
    if (request->refused_status || !transfer_take_header_room(transfer, name.len + value.len))
        return;
    transfer->headers[request->headers_count++] = copy_field(request->arena, name, value);
}

Bytes http_header(const HttpRequest *request, const char *name)
{
    HttpHead head = http_head(request);
    return http_head_field(&head, name);
}

/* False: it is refused, since too much is held. */
static bool has_room(Transfer *transfer, size_t bytes)
{
    Transfers *all = transfer->all;
    if (all->held < held_max(all) && bytes <= held_max(all) - all->held)
        return true;
    all->is_pressed = true;
    transfer->request.refused_status = 503;
    buffer_done(&transfer->body);
    transfer_release(transfer, transfer->held);
    transfer->arena_held = 0;
    return false;
}

bool http_has_room(const HttpRequest *request)
{
    return transfers_have_room(((const Transfer *)(const void *)request)->all);
}

bool http_is_gone(const HttpRequest *request)
{
    return ((const Transfer *)(const void *)request)->ended;
}

void transfer_end_head(Transfer *transfer)
{
    const NetOptions *options = transfer->all->options;
    HttpRequest *request = &transfer->request;
    uint64_t length;
    if (bytes_to_uint64(http_header(request, "content-length"), &length))
        transfer->content_length = length;
    http_count_arena(request);
    transfer->expects_continue = bytes_equal_ignoring_case(http_header(request, "expect"), TEXT("100-continue"));
    if (request->refused_status || !has_room(transfer, 1))
        return;
    if (options->plan_body) {
        HttpBodyPlan plan = options->plan_body(options->context, request);
        request->body_flows = plan.flows;
        if (plan.max < transfer->body_max)
            transfer->body_max = plan.max;
    }
    if (transfer->content_length == UINT64_MAX || request->body_flows)
        return;
    if (transfer->content_length > transfer->body_max)
        request->refused_status = 413;
    else if (transfer->content_length)
        buffer_reserve(&transfer->body,
                       transfer->content_length < RESERVE_MAX ? (size_t)transfer->content_length : RESERVE_MAX);
}

/* So that a steady sender is not cut off, and one byte a minute is no steady one. */
void transfer_note_progress(Transfer *transfer, size_t bytes)
{
    transfer->progress += bytes;
    if (transfer->progress < PROGRESS_BYTES)
        return;
    transfer->progress = 0;
    transfer->since_ms = transfers_now_ms(transfer->all);
}

void transfer_add_trailer(Transfer *transfer, Bytes name, Bytes value)
{
    HttpRequest *request = &transfer->request;
    if (request->trailers_count == LIMIT_TRAILERS || !transfer_take_header_room(transfer, name.len + value.len))
        return;
    transfer->trailers[request->trailers_count++] = copy_field(request->arena, name, value);
}

void transfer_add_body(Transfer *transfer, Bytes bytes)
{
    if (transfer->delivered || transfer->request.refused_status)
        return;
    if (bytes.len > transfer->body_max - transfer->body.len) {
        transfer->request.refused_status = 413;
        transfer->body.len = 0;
        return;
    }
    if (!has_room(transfer, bytes.len))
        return;
    transfer_hold(transfer, bytes.len);
    transfer_note_progress(transfer, bytes.len);
    buffer_append(&transfer->body, bytes);
}

/* aws-chunked is S3's own and no compression: its signatures are over the chunks, so the owner decodes it. */
static bool stays_as_it_is(Bytes encoding)
{
    return !encoding.len || bytes_equal_ignoring_case(encoding, TEXT("identity")) ||
           bytes_starts_with(encoding, TEXT("aws-chunked"));
}

static bool is_to_be_inflated(const Transfer *transfer)
{
    return !transfer->request.refused_status && transfer->body.len && !transfer->request.body_flows &&
           !stays_as_it_is(http_header(&transfer->request, "content-encoding"));
}

typedef int Inflate(Bytes in, size_t max, Buffer *out);

/* NULL: none that is known here. */
static Inflate *inflate_of(Bytes encoding)
{
    if (bytes_equal_ignoring_case(encoding, TEXT("gzip")) || bytes_equal_ignoring_case(encoding, TEXT("x-gzip")))
        return inflate_gzip;
    return bytes_equal_ignoring_case(encoding, TEXT("deflate")) ? inflate_deflate : NULL;
}

static int decode_body(Transfer *transfer)
{
    if (!is_to_be_inflated(transfer))
        return 0;
    Inflate *inflate_body = inflate_of(http_header(&transfer->request, "content-encoding"));
    if (!inflate_body)
        return 415;
    switch (inflate_body(buffer_bytes(&transfer->body), transfer->body_max, &transfer->inflated)) {
    case INFLATE_OK:
        transfer_hold(transfer, transfer->inflated.len);
        transfer->request.body = buffer_bytes(&transfer->inflated);
        return 0;
    case INFLATE_TOO_LARGE:
        return 413;
    default:
        return 400;
    }
}

static void deliver(Transfer *transfer)
{
    Transfers *all = transfer->all;
    HttpRequest *request = &transfer->request;
    transfer->delivered = true;
    request->body = request->sent_body = request->body_flows ? TEXT("") : buffer_bytes(&transfer->body);
    if (!request->refused_status)
        request->refused_status = decode_body(transfer);
    if (request->refused_status)
        request->body = TEXT("");
    all->open++;
    all->delivered++;
    all->options->on_request(all->options->context, request);
}

void transfer_deliver(Transfer *transfer)
{
    Transfers *all = transfer->all;
    if (transfer->delivered || transfer->waits)
        return;
    if (!is_to_be_inflated(transfer) || (!all->waiting_first && !transfers_round_is_over(all))) {
        deliver(transfer);
        return;
    }
    transfer->waits = true;
    transfer->next_waiting = NULL;
    if (all->waiting_first)
        all->waiting_last->next_waiting = transfer;
    else
        all->waiting_first = transfer;
    all->waiting_last = transfer;
}

void transfers_begin_round(Transfers *all)
{
    all->round_ends_ns = monotonic_ns() + ROUND_NS;
}

bool transfers_round_is_over(const Transfers *all)
{
    return all->round_ends_ns && monotonic_ns() >= all->round_ends_ns;
}

void transfers_deliver_waiting(Transfers *all)
{
    for (Transfer *transfer; (transfer = all->waiting_first);) {
        all->waiting_first = transfer->next_waiting;
        transfer->waits = false;
        deliver(transfer);
        if (transfers_round_is_over(all))
            return;
    }
}

void transfer_client_gone(Transfer *transfer)
{
    if (transfer->told_gone || !transfer->delivered || transfer->answered)
        return;
    transfer->told_gone = true;
    transfer_end_flow(transfer, false);
    if (transfer->request.on_gone)
        transfer->request.on_gone(&transfer->request);
}

static void close_and_free(Transfer *transfer)
{
    HttpStream *stream = &transfer->stream;
    if (transfer->tunnel && !tunnel_is_over(transfer->tunnel))
        return; /* its owner ends it yet, and that frees it */
    if (transfer->is_stream && !stream->ended) {
        stream->gone = true;
        if (stream->on_close)
            stream->on_close(stream->context);
    }
    transfer_free(transfer);
}

void transfer_end(Transfer *transfer)
{
    transfer->ended = true;
    if (transfer->delivered && !transfer->answered) {
        transfer_client_gone(transfer); /* its owner answers yet, and that frees it */
        return;
    }
    close_and_free(transfer);
}

void transfers_tell_gone(Transfers *all)
{
    if (!all->streams_gone)
        return;
    all->streams_gone = 0;
    for (Transfer *next, *transfer = all->first; transfer; transfer = next) {
        next = transfer->next;
        if (transfer->is_stream && transfer->ended)
            close_and_free(transfer);
    }
}

/* Not those that wait for us. A subscriber may pause as long as it likes, unless others need the memory; who has a
 * tunnel may say nothing as long as it likes, but takes what is sent. */
static bool is_too_slow(const Transfer *transfer, bool is_pressed)
{
    int64_t patience_ms = request_ms(transfer->all);
    bool is_read = !transfer->delivered && !transfer->waits;
    bool flows = transfer->sink.write && !transfer->sink_is_full && !transfer->sink_has_end;
    bool waits_for_client = transfer->answered ? !transfer->is_stream : is_read || flows;
    if (is_pressed && patience_ms > PRESSED_MS)
        patience_ms = PRESSED_MS;
    if (transfer->is_stream)
        waits_for_client = is_pressed && http_stream_backlog(&transfer->stream) > 0;
    if (transfer->tunnel)
        waits_for_client = http_tunnel_backlog(transfer->tunnel) > 0;
    return waits_for_client && !transfer->ended && !transfer->hung_up &&
           transfers_now_ms(transfer->all) - transfer->since_ms > patience_ms;
}

static bool has_progress(Transfer *transfer)
{
    const Carrier *carrier = transfer->carrier;
    if (!transfer->answered || !carrier->has_progress || !carrier->has_progress(transfer))
        return false;
    transfer->since_ms = transfers_now_ms(transfer->all);
    return true;
}

void transfers_sweep(Transfers *all)
{
    bool is_pressed = all->is_pressed;
    all->is_pressed = all->held >= held_max(all) / 2;
    for (Transfer *transfer = all->first; transfer; transfer = transfer->next)
        if (is_too_slow(transfer, is_pressed) && !has_progress(transfer)) {
            transfer->hung_up = true;
            transfer->carrier->hang_up(transfer);
        }
}

void http_respond(HttpRequest *request, HttpResponse *response)
{
    Transfer *transfer = (Transfer *)request;
    transfer->answered = true;
    transfer->answer_body = response->body;
    if (response->source)
        transfer_take_source(transfer, response->source);
    transfer->since_ms = transfers_now_ms(transfer->all);
    response->body = (Buffer){0};
    if (transfer->ended) {
        transfer_free(transfer);
        return;
    }
    transfer_hold(transfer, transfer->answer_body.len);
    transfer->carrier->answer(transfer, response);
    /* A call's memory does not wait until a slow reader has taken the answer. */
    arena_reset(request->arena);
    http_count_arena(request);
}

void http_cut(HttpRequest *request)
{
    Transfer *transfer = (Transfer *)request;
    transfer->answered = true;
    if (transfer->ended)
        transfer_free(transfer);
    else
        transfer->carrier->cut(transfer);
}

Bytes transfers_date(Transfers *all)
{
    int64_t second = clock_now_ms(all->clock) / 1000;
    if (second != all->date_second) {
        struct tm tm;
        time_t now = (time_t)second;
        gmtime_r(&now, &tm);
        strftime(all->date, sizeof all->date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        all->date_second = second;
    }
    return bytes_of(all->date);
}
