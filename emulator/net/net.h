/* net.h - one port that speaks HTTP/1.1 (libmicrohttpd), HTTP/2 (nghttp2; prior knowledge, and inside TLS with or
 * without ALPN) and TLS (GnuTLS), in one event loop on one thread. Knows nothing of AWS.
 *
 * The way of a request: it is read whole (unless its owner says, when the head is there, that the body is to flow) (the
 * body inflated where Content-Encoding is gzip), then on_request is called, which keeps it. loop_poll returns after a
 * round of I/O; the owner answers what it kept, after its commit, with http_respond or http_stream_start; the bytes
 * leave in the same or the next round. Every request is answered exactly once, from the loop's thread, also when its
 * client has gone meanwhile (the answer is dropped then). */
#pragma once
#include "arena.h"
#include "buffer.h"
#include "http_head.h"
#include "limits.h"
#include "loop.h"

typedef struct Net Net;
typedef struct HttpRequest HttpRequest;
typedef struct HttpStream HttpStream;

struct HttpRequest {
    Arena *arena; /* of the request; the call uses it too; freed after the answer has left */
    Bytes method;
    Bytes path;                /* as sent, still percent-encoded, without the query */
    Bytes query;               /* behind '?', absent where there is none */
    const HttpHeader *headers; /* HTTP/2's :authority is "host" here */
    size_t headers_count;
    Bytes body;      /* whole, inflated; empty where it flows */
    Bytes sent_body; /* the same as it was sent */
    bool body_flows; /* the request is its head alone: the owner answers it, or takes the body (http_take_body) */
    const HttpHeader *trailers; /* behind a chunked body; of one that flows, when its sink has its end */
    size_t trailers_count;
    bool is_http2, is_tls;
    /* Set where net itself must refuse: the owner answers with it in its own words. 0: fine; else the HTTP status (413
     * body too large, 400 malformed or undecodable, 415 unknown Content-Encoding, 431 headers too large, 503 too much
     * is held for others). */
    int refused_status;
    void *owner; /* the owner's own */
    /* The owner may set them: what each answer to it carries besides its own. In its arena. */
    const HttpHeader *answer_headers;
    size_t answer_headers_count;
    /* The owner may set it: called once, within loop_poll, when the client has gone before its answer. The answer is
     * still owed. */
    void (*on_gone)(HttpRequest *request);
};

static inline HttpHead http_head(const HttpRequest *request)
{
    return (HttpHead){request->method, request->path, request->query, request->headers, request->headers_count};
}
/* The value of a header, by lower-case name; absent where it isn't there. */
Bytes http_header(const HttpRequest *request, const char *name);

/* Where a body flows. All within loop_poll. */
typedef struct HttpSink {
    /* Takes of the bytes, from their beginning, what it can, and returns how many. Fewer than all: no more now; the
     * client is held back until http_body_go_on. */
    size_t (*write)(void *context, Bytes bytes);
    /* Once: the body is whole; or not (false): the client has gone, or was too slow. The request is to be answered
     * then, in either case. */
    void (*end)(void *context, bool is_whole);
    void *context;
} HttpSink;
/* Of a request whose body flows and that is not answered: from here on the sink gets it. A client that waits for our
 * word (Expect: 100-continue) has it now. */
void http_take_body(HttpRequest *request, const HttpSink *sink);
void http_body_go_on(HttpRequest *request); /* the sink can take more */

/* An answer's body that is pulled, of a known length. */
typedef struct HttpSource {
    /* Up to `room` bytes from `at` on, at least one; < 0: there are none, and the connection (HTTP/1.1) or the stream
     * (HTTP/2) breaks off. NULL: the bytes are those of fd. */
    ssize_t (*read)(void *context, uint64_t at, char *to, size_t room);
    void (*done)(void *context); /* once, when nothing more is read; NULL: nothing to do */
    void *context;
    uint64_t length;
    int fd; /* where read is NULL: a file, from fd_at on; closed when nothing more is read */
    uint64_t fd_at;
} HttpSource;

void http_end_source(const HttpSource *source); /* by whoever has it last: closes its file, calls `done` */

typedef struct HttpResponse {
    int status;
    const HttpHeader *headers; /* without content-length and date; copied by net */
    size_t headers_count;
    Buffer body;              /* net takes it and leaves it zeroed: no copy of a 10 MiB page */
    const HttpSource *source; /* instead of the body; copied. NULL: none */
} HttpResponse;

/* False: too much is held already (held_max). Best asked before an answer is made that may be large; the owner then
 * refuses with 503. */
bool http_has_room(const HttpRequest *request);

/* What the request's arena holds now counts as held until the request is let go of, or its answer has made the arena
 * empty: called after the work for it, since an arena tells nobody that it grows. Cheap; as often as one likes. */
void http_count_arena(HttpRequest *request);

/* Its client has gone: an answer reaches nobody. */
bool http_is_gone(const HttpRequest *request);

/* Answers and lets go of the request: it may not be touched after. */
void http_respond(HttpRequest *request, HttpResponse *response);

/* No answer: the client sees its connection break off (HTTP/1.1) or its stream reset (HTTP/2). The request is let go
 * of. */
void http_cut(HttpRequest *request);

