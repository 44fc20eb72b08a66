/* tunnel.c - a connection that was handed on: its bytes go both ways as they are.
 *
 *   client ── recv ──► in, a piece ──► the user's write    nothing is read while some of the piece is left
 *   client ◄── send ── out ◄────────── http_tunnel_write   the user looks at the backlog
 *
 * It has two ends, and is freed when both have come, in whatever order:
 *
 *   the client's   it closes its side (in_ended), or is gone (is_gone: nothing more is read, nothing more leaves)
 *   the user's     http_tunnel_end (is_ended): what is in out still leaves, as long as it is taken
 *
 * The user's functions may call any of ours: what follows from that is done when they have returned (settle). */
#include "tunnel.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PIECE_BYTES ((size_t)16 * 1024)

struct HttpTunnel {
    Watch watch;
    LoopTimer again; /* the user is to be called, which isn't done from where it calls us */
    Transfer *transfer;
    HttpTunnelUser user;
    Buffer in, out;
    size_t in_taken, out_sent;
    bool is_started, in_ended, is_gone, is_told, is_ended;
    bool is_over;    /* the socket is given back */
    bool is_calling; /* a function of the user's */
};

static Bytes left_of(const Buffer *buffer, size_t done)
{
    return bytes_slice(buffer_bytes(buffer), done, buffer->len - done);
}

static Loop *loop_of(const HttpTunnel *tunnel)
{
    return tunnel->transfer->all->options->loop;
}

bool http_can_upgrade(const HttpRequest *request)
{
    const Transfer *transfer = (const Transfer *)(const void *)request;
    return transfer->carrier->tunnel_over && !request->body_flows && !request->refused_status && !transfer->ended &&
           present(http_header(request, "upgrade"));
}

static void drop_out(HttpTunnel *tunnel)
{
    transfer_release(tunnel->transfer, http_tunnel_backlog(tunnel));
    buffer_done(&tunnel->out);
    tunnel->out_sent = 0;
}

