/* outbound.h - requests to others, by libcurl on the loop. Only to hosts that the setting `egress` names: by default to
 * none, so that nobody who reaches our port gets further by it. No proxies, no redirects, HTTP and HTTPS alone. */
#pragma once
#include "buffer.h"
#include "loop.h"

#define OUTBOUND_ANSWER_MAX ((size_t)1024 * 1024)
#define OUTBOUND_HEADERS    8

typedef enum OutboundTrouble {
    OUTBOUND_FINE,
    OUTBOUND_NOT_ALLOWED, /* no host of the setting's */
    OUTBOUND_NO_CONNECTION,
    OUTBOUND_NO_TRUST, /* TLS: its certificate, or the handshake */
    OUTBOUND_TOO_LATE,
    OUTBOUND_TOO_LARGE, /* its answer */
    OUTBOUND_CUT,       /* the connection ended within */
} OutboundTrouble;

/* A POST. The owner's, whose memory must outlive it; nothing of it is touched after done. */
typedef struct OutboundRequest {
    const char *url;
    const char *headers[OUTBOUND_HEADERS]; /* "Name: value"; ends with NULL where there are fewer */
    Bytes body;
    void (*done)(struct OutboundRequest *request, void *context); /* from the loop, never from outbound_start */
    void *context;
    /* Set when done: */
    OutboundTrouble trouble;
    int status;    /* of the answer, where there is one */
    Buffer answer; /* its body; the owner's to free */
    struct {
        bool is_json, has_length, is_encoded; /* what its head tells of the body */
    } told;
    /* For outbound.c. */
    void *handle, *list;
    struct Outbound *outbound;
} OutboundRequest;

typedef struct Outbound Outbound;

/* hosts: "localhost, example.com:8443, *"; NULL: none. ca_file: what certificates are checked by; NULL: the system's.
 * Both live as long. Nothing of libcurl is begun before it is needed. */
Outbound *outbound_new(Loop *loop, const char *hosts, const char *ca_file);
Outbound *outbound_free(Outbound *outbound); /* NULL is fine; returns NULL; of no request `done` is called */

/* libcurl is there: it need not be installed. */
bool outbound_can(Outbound *outbound);
/* It can, and the host is one of them. */
bool outbound_may_reach(Outbound *outbound, const char *url);
void outbound_start(Outbound *outbound, OutboundRequest *request);
void outbound_cancel(OutboundRequest *request); /* done is not called; fine where it has been */
