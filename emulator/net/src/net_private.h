/* net_private.h - the loop's own state. */
#pragma once
#include "certificate.h"
#include "h1.h"
#include "loop.h"
#include "transfer.h"

#define READ_BYTES ((size_t)64 * 1024)

typedef struct Connection Connection;

struct Net {
    NetOptions options;
    char *tls_directory;
    Transfers transfers;
    Loop *loop;
    LoopUser user;
    Watch listener;
    uint16_t port;
    H1 *h1;
    Identity identity;
    bool has_identity;
    Connection *first, *changed, *dead;
    size_t connections; /* ours and libmicrohttpd's */
    size_t connections_max;
    void (*on_closed)(void *net); /* a connection, whoever has it, is closed */
    bool accepting;               /* until net_stop_accepting */
    bool is_paused;               /* accepting, for want of sockets */
    uint64_t round;
    int64_t sweep_at_ms;

    char *read_buffer; /* READ_BYTES */
};

/* tls.c: makes or reads the certificate if that is yet to be done. */
MUST_CHECK bool net_identity(Net *net);
