/* transport.c - bytes of a socket, inside TLS or not. */
#include "connection_private.h"
#include <errno.h>
#include <sys/socket.h>

ssize_t transport_read(Connection *connection, char *to, size_t room)
{
    ssize_t len = connection->tls ? gnutls_record_recv(connection->tls, to, room)
                                  : recv(connection->watch.fd, to, room, MSG_DONTWAIT);
    if (len >= 0)
        return len;
    if (!connection->tls)
        return errno == EAGAIN || errno == EINTR ? TRANSPORT_AGAIN : TRANSPORT_BROKEN;
    if (len == GNUTLS_E_AGAIN || len == GNUTLS_E_INTERRUPTED)
        return TRANSPORT_AGAIN;
    return len == GNUTLS_E_PREMATURE_TERMINATION ? 0 : TRANSPORT_BROKEN;
}

ssize_t transport_write(Connection *connection, Bytes bytes)
{
    ssize_t len = connection->tls ? gnutls_record_send(connection->tls, bytes.ptr, bytes.len)
                                  : send(connection->watch.fd, bytes.ptr, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (len >= 0)
        return len;
    if (!connection->tls)
        return errno == EAGAIN || errno == EINTR ? TRANSPORT_AGAIN : TRANSPORT_BROKEN;
    return len == GNUTLS_E_AGAIN || len == GNUTLS_E_INTERRUPTED ? TRANSPORT_AGAIN : TRANSPORT_BROKEN;
}
