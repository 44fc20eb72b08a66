/* h2_session.c - nghttp2 does the protocol; here its callbacks become transfers, and answers become frames.
 *
 * Bodies go out without a copy of their own: nghttp2 asks for a DATA frame's length, then for the frame, which is
 * written straight into the connection's output. A stream with nothing to send is deferred and resumed when there is.
 */
#include "h2_session.h"
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

#define STREAM_WINDOW_BYTES     (1024 * 1024)
#define CONNECTION_WINDOW_BYTES (16 * 1024 * 1024)
#define FRAME_BYTES_MAX         ((size_t)64 * 1024)
#define FRAME_HEAD_BYTES        9
#define ANSWER_HEADERS_OWN      3 /* :status, date, content-length */

struct H2Session {
    nghttp2_session *session;
    Transfers *transfers;
    bool is_tls;
    bool receiving, is_too_slow, is_flooded;
    bool block_is_open;   /* its header block goes on: nothing else may come */
    size_t block_bytes;   /* that came while it was */
    size_t block_unfolds; /* bytes of header that have come out of it */
    size_t headers_bytes; /* of the open streams */
    void (*on_output)(void *context);
    void *context;
    Transfer *first; /* of the open streams */
    Buffer *out;     /* within h2_session_send */
    size_t most;
};

static Transfer *transfer_of(nghttp2_session *session, int32_t stream_id)
{
    return nghttp2_session_get_stream_user_data(session, stream_id);
}

static void output_changed(H2Session *session)
{
    if (!session->receiving)
        session->on_output(session->context);
}

static Bytes body_pending(const Transfer *transfer)
{
    Bytes body = buffer_bytes(&transfer->answer_body);
    return transfer->is_stream ? stream_pending(&transfer->stream)
                               : bytes_slice(body, transfer->answer_sent, body.len - transfer->answer_sent);
}

static ssize_t room_of_source(const Transfer *transfer, size_t room, uint32_t *flags)
{
    uint64_t left = transfer->source.length - transfer->answer_sent;
    size_t count = left < room ? (size_t)left : room;
    if (count == left)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return (ssize_t)count;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): nghttp2's type */
static ssize_t on_read_body(nghttp2_session *nghttp2, int32_t stream_id, uint8_t *to, size_t room, uint32_t *flags,
                            nghttp2_data_source *source, void *context)
{
    Transfer *transfer = source->ptr;
    Bytes pending = body_pending(transfer);
    if (transfer->has_source)
        return room_of_source(transfer, room, flags);
    bool more_may_come = transfer->is_stream && !transfer->stream.ended;
    (void)nghttp2;
    (void)stream_id;
    (void)to;
    (void)context;
    if (!pending.len && more_may_come) {
        transfer->h2.deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    size_t count = pending.len < room ? pending.len : room;
    if (count == pending.len && !more_may_come)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return (ssize_t)count;
}

static int send_source(H2Session *session, Transfer *transfer, const uint8_t *frame_head, size_t len)
{
    Buffer *out = session->out;
    size_t before = out->len;
    buffer_append(out, (Bytes){(const char *)frame_head, FRAME_HEAD_BYTES});
    char *to = buffer_reserve(out, len);
    for (size_t done = 0; done < len;) {
        ssize_t read = transfer_read_source(transfer, transfer->answer_sent + done, to + done, len - done);
        if (read < 0) {
            out->len = before;
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* the stream is reset */
        }
        done += (size_t)read;
    }
    out->len += len;
    transfer->answer_sent += len;
    return 0;
}

static int on_send_data(nghttp2_session *nghttp2, nghttp2_frame *frame, const uint8_t *frame_head, size_t len,
                        nghttp2_data_source *source, void *context)
{
    H2Session *session = context;
    Transfer *transfer = source->ptr;
    (void)nghttp2;
    (void)frame; /* nothing is padded: no callback asks for it */
    if (session->out->len >= session->most)
        return NGHTTP2_ERR_WOULDBLOCK;
    if (transfer->has_source)
        return send_source(session, transfer, frame_head, len);
    buffer_append(session->out, (Bytes){(const char *)frame_head, FRAME_HEAD_BYTES});
    buffer_append(session->out, bytes_slice(body_pending(transfer), 0, len));
    if (transfer->is_stream)
        stream_take(&transfer->stream, len);
    else
        transfer->answer_sent += len;
    transfer_note_progress(transfer, len);
    return 0;
}

static ssize_t on_frame_room(nghttp2_session *nghttp2, uint8_t frame_type, int32_t stream_id, int32_t session_window,
                             int32_t stream_window, uint32_t frame_max, void *context)
{
    size_t room = FRAME_BYTES_MAX;
    (void)nghttp2;
    (void)frame_type;
    (void)stream_id;
    (void)context;
    if (frame_max < room)
        room = frame_max;
    if ((size_t)session_window < room)
        room = (size_t)session_window;
    return (ssize_t)((size_t)stream_window < room ? (size_t)stream_window : room);
}

static nghttp2_nv name_value(Bytes name, Bytes value)
{
    return (nghttp2_nv){(uint8_t *)name.ptr, (uint8_t *)value.ptr, name.len, value.len, NGHTTP2_NV_FLAG_NONE};
}

static void submit(Transfer *transfer, const HttpResponse *answer, bool has_length)
{
    H2Session *session = transfer->h2.session;
    Arena *arena = transfer->request.arena;
    const HttpRequest *request = &transfer->request;
    nghttp2_nv *nv =
        arena_new_array(arena, nghttp2_nv, answer->headers_count + request->answer_headers_count + ANSWER_HEADERS_OWN);
    size_t count = 0;
    char status[16], length[24];
    int status_len = snprintf(status, sizeof status, "%03d", answer->status);
    nv[count++] = name_value(TEXT(":status"), (Bytes){status, (size_t)status_len});
    for (size_t i = 0; i < answer->headers_count; i++)
        nv[count++] = name_value(answer->headers[i].name, answer->headers[i].value);
    for (size_t i = 0; i < request->answer_headers_count; i++)
        nv[count++] = name_value(request->answer_headers[i].name, request->answer_headers[i].value);
    nv[count++] = name_value(TEXT("date"), transfers_date(transfer->all));
    if (has_length) {
        int length_len = snprintf(length, sizeof length, "%llu", (unsigned long long)transfer_answer_length(transfer));
        nv[count++] = name_value(TEXT("content-length"), (Bytes){length, (size_t)length_len});
    }
    bool has_body =
        !bytes_is(transfer->request.method, "HEAD") && (transfer->is_stream || transfer_answer_length(transfer));
    nghttp2_data_provider body = {{.ptr = transfer}, on_read_body};
    if (nghttp2_submit_response(session->session, transfer->h2.stream_id, nv, count, has_body ? &body : NULL))
        nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, transfer->h2.stream_id, NGHTTP2_INTERNAL_ERROR);
    output_changed(session);
}

