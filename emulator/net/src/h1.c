/* h1.c - a request in libmicrohttpd: its access handler is called with the head, for each piece of the body, and at the
 * end. Then the request waits for its owner's turn: first simply unanswered (libmicrohttpd asks the handler again at
 * its next run, which is after that turn), and only where the turn brought no answer it is suspended. That spares the
 * usual request four system calls: leaving and entering the epoll, writing and reading the wake-up pipe. */
#include "h1_private.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

/* Per connection; cleared after each request, which is why it is not larger: heads up to about 30 KiB fit. */
#define MEMORY_BYTES       ((size_t)32 * 1024)
#define CHUNK_BYTES        16384
#define SOURCE_CHUNK_BYTES (256 * 1024)
#define SMALL_SOURCE_BYTES (32 * 1024)
#define REST_MS            20
#define WAIT_MAX_MS        60000

static void h1_ready(Watch *watch, uint32_t events)
{
    (void)events;
    owner_of(watch, H1, watch)->due = true;
}

static void set_suspended(Transfer *transfer, bool suspended)
{
    H1Connection *connection = transfer->h1.connection;
    if (transfer->h1.suspended == suspended)
        return;
    transfer->h1.suspended = suspended;
    if (suspended) {
        MHD_suspend_connection(connection->mhd);
        loop_watch(connection->h1->loop, &connection->watch, EPOLLRDHUP);
    } else {
        loop_watch(connection->h1->loop, &connection->watch, 0);
        MHD_resume_connection(connection->mhd);
        connection->h1->due = true;
    }
}

/* A client that has closed its side while we were waiting for our owner. */
static void suspended_ready(Watch *watch, uint32_t events)
{
    H1Connection *connection = owner_of(watch, H1Connection, watch);
    Transfer *transfer = connection->transfer;
    (void)events;
    loop_watch(connection->h1->loop, watch, 0);
    if (!transfer)
        return;
    if (!transfer->is_stream) {
        transfer_client_gone(transfer);
        return;
    }
    transfer->h1.client_gone = true;
    set_suspended(transfer, false);
}

/* The first message of an event stream is on its way alone, as AWS's first event takes a while: who takes what one read
 * of the socket brings for one message (lifion-kinesis) would never get to the second. */
static bool rests(Transfer *transfer)
{
    H1 *h1 = transfer->h1.connection->h1;
    int64_t until_ms = transfer->h1.rests_until_ms;
    if (until_ms <= transfers_now_ms(transfer->all))
        return false;
    if (!h1->rested_at_ms || until_ms < h1->rested_at_ms)
        h1->rested_at_ms = until_ms;
    return true;
}

static void wake_rested(H1 *h1)
{
    if (!h1->rested_at_ms || h1->rested_at_ms > transfers_now_ms(h1->transfers))
        return;
    h1->rested_at_ms = 0;
    for (H1Connection *connection = h1->first; connection; connection = connection->next) {
        Transfer *transfer = connection->transfer;
        if (transfer && transfer->is_stream && transfer->h1.suspended && stream_pending(&transfer->stream).len)
            set_suspended(transfer, rests(transfer));
    }
}

static ssize_t read_stream(void *context, uint64_t position, char *to, size_t room)
{
    Transfer *transfer = context;
    Bytes pending = stream_pending(&transfer->stream);
    (void)position;
    if (transfer->h1.client_gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!pending.len && transfer->stream.ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!pending.len || rests(transfer)) {
        set_suspended(transfer, true);
        return 0;
    }
    Bytes piece = stream_piece(&transfer->stream);
    size_t count = piece.len < room ? piece.len : room;
    memcpy(to, piece.ptr, count);
    stream_take(&transfer->stream, count);
    if (!transfer->h1.rests_until_ms)
        transfer->h1.rests_until_ms = transfers_now_ms(transfer->all) + REST_MS;
    return (ssize_t)count;
}

static void free_body(void *bytes)
{
    Buffer buffer = {bytes, 0, 1};
    buffer_done(&buffer);
}

/* A file, too: 1 GiB takes 0.25 s so, 0.4 s by sendfile, and 3.7 s by what libmicrohttpd does with files where SIGPIPE
 * is ours. */
