/* sniff.c - the first bytes of a connection decide who gets it. They are looked at, not taken, and nobody waits for
 * them. */
#include "sniff.h"
#include "connection_private.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

static void hand_to_http1(Connection *connection)
{
    Net *net = connection->net;
    int fd = connection->watch.fd;
    connection_leave(connection);
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
