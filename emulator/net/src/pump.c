/* pump.c - HTTP/1.1 inside TLS: what was decrypted goes to libmicrohttpd through a socket pair, its answers come back.
 * Each direction holds one piece; while that cannot go on, nothing more is read, so a slow side slows the other. */
#include "connection_private.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)16 * 1024)

typedef struct Piece {
    char bytes[PIECE_BYTES];
    size_t len, sent;
    bool ended; /* nothing more comes from where it is read */
} Piece;

struct Pump {
    Watch watch; /* our end of the pair */
    Connection *connection;
    Piece in, out;    /* from the client; to the client */
    int64_t taken_ms; /* when the client took some last */
};

static ssize_t pair_result(ssize_t len)
{
    if (len >= 0)
        return len;
    return errno == EAGAIN || errno == EINTR ? TRANSPORT_AGAIN : TRANSPORT_BROKEN;
}

/* Moves what it can; false: the connection is closed. */
static bool move_in(Connection *connection)
{
    Piece *piece = &connection->pump->in;
    int pair = connection->pump->watch.fd;
    for (;;) {
        while (piece->sent < piece->len) {
            ssize_t len = pair_result(
                send(pair, piece->bytes + piece->sent, piece->len - piece->sent, MSG_DONTWAIT | MSG_NOSIGNAL));
            if (len == TRANSPORT_AGAIN)
                return true;
            if (len < 0)
                piece->sent = piece->len; /* it reads no more, yet its last answer may be on the way */
            else
                piece->sent += (size_t)len;
        }
        if (piece->ended)
            return true;
        ssize_t len = transport_read(connection, piece->bytes, sizeof piece->bytes);
        if (len == TRANSPORT_AGAIN) {
            piece->len = piece->sent = 0;
            return true;
        }
        if (len == TRANSPORT_BROKEN) {
            connection_close(connection);
            return false;
        }
        piece->len = (size_t)len;
        piece->sent = 0;
        if (!len) {
            piece->ended = true;
            shutdown(pair, SHUT_WR);
        }
    }
}

static bool move_out(Connection *connection)
{
    Piece *piece = &connection->pump->out;
    for (;;) {
        while (piece->sent < piece->len) {
            ssize_t len = transport_write(connection, (Bytes){piece->bytes + piece->sent, piece->len - piece->sent});
            if (len == TRANSPORT_AGAIN)
                return true;
            if (len < 0) {
                connection_close(connection);
                return false;
            }
            piece->sent += (size_t)len;
            connection->pump->taken_ms = loop_now_ms(connection->net->loop);
        }
        ssize_t len = pair_result(recv(connection->pump->watch.fd, piece->bytes, sizeof piece->bytes, MSG_DONTWAIT));
        if (len == TRANSPORT_AGAIN) {
            piece->len = piece->sent = 0;
            return true;
        }
        if (len <= 0) {
            gnutls_bye(connection->tls, GNUTLS_SHUT_WR); /* as far as the socket takes it */
            connection_close(connection);
            return false;
        }
        piece->len = (size_t)len;
        piece->sent = 0;
    }
}

static uint32_t if_set(bool wanted, uint32_t events)
{
    return wanted ? events : 0;
}

static void move(Connection *connection)
{
    Pump *pump = connection->pump;
    connection->active_ms = loop_now_ms(connection->net->loop);
    if (!move_in(connection) || !move_out(connection))
        return;
    bool in_waits = pump->in.sent < pump->in.len, out_waits = pump->out.sent < pump->out.len;
    connection_watch(connection, if_set(!in_waits && !pump->in.ended, EPOLLIN) | if_set(out_waits, EPOLLOUT));
    loop_watch(connection->net->loop, &pump->watch, if_set(!out_waits, EPOLLIN) | if_set(in_waits, EPOLLOUT));
}

static void pair_ready(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Pump, watch)->connection;
    (void)events;
    move(connection);
}

static void client_ready(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Connection, watch);
    if (events & (EPOLLHUP | EPOLLERR))
        connection_close(connection);
    else
        move(connection);
}

/* libmicrohttpd has hung up, and what it sent last waits for a client that takes nothing: nobody else would ever close
 * it. A client that libmicrohttpd still talks to is its transfer's to judge. */
static void sweep(Connection *connection)
{
    const Pump *pump = connection->pump;
    const NetOptions *options = &connection->net->options;
    int64_t patience_ms = INT64_C(1000) * (options->request_s ? options->request_s : LIMIT_REQUEST_S);
    struct pollfd pair = {.fd = pump->watch.fd};
    if (pump->out.sent < pump->out.len && loop_now_ms(connection->net->loop) - pump->taken_ms > patience_ms &&
        poll(&pair, 1, 0) == 1 && (pair.revents & POLLHUP))
        connection_close(connection);
}

static bool is_busy(const Connection *connection)
{
    (void)connection;
    return true; /* libmicrohttpd, which has its other end, may close it */
}

static void end(Connection *connection)
{
    Pump *pump = connection->pump;
    loop_watch(connection->net->loop, &pump->watch, 0);
    close(pump->watch.fd);
    pump->watch.fd = -1;
    loop_free_later(connection->net->loop, pump);
}

static const Driver pump_driver = {NULL, sweep, is_busy, end};

void pump_start(Connection *connection, Bytes first)
{
    int pair[2];
    Net *net = connection->net;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
        connection_close(connection);
        return;
    }
    Pump *pump = calloc(1, sizeof *pump);
    if (!pump)
        abort();
    pump->connection = connection;
    pump->watch = (Watch){pair_ready, pair[0], 0};
    memcpy(pump->in.bytes, first.ptr, first.len);
    pump->in.len = first.len;
    pump->taken_ms = loop_now_ms(net->loop);
    connection->pump = pump;
    connection->watch.ready = client_ready;
    connection->driver = &pump_driver;
    net->connections++; /* libmicrohttpd's */
    if (h1_add(net->h1, pair[1], true))
        move(connection);
    else
        connection_close(connection);
}