static ssize_t read_source(void *context, uint64_t position, char *to, size_t room)
{
    ssize_t len = transfer_read_source(context, position, to, room);
    return len > 0 ? len : MHD_CONTENT_READER_END_WITH_ERROR;
}

/* A small one is there at once, so that it leaves with its head, in one piece. What can't be read is left to
 * read_source, which breaks the answer off. */
static void take_small_source(Transfer *transfer)
{
    Buffer body = {0};
    size_t len = (size_t)transfer->source.length;
    while (body.len < len) {
        ssize_t got = transfer_read_source(transfer, body.len, buffer_reserve(&body, len - body.len), len - body.len);
        if (got < 0) {
            buffer_done(&body);
            return;
        }
        body.len += (size_t)got;
    }
    transfer_end_source(transfer);
    transfer->answer_body = body;
}

static struct MHD_Response *new_response(Transfer *transfer)
{
    if (transfer->tunnel)
        return h1_response_of_tunnel(transfer);
    bool is_head = bytes_is(transfer->request.method, "HEAD");
    if (transfer->has_source && !is_head && transfer->source.length <= SMALL_SOURCE_BYTES)
        take_small_source(transfer);
    if (transfer->has_source) {
        uint64_t length = transfer->source.length;
        /* libmicrohttpd zeroes its room for a piece of it, which a HEAD needs none of */
        size_t room = is_head ? 1 : length < SOURCE_CHUNK_BYTES ? (size_t)length : SOURCE_CHUNK_BYTES;
        return MHD_create_response_from_callback(length, room, read_source, transfer, NULL);
    }
    if (transfer->is_stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CHUNK_BYTES, read_stream, transfer, NULL);
    Buffer body = transfer->answer_body;
    if (!body.len)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback(body.len, body.ptr, free_body);
    if (response)
        transfer->answer_body = (Buffer){0};
    return response;
}

static void add_header(struct MHD_Response *response, Arena *arena, Bytes name, Bytes value)
{
    MHD_add_response_header(response, arena_cstr(arena, name), arena_cstr(arena, value));
}

static void h1_answer(Transfer *transfer, const HttpResponse *answer)
{
    struct MHD_Response *response = new_response(transfer);
    if (!response)
        abort(); /* out of memory */
    for (size_t i = 0; i < answer->headers_count; i++)
        add_header(response, transfer->request.arena, answer->headers[i].name, answer->headers[i].value);
    for (size_t i = 0; i < transfer->request.answer_headers_count; i++)
        add_header(response, transfer->request.arena, transfer->request.answer_headers[i].name,
                   transfer->request.answer_headers[i].value);
    add_header(response, transfer->request.arena, TEXT("Date"), transfers_date(transfer->all));
    transfer->h1.response = response;
    transfer->h1.status = answer->status;
    set_suspended(transfer, false);
    transfer->h1.connection->h1->due = true;
}

static void h1_stream_changed(Transfer *transfer)
{
    set_suspended(transfer, false);
}

/* libmicrohttpd sees its client gone, and does the rest. */
static void hang_up(H1Connection *connection)
{
    connection->hung_up = true;
    shutdown(connection->fd, SHUT_RDWR);
    connection->h1->due = true;
}

static void h1_hang_up(Transfer *transfer)
{
    hang_up(transfer->h1.connection);
}

/* libmicrohttpd wants an answer; the socket it goes to is shut. */
static void h1_cut(Transfer *transfer)
{
    static const HttpResponse nothing = {.status = 500};
    shutdown(transfer->h1.connection->fd, SHUT_RDWR);
    h1_answer(transfer, &nothing);
}

static void h1_body_wanted(Transfer *transfer)
{
    set_suspended(transfer, false);
    transfer->h1.connection->h1->due = true;
}

/* libmicrohttpd and the system send by themselves: what the client has acknowledged tells. */
static bool h1_has_progress(Transfer *transfer)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(transfer->h1.connection->fd, IPPROTO_TCP, TCP_INFO, &info, &len))
        return false; /* inside TLS: noted as it is read */
    bool has_more = info.tcpi_bytes_acked > transfer->h1.acked;
    transfer->h1.acked = info.tcpi_bytes_acked;
    return has_more;
}