/* Answers with a body that goes on: the head now, then chunks (HTTP/1.1 chunked, HTTP/2 DATA) until the end.
 * on_close is called once when the client goes first or cancels; not after http_stream_end. It is called within
 * loop_poll or net_close only, and the stream may not be touched after. The request is let go of. */
HttpStream *http_stream_start(HttpRequest *request, HttpResponse *head, void (*on_close)(void *context), void *context);
void http_stream_write(HttpStream *stream, Bytes bytes); /* copied; over HTTP/1.1 a chunk of its own, up to 24 KiB */
/* Bytes written that the client has not taken yet: a slow reader's owner stops writing above a bound of its choice. */
size_t http_stream_backlog(const HttpStream *stream);
/* False: too much is held already, in all (held_max). What is written counts until it is taken; where memory gets
 * scarce clients that take nothing are hung up on. */
bool http_stream_has_room(const HttpStream *stream);
void http_stream_end(HttpStream *stream); /* what was written still leaves; the stream may not be touched after */

/* A connection that is handed on (Upgrade, RFC 9110 7.8): once its 101 has left, bytes go both ways as they are. */
typedef struct HttpTunnel HttpTunnel;
typedef struct HttpTunnelUser {
    /* Takes of what the client sends, from its beginning, what it can, and returns how many. Fewer than all: no more
     * now; the client is held back until http_tunnel_go_on. */
    size_t (*write)(void *context, Bytes bytes);
    /* Once, not after http_tunnel_end: the client sends nothing more. It has closed its side, and may still read; or
     * (is_gone) it cannot be reached, or did not take what was written in time. */
    void (*on_end)(void *context, bool is_gone);
    void (*on_taken)(void *context); /* the backlog has become empty; NULL: nothing to do */
    void *context;
} HttpTunnelUser;
/* Its client asks for it, over HTTP/1.1, whether inside TLS or not, and is still there. */
bool http_can_upgrade(const HttpRequest *request);
/* Only where http_can_upgrade. head: its headers, with upgrade, without connection; its status is 101. The request is
 * let go of. The user's functions are called within loop_poll and net_close only. */
HttpTunnel *http_upgrade(HttpRequest *request, HttpResponse *head, const HttpTunnelUser *user);
void http_tunnel_write(HttpTunnel *tunnel, Bytes bytes); /* copied; dropped where the client is gone */
size_t http_tunnel_backlog(const HttpTunnel *tunnel);    /* written and not taken: see http_stream_backlog */
void http_tunnel_go_on(HttpTunnel *tunnel);              /* its user can take more */
/* Once, always: what was written still leaves, then the connection is closed; the tunnel may not be touched after. */
void http_tunnel_end(HttpTunnel *tunnel);

typedef struct HttpBodyPlan {
    size_t max; /* of a body that is collected */
    bool flows;
} HttpBodyPlan;

typedef struct NetOptions {
    Loop *loop;       /* whose user it is; outlives it */
    const char *host; /* "127.0.0.1", "0.0.0.0", "::1" … */
    uint16_t port;    /* 0: any free one, see net_port */
    size_t body_max;  /* LIMIT_REQUEST_BODY_BYTES or less */
    /* Asked when the head is there: the most its body may have (a service's own limit), or whether it is to flow, of
     * any length; NULL: body_max for all. */
    HttpBodyPlan (*plan_body)(void *context, HttpRequest *request);
    /* Each 0: LIMIT_… of limits.h. */
    size_t
        connections_max; /* at most what RLIMIT_NOFILE leaves; above it the longest idle one is closed for a new one */
    int idle_s;          /* a connection without a request is closed after it */
    int request_s;       /* so long a request may take to come, and an answer to be taken by its client */
    size_t held_max;     /* bytes of requests and answers that are on their way, all together */
    const char *certificate_path,
        *key_path;             /* PEM; NULL: a CA and a certificate of its own are made at the first TLS client */
    const char *tls_directory; /* where the made CA and certificate are kept; NULL: only in memory */
    /* Whether a TLS client that calls us by this name gets a certificate for it, where it is made here; NULL: only
     * localhost's is there. */
    bool (*is_our_name)(void *context, Bytes name);
    void (*on_request)(void *context, HttpRequest *request);
    void *context;
} NetOptions;

/* NET_OK or > 0: NET_PORT_TAKEN, NET_NO_PERMISSION, NET_BAD_HOST, NET_BAD_CERTIFICATE; *ret_reason says more, for
 * people. */
enum {
    NET_OK = 0,
    NET_PORT_TAKEN = 1,
    NET_NO_PERMISSION = 2,
    NET_BAD_HOST = 3,
    NET_BAD_CERTIFICATE = 4,
    NET_BROKEN = -1
};
MUST_CHECK int net_open(const NetOptions *options, Net **ret_net, const char **ret_reason);
/* Drops what is open, with on_gone and on_close as if each client had gone; then no request or stream may be touched
 * any more. Returns NULL. */
Net *net_close(Net *net);
uint16_t net_port(const Net *net);

void net_stop_accepting(Net *net);
size_t net_connections(const Net *net);
size_t net_held_bytes(const Net *net);    /* of bodies that are coming, and of answers not wholly taken */
size_t net_open_requests(const Net *net); /* read but not answered, or answers not wholly sent */
Bytes net_ca_pem(
    Net *net,
    Arena *arena); /* the CA that clients may trust; made where it isn't there yet; absent with a given certificate */
