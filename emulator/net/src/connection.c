/* connection.c - the first bytes of a connection decide who gets it. They are looked at, not taken, and nobody waits
 * for them. */
#include "connection_private.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

Protocol protocol_of(Bytes first)
{
    static const char preface[] = "PRI";
    if (!first.len)
        return PROTOCOL_UNKNOWN;
    if (first.ptr[0] == 0x16)
        return PROTOCOL_TLS;
    size_t known = first.len < sizeof preface - 1 ? first.len : sizeof preface - 1;
    if (memcmp(first.ptr, preface, known) != 0)
        return PROTOCOL_HTTP1;
    return known == sizeof preface - 1 ? PROTOCOL_HTTP2 : PROTOCOL_UNKNOWN;
}

static void unlink_connection(Connection *connection)
{
    Net *net = connection->net;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        net->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
}

void connection_watch(Connection *connection, uint32_t events)
{
    loop_watch(connection->net->loop, &connection->watch, events);
}

/* Its memory stays until the round is over: there may be events for it in hand. */
static void leave_loop(Connection *connection)
{
    connection_watch(connection, 0);
    connection->watch.fd = -1;
    connection->is_dead = true;
    unlink_connection(connection);
    connection->next = connection->net->dead;
    connection->net->dead = connection;
}

void connection_close(Connection *connection)
{
    if (connection->is_dead)
        return;
    int fd = connection->watch.fd;
    leave_loop(connection);
    connection->h2 = h2_session_free(connection->h2);
    transfers_count(&connection->net->transfers, &connection->out_held, 0);
    if (connection->pump)
        pump_close(connection);
    if (connection->tls)
        gnutls_deinit(connection->tls);
    connection->tls = NULL;
    close(fd);
    net_connection_closed(connection->net);
}

static void hand_to_http1(Connection *connection)
{
    Net *net = connection->net;
    int fd = connection->watch.fd;
    leave_loop(connection);
    h1_add(net->h1, fd, false);
}

static void sniff(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Connection, watch);
    char first[3];
    ssize_t len = recv(watch->fd, first, sizeof first, MSG_PEEK | MSG_DONTWAIT);
    if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR)) {
        connection_close(connection);
        return;
    }
    switch (protocol_of((Bytes){first, len < 0 ? 0 : (size_t)len})) {
    case PROTOCOL_TLS:
        tls_start(connection);
        break;
    case PROTOCOL_HTTP2:
        h2_start(connection, TEXT(""));
        break;
    case PROTOCOL_HTTP1:
        hand_to_http1(connection);
        break;
    case PROTOCOL_UNKNOWN:
        /* Bytes that are left where they are would be reported again and again: only new ones count. */
        if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            connection_close(connection);
        else
            connection_watch(connection, EPOLLIN | EPOLLRDHUP | EPOLLET);
        break;
    }
}

void connection_open(Net *net, int fd)
{
    static const int on = 1;
    Connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->net = net;
    connection->watch = (Watch){sniff, fd, 0};
    connection->active_ms = loop_now_ms(net->loop);
    connection->next = net->first;
    if (net->first)
        net->first->previous = connection;
    net->first = connection;
    net->connections++;
    sniff(&connection->watch, 0);
}

void connections_flush(Net *net)
{
    while (net->changed) {
        Connection *connection = net->changed;
        net->changed = connection->next_changed;
        connection->is_changed = false;
        if (!connection->is_dead)
            h2_flush(connection);
    }
}

void connections_bury(Net *net)
{
    while (net->dead) {
        Connection *connection = net->dead;
        net->dead = connection->next;
        buffer_done(&connection->out);
        pump_free(connection->pump);
        free(connection);
    }
}

static int64_t idle_ms(const Net *net)
{
    return INT64_C(1000) * (net->options.idle_s ? net->options.idle_s : LIMIT_IDLE_S);
}

static int64_t request_ms(const Net *net)
{
    return INT64_C(1000) * (net->options.request_s ? net->options.request_s : LIMIT_REQUEST_S);
}

/* Before its protocol is known, and within a handshake, a client is expected to speak. */
static bool is_silent(const Connection *connection)
{
    int64_t since = loop_now_ms(connection->net->loop) - connection->active_ms;
    if (connection->h2)
        return since > idle_ms(connection->net) && h2_session_is_idle(connection->h2);
    if (connection->pump)
        return pump_is_stuck(connection, request_ms(connection->net));
    return since > request_ms(connection->net);
}

static void say_goodbye(Connection *connection)
{
    h2_session_shut_down(connection->h2);
    h2_flush(connection);
}

void connections_sweep(Net *net)
{
    for (Connection *next, *connection = net->first; connection; connection = next) {
        bool is_slow = connection->h2 && h2_session_is_too_slow(connection->h2);
        next = connection->next;
        if (!is_slow && !is_silent(connection))
            continue;
        if (connection->h2 && !is_slow)
            say_goodbye(connection);
        connection_close(connection);
    }
}

static bool is_easiest(const Connection *connection, const Connection *easiest)
{
    Closable one = {connection->h2 != NULL, connection->active_ms}, other;
    if (connection->pump || (connection->h2 && !h2_session_is_idle(connection->h2)))
        return false;
    if (!easiest)
        return true;
    other = (Closable){easiest->h2 != NULL, easiest->active_ms};
    return !goes_before(other, one);
}

void connections_close_one(Net *net)
{
    Closable theirs;
    Connection *easiest = NULL;
    bool has_theirs = h1_closable(net->h1, &theirs);
    for (Connection *connection = net->first; connection; connection = connection->next)
        if (is_easiest(connection, easiest))
            easiest = connection;
    if (easiest && (!has_theirs || !goes_before(theirs, (Closable){easiest->h2 != NULL, easiest->active_ms})))
        connection_close(easiest);
    else if (has_theirs)
        h1_close_one(net->h1);
}

void connections_close_all(Net *net)
{
    while (net->first)
        connection_close(net->first);
    connections_flush(net);
    connections_bury(net);
}
