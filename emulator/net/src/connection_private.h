/* connection_private.h - what the files of a connection share. */
#pragma once
#include "connection.h"
#include "h2_session.h"
#include "net_private.h"
#include <gnutls/gnutls.h>

typedef struct Pump Pump;

/* What goes on inside, once that is known. */
typedef struct Driver {
    void (*flush)(Connection *connection); /* it has output that it wasn't asked for; NULL: it never has */
    void (*sweep)(Connection *connection); /* from time to time: closes it where its client is gone or too slow */
    bool (*is_busy)(const Connection *connection); /* it may not be closed for a new one */
    void (*close)(Connection *connection);         /* frees what is the driver's */
} Driver;

/* The files, each of which uses those above it:
 *   transport.c  bytes, inside TLS or not      connection.c  what all have
 *   h2_connection.c, pump.c                    the drivers
 *   tls.c        the handshake, then one of the drivers
 *   sniff.c      a new socket: one of these, or libmicrohttpd */
struct Connection {
    Watch watch;
    Net *net;
    const Driver *driver; /* NULL: not known yet */
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
void connection_leave(Connection *connection); /* its socket is somebody else's now */
void connection_watch(Connection *connection, uint32_t events);

void tls_start(Connection *connection);
void h2_start(Connection *connection, Bytes first);
void pump_start(Connection *connection, Bytes first);
