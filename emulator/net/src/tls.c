/* tls.c - the handshake, without waiting; then the first bytes inside decide again, since clients write the HTTP/2
 * preface also where no protocol was negotiated. */
#include "connection_private.h"
#include <errno.h>
#include <stdlib.h>
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

static bool negotiated_http2(gnutls_session_t tls)
{
    gnutls_datum_t name;
    return gnutls_alpn_get_selected_protocol(tls, &name) == 0 && bytes_is((Bytes){(char *)name.data, name.size}, "h2");
}

static void sniff_inside(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Connection, watch);
    (void)events;
    for (;;) {
        ssize_t len = transport_read(connection, connection->first + connection->first_len,
                                     sizeof connection->first - connection->first_len);
        if (len == TRANSPORT_AGAIN)
            return;
        if (len <= 0) {
            connection_close(connection);
            return;
        }
        connection->active_ms = connection->net->now_ms;
        connection->first_len += (size_t)len;
        Bytes first = {connection->first, connection->first_len};
        Protocol protocol = protocol_of(first);
        if (protocol == PROTOCOL_UNKNOWN)
            continue;
        if (protocol == PROTOCOL_HTTP2)
            h2_start(connection, first);
        else
            pump_start(connection, first);
        return;
    }
}

static void handshake(Watch *watch, uint32_t events)
{
    Connection *connection = owner_of(watch, Connection, watch);
    (void)events;
    bool is_put_off = transfers_round_is_over(&connection->net->transfers);
    int code = is_put_off ? GNUTLS_E_AGAIN : gnutls_handshake(connection->tls);
    if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) {
        connection_watch(connection, gnutls_record_get_direction(connection->tls) ? EPOLLOUT : EPOLLIN);
        return;
    }
    if (code < 0 && !gnutls_error_is_fatal(code))
        return;
    if (code < 0) {
        gnutls_alert_send_appropriate(connection->tls, code); /* as far as the socket takes it */
        connection_close(connection);
        return;
    }
    connection->active_ms = connection->net->now_ms;
    connection_watch(connection, EPOLLIN);
    if (negotiated_http2(connection->tls)) {
        h2_start(connection, TEXT(""));
        return;
    }
    watch->ready = sniff_inside;
    sniff_inside(watch, 0);
}

void tls_start(Connection *connection)
{
    static const gnutls_datum_t protocols[] = {{(unsigned char *)"h2", 2}, {(unsigned char *)"http/1.1", 8}};
    Net *net = connection->net;
    if (!net_identity(net) || gnutls_init(&connection->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0) {
        connection_close(connection);
        return;
    }
    gnutls_priority_set(connection->tls, net->identity.priorities);
    gnutls_credentials_set(connection->tls, GNUTLS_CRD_CERTIFICATE, net->identity.credentials);
    gnutls_session_ticket_enable_server(connection->tls, &net->identity.ticket_key);
    gnutls_alpn_set_protocols(connection->tls, protocols, sizeof protocols / sizeof *protocols,
                              GNUTLS_ALPN_SERVER_PRECEDENCE);
    gnutls_transport_set_int(connection->tls, connection->watch.fd);
    connection->watch.ready = handshake;
    handshake(&connection->watch, 0);
}