/* The rest of a body whose request is answered. */
static void drain(Transfer *transfer, size_t len)
{
    nghttp2_session *nghttp2 = transfer->h2.session->session;
    transfer->h2.drained += len;
    if (transfer->h2.drained > DRAIN_MAX)
        nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, transfer->h2.stream_id, NGHTTP2_NO_ERROR);
    else
        nghttp2_session_consume_stream(nghttp2, transfer->h2.stream_id, len);
}

static void h2_answer(Transfer *transfer, const HttpResponse *answer)
{
    if (transfer->request.body_flows && transfer->body.len) {
        drain(transfer, transfer->body.len); /* what no sink has taken */
        transfer->body.len = 0;
    }
    submit(transfer, answer, answer->status >= 200 && answer->status != 204 && answer->status != 304);
}

static void h2_stream_start(Transfer *transfer, const HttpResponse *head)
{
    submit(transfer, head, false);
}

static void h2_stream_changed(Transfer *transfer)
{
    if (!transfer->h2.deferred)
        return;
    transfer->h2.deferred = false;
    nghttp2_session_resume_data(transfer->h2.session->session, transfer->h2.stream_id);
    output_changed(transfer->h2.session);
}

static void h2_cut(Transfer *transfer)
{
    H2Session *session = transfer->h2.session;
    nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, transfer->h2.stream_id, NGHTTP2_INTERNAL_ERROR);
    output_changed(session);
}

static void h2_hang_up(Transfer *transfer)
{
    transfer->h2.session->is_too_slow = true;
}

/* Expect: 100-continue: the body may come. */
static void give_word(Transfer *transfer)
{
    nghttp2_nv status = name_value(TEXT(":status"), TEXT("100"));
    transfer->h2.has_our_word = true;
    nghttp2_submit_headers(transfer->h2.session->session, NGHTTP2_FLAG_NONE, transfer->h2.stream_id, NULL, &status, 1,
                           NULL);
    output_changed(transfer->h2.session);
}

/* What has come of a body that flows waits in transfer->body, at most a stream's window; the client gets as much window
 * again as the sink takes. */
static void flow(Transfer *transfer)
{
    Buffer *body = &transfer->body;
    size_t taken = transfer->answered ? body->len : transfer_flow(transfer, buffer_bytes(body));
    if (!taken)
        return;
    transfer_release(transfer, taken);
    memmove(body->ptr, body->ptr + taken, body->len - taken);
    body->len -= taken;
    nghttp2_session_consume_stream(transfer->h2.session->session, transfer->h2.stream_id, taken);
    output_changed(transfer->h2.session);
}

