/* connection_private.h - what the files of a connection share. */
#pragma once
#include "connection.h"
#include "h2_session.h"
#include "net_private.h"
#include <gnutls/gnutls.h>

typedef struct Pump Pump;

struct Connection {
    Watch watch;
    Net *net;
    Connection *previous, *next;
    Connection *next_changed; /* has output that it wasn't asked for */
    bool is_changed, is_dead;
    int64_t active_ms;
    gnutls_session_t tls; /* NULL: plain */
    H2Session *h2;
    Buffer out;                /* to be sent; refilled when empty */
    size_t out_sent, out_held; /* held: as the transfers' memory */
    char first[4];             /* of the bytes inside TLS, until the protocol is known */
    size_t first_len;
    Pump *pump; /* HTTP/1.1 inside TLS */
};

typedef enum Protocol { PROTOCOL_UNKNOWN, PROTOCOL_TLS, PROTOCOL_HTTP1, PROTOCOL_HTTP2 } Protocol;
/* By a connection's first bytes; unknown where they are too few. */
Protocol protocol_of(Bytes first);

/* Bytes moved, or one of these. */
enum { TRANSPORT_AGAIN = -1, TRANSPORT_BROKEN = -2 };
/* 0: the client has closed its side. */
ssize_t transport_read(Connection *connection, char *to, size_t room);
/* After TRANSPORT_AGAIN the same bytes must be offered again. */
ssize_t transport_write(Connection *connection, Bytes bytes);

void connection_close(Connection *connection);
void connection_watch(Connection *connection, uint32_t events);

void tls_start(Connection *connection);
void h2_start(Connection *connection, Bytes first);
void h2_flush(Connection *connection);
void pump_start(Connection *connection, Bytes first);
void pump_close(Connection *connection);
bool pump_is_stuck(const Connection *connection, int64_t patience_ms);
void pump_free(Pump *pump);
