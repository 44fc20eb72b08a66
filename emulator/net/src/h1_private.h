/* h1_private.h - what the files of HTTP/1.1 share. */
#pragma once
#include "h1.h"
#include <microhttpd.h>

typedef struct H1Connection {
    Watch watch; /* of its socket, while suspended: has the client gone? */
    H1 *h1;
    Transfer *transfer;
    struct MHD_Connection *mhd;
    int fd;
    bool is_tls, has_served, hung_up;
    int64_t active_ms; /* when it came, or its last request or answer */
    struct H1Connection *previous, *next;
} H1Connection;

struct H1 {
    struct MHD_Daemon *daemon;
    Transfers *transfers;
    Loop *loop;
    Watch watch; /* of its epoll */
    H1Connection *adding, *first, *dead, *closable;
    uint64_t round;
    int64_t rested_at_ms; /* a stream's rest is over then; 0: none rests */
    bool due;
    bool held;      /* a request waits for its owner's turn, unsuspended */
    bool is_queued; /* in this run: libmicrohttpd writes it at its next */
    void (*on_closed)(void *context);
    void *context;
};

/* h1_upgrade.c */
struct MHD_Response *h1_response_of_tunnel(Transfer *transfer);
void h1_tunnel_over(Transfer *transfer);
void h1_drop_tunnel(Transfer *transfer); /* fine where there is none */