static void end_flow(Transfer *transfer)
{
    if (transfer->h2.request_is_whole && !transfer->body.len && transfer->sink.write)
        transfer_end_flow(transfer, true);
}

static void h2_body_wanted(Transfer *transfer)
{
    if (transfer->expects_continue && !transfer->h2.request_is_whole && !transfer->h2.has_our_word)
        give_word(transfer);
    flow(transfer);
    end_flow(transfer);
}

static const Carrier h2_carrier = {
    h2_answer, h2_stream_start, h2_stream_changed, h2_cut, h2_hang_up, h2_body_wanted, NULL, NULL};

static int on_begin_headers(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *context)
{
    H2Session *session = context;
    session->block_is_open = true;
    session->block_bytes = session->block_unfolds = 0;
    if (session->is_flooded)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* what is left is not looked at */
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    /* RFC 9113 8.7: nothing was done, so clients may try it again. */
    if (!transfers_have_room(session->transfers) || session->headers_bytes > LIMIT_H2_HEADERS_BYTES) {
        nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    Transfer *transfer = transfer_new(session->transfers, &h2_carrier);
    transfer->request.is_http2 = true;
    transfer->request.is_tls = session->is_tls;
    transfer->h2.session = session;
    transfer->h2.stream_id = frame->hd.stream_id;
    transfer->h2.next = session->first;
    if (session->first)
        session->first->h2.previous = transfer;
    session->first = transfer;
    nghttp2_session_set_stream_user_data(nghttp2, frame->hd.stream_id, transfer);
    return 0;
}

static void add_field(Transfer *transfer, Bytes name, Bytes value)
{
    HttpRequest *request = &transfer->request;
    bool is_method = bytes_is(name, ":method"), is_path = bytes_is(name, ":path");
    if ((is_method || is_path) && !transfer_take_header_room(transfer, name.len + value.len))
        return;
    if (!name.len || name.ptr[0] != ':')
        transfer_add_header(transfer, name, value);
    else if (is_method)
        request->method = arena_copy(request->arena, value);
    else if (is_path)
        transfer_set_target(transfer, value);
    else if (bytes_is(name, ":authority"))
        transfer_add_header(transfer, TEXT("host"), value);
}

static int add_trailer(Transfer *transfer, Bytes name, Bytes value)
{
    if (transfer)
        transfer_add_trailer(transfer, name, value);
    return 0;
}

static int on_header(nghttp2_session *nghttp2, const nghttp2_frame *frame, const uint8_t *name_bytes, size_t name_len,
                     const uint8_t *value_bytes, size_t value_len, uint8_t flags, void *context)
{
    Bytes name = {(const char *)name_bytes, name_len}, value = {(const char *)value_bytes, value_len};
    H2Session *session = context;
    Transfer *transfer = transfer_of(nghttp2, frame->hd.stream_id);
    (void)flags;
    /* By reference to its table a header takes a byte to send, and nghttp2 looks at all of it each time. */
    session->block_unfolds += name_len + value_len;
    session->is_flooded |= session->block_unfolds > LIMIT_H2_UNFOLDS_BYTES;
    if (session->is_flooded)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (!transfer || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return add_trailer(transfer, name, value);
    size_t before = transfer->headers_bytes;
    add_field(transfer, name, value);
    session->headers_bytes += transfer->headers_bytes - before;
    return 0;
}

static void head_is_whole(Transfer *transfer)
{
    transfer_end_head(transfer);
    if (transfer->request.refused_status || transfer->request.body_flows)
        transfer_deliver(transfer);
    else if (transfer->expects_continue && !transfer->h2.request_is_whole)
        give_word(transfer);
}

static int on_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *context)
{
    ((H2Session *)context)->block_is_open = false;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    Transfer *transfer = transfer_of(nghttp2, frame->hd.stream_id);
    if (!transfer)
        return 0;
    transfer->h2.request_is_whole |= (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        head_is_whole(transfer);
    if (transfer->h2.request_is_whole && !transfer->delivered)
        transfer_deliver(transfer);
    end_flow(transfer);
    return 0;
}

static int on_data(nghttp2_session *nghttp2, uint8_t flags, int32_t stream_id, const uint8_t *bytes, size_t len,
                   void *context)
{
    Transfer *transfer = transfer_of(nghttp2, stream_id);
    (void)flags;
    ((H2Session *)context)->block_is_open = false;
    nghttp2_session_consume_connection(nghttp2, len);
    if (!transfer)
        return 0;
    if (transfer->request.body_flows && transfer->answered) {
        drain(transfer, len);
        return 0;
    }
    if (transfer->request.body_flows && !transfer->request.refused_status) {
        transfer_hold(transfer, len);
        buffer_append(&transfer->body, (Bytes){(const char *)bytes, len});
        flow(transfer);
        return 0;
    }
    nghttp2_session_consume_stream(nghttp2, stream_id, len);
    transfer_add_body(transfer, (Bytes){(const char *)bytes, len});
    if (transfer->request.refused_status)
        transfer_deliver(transfer);
    return 0;
}

/* RFC 9113 8.1: an answer that is whole before its request asks the client, without an error, to send no more. */
static int on_frame_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *context)
{
    (void)context;
    if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
        !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    Transfer *transfer = transfer_of(nghttp2, frame->hd.stream_id);
    /* Clients that send a large body don't all look at the answer before its end (curl 7.88): it is drained. */
    if (transfer && !transfer->h2.request_is_whole && !transfer->request.body_flows)
        nghttp2_submit_rst_stream(nghttp2, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
    return 0;
}

static void let_go(Transfer *transfer)
{
    H2Session *session = transfer->h2.session;
    session->headers_bytes -= transfer->headers_bytes;
    if (transfer->h2.previous)
        transfer->h2.previous->h2.next = transfer->h2.next;
    else
        session->first = transfer->h2.next;
    if (transfer->h2.next)
        transfer->h2.next->h2.previous = transfer->h2.previous;
    if (transfer->delivered)
        transfer_end(transfer);
    else
        transfer_free(transfer);
}

static int on_stream_close(nghttp2_session *nghttp2, int32_t stream_id, uint32_t error, void *context)
{
    Transfer *transfer = transfer_of(nghttp2, stream_id);
    (void)error;
    (void)context;
    if (transfer)
        let_go(transfer);
    return 0;
}

static nghttp2_session_callbacks *new_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks))
        abort();
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, on_frame_room);
    return callbacks;
}