static const Carrier h1_carrier = {h1_answer,  h1_answer,      h1_stream_changed, h1_cut,
                                   h1_hang_up, h1_body_wanted, h1_has_progress,   h1_tunnel_over};

static void *on_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    H1 *h1 = context;
    H1Connection *connection = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    Transfer *transfer = transfer_new(h1->transfers, &h1_carrier);
    connection->transfer = transfer;
    connection->active_ms = transfers_now_ms(h1->transfers);
    connection->mhd = mhd;
    transfer->h1.connection = connection;
    transfer->request.is_tls = connection->is_tls;
    transfer_set_target(transfer, target ? bytes_of(target) : TEXT("/"));
    return transfer;
}

static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                 const char *value, size_t value_len)
{
    (void)kind;
    transfer_add_header(context, (Bytes){name, name_len}, (Bytes){value ? value : "", value_len});
    return MHD_YES;
}

/* libmicrohttpd takes an answer only before the body, closing the connection then, or after it. Before it where the
 * client waits for our word, or where the body is endless. */
static bool must_refuse_early(const Transfer *transfer)
{
    return transfer->request.refused_status && transfer->content_length &&
           (transfer->expects_continue ||
            (transfer->content_length != UINT64_MAX && transfer->content_length > DRAIN_MAX));
}

static enum MHD_Result answer_or_wait(Transfer *transfer)
{
    H1 *h1 = transfer->h1.connection->h1;
    if (!transfer->delivered) {
        transfer->h1.round = h1->round;
        transfer_deliver(transfer);
    }
    if (!transfer->delivered) { /* waits for a later round */
        h1->held = true;
        return MHD_YES;
    }
    if (transfer->h1.response) {
        enum MHD_Result queued =
            MHD_queue_response(transfer->h1.connection->mhd, (unsigned)transfer->h1.status, transfer->h1.response);
        MHD_destroy_response(transfer->h1.response);
        transfer->h1.response = NULL;
        h1->is_queued = true;
        return queued;
    }
    /* Before its body, an unanswered request would be read on: that one is suspended at once. */
    bool is_before_body = transfer->h1.phase == H1_REFUSED_EARLY || transfer->h1.phase == H1_HEAD_WAITS;
    if (transfer->h1.round != h1->round || is_before_body)
        set_suspended(transfer, true);
    else
        h1->held = true;
    return MHD_YES;
}

/* The owner has the head: it answers, or takes the body. An answer ends the connection where the body is not read. */
static enum MHD_Result wait_for_sink(Transfer *transfer)
{
    if (!transfer->delivered)
        return answer_or_wait(transfer);
    if (!transfer->sink.write && !transfer->h1.response) {
        set_suspended(transfer, true);
        return MHD_YES;
    }
    bool is_endless = transfer->content_length != UINT64_MAX && transfer->content_length > DRAIN_MAX;
    bool is_drained = transfer->h1.response && !transfer->expects_continue && !is_endless;
    if (transfer->h1.response && !is_drained)
        return answer_or_wait(transfer);
    transfer->h1.phase = H1_BODY;
    return MHD_YES;
}

static enum MHD_Result begin(Transfer *transfer, struct MHD_Connection *mhd, const char *method)
{
    transfer->request.method = arena_copy(transfer->request.arena, bytes_of(method));
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, on_header, transfer);
    transfer_end_head(transfer);
    if (must_refuse_early(transfer)) {
        transfer->h1.phase = H1_REFUSED_EARLY;
        return answer_or_wait(transfer);
    }
    if (transfer->request.body_flows && !transfer->request.refused_status) {
        transfer->h1.phase = H1_HEAD_WAITS;
        return wait_for_sink(transfer);
    }
    transfer->h1.phase = H1_BODY;
    return MHD_YES;
}

