/* connection.c - what all sockets of ours have: their place in the list and the loop, their end, who goes when there
 * are too many. What else they do is their driver's. */
#include "connection_private.h"
#include <stdlib.h>
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
void connection_leave(Connection *connection)
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
    connection_leave(connection);
    if (connection->driver)
        connection->driver->close(connection);
    if (connection->tls)
        gnutls_deinit(connection->tls);
    connection->tls = NULL;
    close(fd);
    connection->net->on_closed(connection->net);
}

void connections_flush(Net *net)
{
    while (net->changed) {
        Connection *connection = net->changed;
        net->changed = connection->next_changed;
        connection->is_changed = false;
        if (!connection->is_dead)
            connection->driver->flush(connection);
    }
}

void connections_bury(Net *net)
{
    while (net->dead) {
        Connection *connection = net->dead;
        net->dead = connection->next;
        buffer_done(&connection->out);
        free(connection);
    }
}

/* Before its protocol is known, and within a handshake, a client is expected to speak. */
static bool is_silent(const Connection *connection)
{
    const NetOptions *options = &connection->net->options;
    int64_t request_s = options->request_s ? options->request_s : LIMIT_REQUEST_S;
    return loop_now_ms(connection->net->loop) - connection->active_ms > 1000 * request_s;
}

void connections_sweep(Net *net)
{
    for (Connection *next, *connection = net->first; connection; connection = next) {
        next = connection->next;
        if (connection->driver)
            connection->driver->sweep(connection);
        else if (is_silent(connection))
            connection_close(connection);
    }
}

static Closable closable(const Connection *connection)
{
    return (Closable){connection->driver != NULL, connection->active_ms};
}

static bool is_easiest(const Connection *connection, const Connection *easiest)
{
    if (connection->driver && connection->driver->is_busy(connection))
        return false;
    return !easiest || !goes_before(closable(easiest), closable(connection));
}

void connections_close_one(Net *net)
{
    Closable theirs;
    Connection *easiest = NULL;
    bool has_theirs = h1_closable(net->h1, &theirs);
    for (Connection *connection = net->first; connection; connection = connection->next)
        if (is_easiest(connection, easiest))
            easiest = connection;
    if (easiest && (!has_theirs || !goes_before(theirs, closable(easiest))))
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