static void introduce(nghttp2_session *nghttp2)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, LIMIT_H2_STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW_BYTES},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, LIMIT_HEADERS_BYTES},
    };
    nghttp2_submit_settings(nghttp2, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof *settings);
    nghttp2_session_set_local_window_size(nghttp2, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW_BYTES);
}

H2Session *h2_session_new(Transfers *transfers, bool is_tls, void (*on_output)(void *context), void *context)
{
    H2Session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    session->transfers = transfers;
    session->is_tls = is_tls;
    session->on_output = on_output;
    session->context = context;
    nghttp2_session_callbacks *callbacks = new_callbacks();
    nghttp2_option *option;
    if (nghttp2_option_new(&option))
        abort();
    nghttp2_option_set_no_auto_window_update(option, 1); /* see flow */
    if (nghttp2_session_server_new2(&session->session, callbacks, session, option))
        abort();
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    introduce(session->session);
    return session;
}

H2Session *h2_session_free(H2Session *session)
{
    if (!session)
        return NULL;
    while (session->first)
        let_go(session->first);
    nghttp2_session_del(session->session);
    free(session);
    return NULL;
}

/* What newer versions of nghttp2 have bounds for, too. */
static bool is_flood(H2Session *session, size_t received)
{
    session->block_bytes += session->block_is_open ? received : 0;
    bool is_endless = session->block_is_open && session->block_bytes > LIMIT_H2_BLOCK_BYTES;
    bool is_deaf = nghttp2_session_get_outbound_queue_size(session->session) > LIMIT_H2_FRAMES_QUEUED;
    session->is_flooded |= is_endless || is_deaf;
    if (session->is_flooded)
        nghttp2_session_terminate_session(session->session, NGHTTP2_ENHANCE_YOUR_CALM);
    return session->is_flooded;
}

bool h2_session_receive(H2Session *session, Bytes bytes)
{
    session->receiving = true;
    ssize_t taken = nghttp2_session_mem_recv(session->session, (const uint8_t *)bytes.ptr, bytes.len);
    session->receiving = false;
    return taken >= 0 && !is_flood(session, bytes.len);
}

void h2_session_send(H2Session *session, Buffer *out, size_t most)
{
    session->out = out;
    session->most = most;
    while (out->len < most) {
        const uint8_t *bytes;
        ssize_t len = nghttp2_session_mem_send(session->session, &bytes);
        if (len <= 0)
            break;
        buffer_append(out, (Bytes){(const char *)bytes, (size_t)len});
    }
    session->out = NULL;
}

bool h2_session_is_over(const H2Session *session)
{
    return !nghttp2_session_want_read(session->session) && !nghttp2_session_want_write(session->session);
}

bool h2_session_is_idle(const H2Session *session)
{
    return !session->first;
}

bool h2_session_is_too_slow(const H2Session *session)
{
    return session->is_too_slow;
}

void h2_session_shut_down(H2Session *session)
{
    nghttp2_session_terminate_session(session->session, NGHTTP2_NO_ERROR);
    output_changed(session);
}