/* What a body brings that flows; what its sink doesn't take stays with libmicrohttpd. */
static enum MHD_Result flow(Transfer *transfer, const char *data, size_t *data_len)
{
    if (transfer->answered) {
        transfer->h1.drained += *data_len;
        *data_len = 0;
        return transfer->h1.drained > DRAIN_MAX ? MHD_NO : MHD_YES;
    }
    *data_len -= transfer_flow(transfer, (Bytes){data, *data_len});
    if (*data_len)
        set_suspended(transfer, true);
    return MHD_YES;
}

static enum MHD_Result on_trailer(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                  const char *value, size_t value_len)
{
    (void)kind;
    transfer_add_trailer(context, (Bytes){name, name_len}, (Bytes){value ? value : "", value_len});
    return MHD_YES;
}

static enum MHD_Result end_body(Transfer *transfer, struct MHD_Connection *mhd)
{
    if (!transfer->h1.has_trailers) {
        transfer->h1.has_trailers = true;
        MHD_get_connection_values_n(mhd, MHD_FOOTER_KIND, on_trailer, transfer);
        transfer->h1.round = transfer->h1.connection->h1->round;
    }
    transfer_end_flow(transfer, true);
    return answer_or_wait(transfer);
}

static enum MHD_Result on_access(void *context, struct MHD_Connection *mhd, const char *url, const char *method,
                                 const char *version, const char *data, size_t *data_len, void **transfer_at)
{
    Transfer *transfer = *transfer_at;
    (void)context;
    (void)url;
    (void)version;
    if (!transfer)
        return MHD_NO;
    if (transfer->h1.phase == H1_HEAD)
        return begin(transfer, mhd, method);
    if (transfer->h1.phase == H1_HEAD_WAITS)
        return wait_for_sink(transfer);
    if (!*data_len)
        return end_body(transfer, mhd);
    if (transfer->request.body_flows)
        return flow(transfer, data, data_len);
    transfer_add_body(transfer, (Bytes){data, *data_len});
    transfer->h1.drained += *data_len;
    *data_len = 0;
    return transfer->h1.drained > DRAIN_MAX ? MHD_NO : MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **transfer_at,
                         enum MHD_RequestTerminationCode code)
{
    Transfer *transfer = *transfer_at;
    (void)context;
    (void)mhd;
    (void)code;
    if (!transfer)
        return;
    H1Connection *connection = transfer->h1.connection;
    *transfer_at = NULL;
    loop_watch(connection->h1->loop, &connection->watch, 0);
    connection->transfer = NULL;
    connection->has_served |= transfer->answered;
    connection->active_ms = transfers_now_ms(connection->h1->transfers);
    if (transfer->h1.response)
        MHD_destroy_response(transfer->h1.response);
    transfer->h1.response = NULL;
    transfer_end(transfer);
}

static void unlink_connection(H1Connection *connection)
{
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connection->h1->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->h1->closable == connection)
        connection->h1->closable = NULL;
}

static void on_connection(void *context, struct MHD_Connection *mhd, void **connection_at,
                          enum MHD_ConnectionNotificationCode code)
{
    H1 *h1 = context;
    (void)mhd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *connection_at = h1->adding;
        h1->adding = NULL;
        return;
    }
    H1Connection *connection = *connection_at;
    unlink_connection(connection);
    /* Events of this round may still point at its watch. */
    connection->next = h1->dead;
    h1->dead = connection;
    h1->on_closed(h1->context);
}

/* Paths stay as they were sent. */
static size_t keep_escapes(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

static void bury(H1 *h1)
{
    while (h1->dead) {
        H1Connection *connection = h1->dead;
        h1->dead = connection->next;
        free(connection);
    }
}

static unsigned idle_s(const H1 *h1)
{
    return (unsigned)(h1->transfers->options->idle_s ? h1->transfers->options->idle_s : LIMIT_IDLE_S);
}

H1 *h1_new(Transfers *transfers, Loop *loop, void (*on_closed)(void *context), void *context)
{
    H1 *h1 = calloc(1, sizeof *h1);
    if (!h1)
        abort();
    h1->transfers = transfers;
    h1->loop = loop;
    h1->on_closed = on_closed;
    h1->context = context;
    h1->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_TURBO, 0,
        NULL, NULL, on_access, h1, MHD_OPTION_URI_LOG_CALLBACK, on_target, h1, MHD_OPTION_UNESCAPE_CALLBACK,
        keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h1, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        h1, MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, idle_s(h1),
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)INT32_MAX /* net counts them */, MHD_OPTION_END);
    if (!h1->daemon) {
        free(h1);
        return NULL;
    }
    h1->watch = (Watch){h1_ready, MHD_get_daemon_info(h1->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, 0};
    loop_watch(loop, &h1->watch, EPOLLIN);
    return h1;
}