/* What the system takes now. */
static void send_out(HttpTunnel *tunnel)
{
    Bytes left;
    while (!tunnel->is_gone && (left = left_of(&tunnel->out, tunnel->out_sent)).len) {
        ssize_t len = send(tunnel->watch.fd, left.ptr, left.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (len < 0) {
            tunnel->is_gone = true;
            return;
        }
        tunnel->out_sent += (size_t)len;
        transfer_release(tunnel->transfer, (size_t)len);
        tunnel->transfer->since_ms = transfers_now_ms(tunnel->transfer->all);
    }
    buffer_done(&tunnel->out);
    tunnel->out_sent = 0;
}

/* One piece a round: others' turn comes in between. */
static void receive(HttpTunnel *tunnel)
{
    if (tunnel->in.len || tunnel->in_ended || tunnel->is_gone)
        return;
    ssize_t len = recv(tunnel->watch.fd, buffer_reserve(&tunnel->in, PIECE_BYTES), PIECE_BYTES, MSG_DONTWAIT);
    if (len > 0)
        tunnel->in.len = (size_t)len;
    else if (!len)
        tunnel->in_ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        tunnel->is_gone = true;
}

/* To the user, unless it has ended: then what comes is dropped. */
static void pass_in(HttpTunnel *tunnel)
{
    Bytes left = left_of(&tunnel->in, tunnel->in_taken);
    tunnel->is_calling = true;
    if (left.len)
        tunnel->in_taken +=
            tunnel->is_ended || tunnel->is_gone ? left.len : tunnel->user.write(tunnel->user.context, left);
    if (tunnel->in_taken == tunnel->in.len)
        tunnel->in_taken = tunnel->in.len = 0;
    bool has_end = tunnel->is_gone || (tunnel->in_ended && !tunnel->in.len);
    if (has_end && !tunnel->is_told && !tunnel->is_ended) {
        tunnel->is_told = true;
        tunnel->user.on_end(tunnel->user.context, tunnel->is_gone);
    }
    tunnel->is_calling = false;
}

static void watch_what_is_wanted(HttpTunnel *tunnel)
{
    bool reads = !tunnel->in.len && !tunnel->in_ended && !tunnel->is_gone;
    bool writes = !tunnel->is_gone && http_tunnel_backlog(tunnel);
    loop_watch(loop_of(tunnel), &tunnel->watch, (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u));
}

static void call_again(HttpTunnel *tunnel)
{
    loop_timer_set(loop_of(tunnel), &tunnel->again, loop_now_ms(loop_of(tunnel)));
}

static void settle(HttpTunnel *tunnel)
{
    if (tunnel->is_calling || !tunnel->is_started || tunnel->is_over)
        return;
    send_out(tunnel);
    if (tunnel->is_gone)
        drop_out(tunnel);
    if (!tunnel->is_ended || !(tunnel->is_gone || !http_tunnel_backlog(tunnel))) {
        watch_what_is_wanted(tunnel);
        if (tunnel->is_gone && !tunnel->is_told && !tunnel->is_ended)
            call_again(tunnel);
        return;
    }
    tunnel->is_over = true;
    loop_watch(loop_of(tunnel), &tunnel->watch, 0);
    tunnel->watch.fd = -1;
    tunnel->transfer->carrier->tunnel_over(tunnel->transfer);
}

static void go_on(HttpTunnel *tunnel)
{
    bool had_backlog = http_tunnel_backlog(tunnel) > 0;
    pass_in(tunnel);
    settle(tunnel);
    if (!had_backlog || http_tunnel_backlog(tunnel) || tunnel->is_gone || tunnel->is_ended || !tunnel->user.on_taken)
        return;
    tunnel->is_calling = true;
    tunnel->user.on_taken(tunnel->user.context);
    tunnel->is_calling = false;
    settle(tunnel);
}

static void go_on_again(LoopTimer *timer)
{
    go_on(owner_of(timer, HttpTunnel, again));
}

static void ready(Watch *watch, uint32_t events)
{
    HttpTunnel *tunnel = owner_of(watch, HttpTunnel, watch);
    receive(tunnel);
    /* What had come before the connection broke was read first, piece by piece. */
    if ((events & (EPOLLERR | EPOLLHUP)) && !tunnel->in.len)
        tunnel->is_gone = true;
    go_on(tunnel);
}

HttpTunnel *http_upgrade(HttpRequest *request, HttpResponse *head, const HttpTunnelUser *user)
{
    Transfer *transfer = (Transfer *)request;
    HttpTunnel *tunnel = calloc(1, sizeof *tunnel);
    if (!tunnel || !http_can_upgrade(request))
        abort();
    *tunnel = (HttpTunnel){.watch = {ready, -1, 0}, .again = {.due = go_on_again}, .transfer = transfer, .user = *user};
    transfer->tunnel = tunnel;
    transfer->answered = true;
    transfer->since_ms = transfers_now_ms(transfer->all);
    buffer_done(&head->body);
    head->status = 101;
    transfer->carrier->answer(transfer, head);
    http_count_arena(request);
    return tunnel;
}

void tunnel_start(HttpTunnel *tunnel, int fd, Bytes first)
{
    tunnel->watch.fd = fd;
    tunnel->is_started = true;
    buffer_append(&tunnel->in, first);
    go_on(tunnel);
}

void http_tunnel_write(HttpTunnel *tunnel, Bytes bytes)
{
    Transfer *transfer = tunnel->transfer;
    if (tunnel->is_gone || tunnel->is_ended || !bytes.len)
        return;
    if (!http_tunnel_backlog(tunnel))
        transfer->since_ms = transfers_now_ms(transfer->all);
    buffer_append(&tunnel->out, bytes);
    transfer_hold(transfer, bytes.len);
    settle(tunnel);
}

size_t http_tunnel_backlog(const HttpTunnel *tunnel)
{
    return tunnel->out.len - tunnel->out_sent;
}

void http_tunnel_go_on(HttpTunnel *tunnel)
{
    if (tunnel->is_started && !tunnel->is_over && tunnel->in.len)
        call_again(tunnel);
}

void http_tunnel_end(HttpTunnel *tunnel)
{
    Transfer *transfer = tunnel->transfer;
    tunnel->is_ended = true;
    if (!transfer->ended)
        settle(tunnel);
    else if (!tunnel->is_calling)
        transfer_free(transfer);
}

void tunnel_drop(HttpTunnel *tunnel)
{
    tunnel->is_gone = true;
    go_on(tunnel);
}

bool tunnel_is_over(HttpTunnel *tunnel)
{
    tunnel->is_over = true;
    tunnel->is_gone = true;
    drop_out(tunnel);
    loop_watch(loop_of(tunnel), &tunnel->watch, 0);
    tunnel->watch.fd = -1; /* its carrier closes it */
    pass_in(tunnel);
    return tunnel->is_ended;
}

/* Its memory stays until the round is over: there may be events for it in hand. */
void tunnel_free(HttpTunnel *tunnel)
{
    if (!tunnel)
        return;
    Loop *loop = loop_of(tunnel);
    loop_timer_cancel(loop, &tunnel->again);
    if (tunnel->watch.fd >= 0)
        loop_watch(loop, &tunnel->watch, 0);
    tunnel->watch.fd = -1;
    buffer_done(&tunnel->in);
    buffer_done(&tunnel->out);
    loop_free_later(loop, tunnel);
}
