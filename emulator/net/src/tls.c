/* tls.c - the handshake, without waiting; then the first bytes inside decide again, since clients write the HTTP/2
 * preface also where no protocol was negotiated. */
#include "connection_private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/abstract.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

/* As text; NULL: the loopback ones, which the usual certificate has. */
static const char *local_address(int fd, char *name)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {.v6 = {0}};
    socklen_t len = sizeof at;
    if (getsockname(fd, &at.any, &len))
        return NULL;
    bool is_v6 = at.any.sa_family == AF_INET6, is_mapped = is_v6 && IN6_IS_ADDR_V4MAPPED(&at.v6.sin6_addr);
    const void *address = is_v6 ? (const void *)&at.v6.sin6_addr : (const void *)&at.v4.sin_addr;
    if (is_mapped)
        address = &at.v6.sin6_addr.s6_addr[12];
    inet_ntop(is_v6 && !is_mapped ? AF_INET6 : AF_INET, address, name, NAME_BYTES_MAX);
    return !strcmp(name, "127.0.0.1") || !strcmp(name, "::1") ? NULL : name;
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
        connection->active_ms = loop_now_ms(connection->net->loop);
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
    connection->active_ms = loop_now_ms(connection->net->loop);
    connection_watch(connection, EPOLLIN);
    if (negotiated_http2(connection->tls)) {
        h2_start(connection, TEXT(""));
        return;
    }
    watch->ready = sniff_inside;
    sniff_inside(watch, 0);
}

/* Lower case, without the dot at its end; false: none that a certificate could have. */
static bool read_name(char *name, size_t len)
{
    if (len && name[len - 1] == '.')
        len--;
    name[len] = '\0';
    for (size_t i = 0; i < len; i++) {
        char c = name[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr("-._:", c))
            return false;
    }
    return len > 0;
}

/* By which name or address the client calls us; NULL: by one that the usual certificate has, or that isn't ours. */
static const char *name_called(Connection *connection, char *name)
{
    const NetOptions *options = &connection->net->options;
    size_t len = NAME_BYTES_MAX;
    unsigned type;
    int code = gnutls_server_name_get(connection->tls, name, &len, &type, 0);
    if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return local_address(connection->watch.fd, name);
    if (code < 0 || !read_name(name, len) || !strcmp(name, "localhost"))
        return NULL;
    return options->is_our_name && options->is_our_name(options->context, bytes_of(name)) ? name : NULL;
}

static int choose_certificate(gnutls_session_t tls, const struct gnutls_cert_retr_st *asked,
                              gnutls_pcert_st **ret_chain, unsigned *ret_chain_len, gnutls_ocsp_data_st **ret_ocsp,
                              unsigned *ret_ocsp_len, gnutls_privkey_t *ret_key, unsigned *ret_flags)
{
    Connection *connection = gnutls_session_get_ptr(tls);
    Net *net = connection->net;
    char name[NAME_BYTES_MAX + 1];
    (void)asked;
    int code = identity_present(&net->identity, name_called(connection, name), clock_now_ms(net->transfers.clock),
                                ret_chain, ret_key);
    if (code < 0)
        return -1;
    *ret_chain_len = 1;
    *ret_ocsp = NULL;
    *ret_ocsp_len = 0;
    *ret_flags = GNUTLS_CERT_RETR_DEINIT_ALL;
    return 0;
}

bool net_identity(Net *net)
{
    if (!net->has_identity)
        net->has_identity = identity_make(&net->identity, net->tls_directory, clock_now_ms(net->transfers.clock)) == 0;
    return net->has_identity;
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
    if (net->identity.ca)
        gnutls_certificate_set_retrieve_function3(net->identity.credentials, choose_certificate);
    gnutls_session_set_ptr(connection->tls, connection);
    gnutls_transport_set_int(connection->tls, connection->watch.fd);
    connection->watch.ready = handshake;
    handshake(&connection->watch, 0);
}