H1 *h1_free(H1 *h1)
{
    if (!h1)
        return NULL;
    /* libmicrohttpd stops only when nothing is suspended or handed on. */
    for (H1Connection *connection = h1->first; connection; connection = connection->next)
        if (connection->transfer) {
            set_suspended(connection->transfer, false);
            h1_drop_tunnel(connection->transfer);
        }
    loop_watch(h1->loop, &h1->watch, 0);
    MHD_stop_daemon(h1->daemon);
    bury(h1);
    free(h1);
    return NULL;
}

bool h1_add(H1 *h1, int fd, bool is_tls)
{
    struct sockaddr_in nobody = {.sin_family = AF_INET};
    H1Connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    connection->watch = (Watch){suspended_ready, fd, 0};
    connection->h1 = h1;
    connection->fd = fd;
    connection->active_ms = transfers_now_ms(h1->transfers);
    connection->is_tls = is_tls;
    connection->next = h1->first;
    if (h1->first)
        h1->first->previous = connection;
    h1->first = connection;
    h1->adding = connection;
    h1->due = true;
    if (MHD_add_connection(h1->daemon, fd, (struct sockaddr *)&nobody, sizeof nobody) == MHD_YES)
        return true;
    if (h1->adding) { /* not started: nobody told us of its end */
        h1->adding = NULL;
        unlink_connection(connection);
        free(connection);
        h1->on_closed(h1->context);
    }
    return false;
}

/* Of equals the last in the list: it came first. */
bool h1_closable(H1 *h1, Closable *ret_closable)
{
    h1->closable = NULL;
    for (H1Connection *connection = h1->first; connection; connection = connection->next) {
        Closable closable = {connection->has_served, connection->active_ms};
        bool is_busy = connection->transfer && connection->transfer->delivered;
        if (is_busy || connection->hung_up || (h1->closable && goes_before(*ret_closable, closable)))
            continue;
        h1->closable = connection;
        *ret_closable = closable;
    }
    return h1->closable != NULL;
}

void h1_close_one(H1 *h1)
{
    hang_up(h1->closable);
}

void h1_sweep(H1 *h1)
{
    int64_t idle_ms = INT64_C(1000) * idle_s(h1);
    for (H1Connection *connection = h1->first; connection; connection = connection->next)
        if (!connection->transfer && !connection->hung_up &&
            transfers_now_ms(h1->transfers) - connection->active_ms > idle_ms)
            hang_up(connection);
}

void h1_begin_round(H1 *h1, uint64_t round)
{
    h1->round = round;
    h1->due |= h1->held;
    h1->held = false;
}

void h1_run_if_due(H1 *h1)
{
    wake_rested(h1);
    for (int runs = 0; h1->due && runs < 3; runs++) {
        h1->is_queued = false;
        h1->due = false;
        MHD_run(h1->daemon);
        h1->due |= h1->is_queued;
    }
    bury(h1);
}

int h1_wait_ms(H1 *h1)
{
    MHD_UNSIGNED_LONG_LONG wait;
    int64_t rest_ms = h1->rested_at_ms ? h1->rested_at_ms - transfers_now_ms(h1->transfers) : WAIT_MAX_MS;
    if (h1->due || rest_ms <= 0)
        return 0;
    if (MHD_get_timeout(h1->daemon, &wait) != MHD_YES)
        return h1->rested_at_ms ? (int)rest_ms : -1;
    h1->due = wait == 0;
    return wait > (MHD_UNSIGNED_LONG_LONG)rest_ms ? (int)rest_ms : (int)wait;
}
