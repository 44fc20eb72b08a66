/* h1.h - HTTP/1.1, by libmicrohttpd in external-epoll mode: it owns its sockets and an epoll of its own, which we
 * watch.
 */
#pragma once
#include "loop.h"
#include "transfer.h"

typedef struct H1 H1;

/* on_closed: a connection it was given is closed. NULL where libmicrohttpd does not start. */
H1 *h1_new(Transfers *transfers, Loop *loop, void (*on_closed)(void *context), void *context);
H1 *h1_free(H1 *h1);
/* Takes the socket, also where it fails (false); on_closed is called for it in any case. */
bool h1_add(H1 *h1, int fd, bool is_tls);
/* A new turn: what was delivered in earlier rounds and has no answer yet is suspended at the next run. */
void h1_begin_round(H1 *h1, uint64_t round);
/* Its I/O, where there is a reason: its epoll is ready, or something was answered. */
void h1_run_if_due(H1 *h1);
/* The connection that could go most easily: without a request in its owner's hands; best one that never had any.
 * False: there is none. Valid until the next call of h1. */
typedef struct Closable {
    bool has_served;
    int64_t active_ms;
} Closable;
static inline bool goes_before(Closable one, Closable other)
{
    return one.has_served != other.has_served ? !one.has_served : one.active_ms < other.active_ms;
}
bool h1_closable(H1 *h1, Closable *ret_closable);
void h1_close_one(H1 *h1); /* soon */
/* Hangs up on those that have had no request for too long, though bytes may have come. */
void h1_sweep(H1 *h1);
/* ms until it must run without an event, -1: never. */
int h1_wait_ms(H1 *h1);
