/* outbound.c - curl's sockets are watched by the loop, its one time-out is a timer of the loop's. */
#include "outbound.h"
#include "library.h"
#include <stdlib.h>

#define CONNECT_S 10L
#define WHOLE_S   180L

struct Outbound {
    Loop *loop;
    const char *hosts, *ca_file;
    Curl curl;
    CURLM *multi; /* NULL until it is needed */
    LoopTimer timer;
    LoopTimer refusals; /* of requests that were never begun */
    OutboundRequest *refused;
};

typedef struct Socket {
    Watch watch;
    Outbound *outbound;
} Socket;

static OutboundTrouble trouble_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return OUTBOUND_FINE;
    case CURLE_OPERATION_TIMEDOUT:
        return OUTBOUND_TOO_LATE;
    case CURLE_WRITE_ERROR: /* take_answer takes no more */
        return OUTBOUND_TOO_LARGE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return OUTBOUND_NO_TRUST;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return OUTBOUND_NO_CONNECTION;
    default:
        return OUTBOUND_CUT;
    }
}

static void let_go(OutboundRequest *request)
{
    Outbound *outbound = request->outbound;
    if (!request->handle)
        return;
    outbound->curl.curl_multi_remove_handle_(outbound->multi, request->handle);
    outbound->curl.curl_easy_cleanup_(request->handle);
    outbound->curl.curl_slist_free_all_(request->list);
    request->handle = request->list = NULL;
}

/* Outside of curl's callbacks: whoever is told may start and cancel others. */
static void tell_done(Outbound *outbound)
{
    CURLMsg *message;
    int left;
    while ((message = outbound->curl.curl_multi_info_read_(outbound->multi, &left))) {
        OutboundRequest *request;
        long status = 0;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        outbound->curl.curl_easy_getinfo_(message->easy_handle, CURLINFO_PRIVATE, &request);
        outbound->curl.curl_easy_getinfo_(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        let_go(request);
        request->trouble = trouble_of(code);
        request->status = (int)status;
        request->done(request, request->context);
    }
}

static void act(Outbound *outbound, curl_socket_t socket, int events)
{
    int running;
    outbound->curl.curl_multi_socket_action_(outbound->multi, socket, events, &running);
    tell_done(outbound);
}

static void socket_ready(Watch *watch, uint32_t events)
{
    Socket *socket = owner_of(watch, Socket, watch);
    int seen = 0;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        seen |= CURL_CSELECT_IN;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        seen |= CURL_CSELECT_OUT;
    act(socket->outbound, watch->fd, seen);
}

static void timer_due(LoopTimer *timer)
{
    act(owner_of(timer, Outbound, timer), CURL_SOCKET_TIMEOUT, 0);
}

static Socket *socket_new(Outbound *outbound, curl_socket_t fd)
{
    Socket *socket = calloc(1, sizeof *socket);
    if (!socket)
        abort();
    *socket = (Socket){{socket_ready, fd, 0}, outbound};
    outbound->curl.curl_multi_assign_(outbound->multi, fd, socket);
    return socket;
}

/* curl closes it right after: it may not be watched any more then. */
static void socket_free(Outbound *outbound, Socket *socket)
{
    loop_watch(outbound->loop, &socket->watch, 0);
    socket->watch.fd = -1;
    loop_free_later(outbound->loop, socket);
}

static int on_socket(CURL *handle, curl_socket_t fd, int what, void *context, void *known)
{
    Outbound *outbound = context;
    Socket *socket = known;
    (void)handle;
    if (what == CURL_POLL_REMOVE) {
        if (socket)
            socket_free(outbound, socket);
        return 0;
    }
    if (!socket)
        socket = socket_new(outbound, fd);
    loop_watch(outbound->loop, &socket->watch,
               (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u));
    return 0;
}

static int on_timer(CURLM *multi, long in_ms, void *context)
{
    Outbound *outbound = context;
    (void)multi;
    if (in_ms < 0)
        loop_timer_cancel(outbound->loop, &outbound->timer);
    else
        loop_timer_set(outbound->loop, &outbound->timer, loop_now_ms(outbound->loop) + in_ms);
    return 0;
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    OutboundRequest *request = context;
    size_t len = size * count;
    if (len > OUTBOUND_ANSWER_MAX - request->answer.len)
        return CURL_WRITEFUNC_ERROR;
    buffer_append(&request->answer, (Bytes){bytes, len});
    return len;
}

static bool is_field(Bytes line, Bytes name, Bytes *ret_value)
{
    if (line.len <= name.len || line.ptr[name.len] != ':' ||
        !bytes_equal_ignoring_case(bytes_slice(line, 0, name.len), name))
        return false;
    Bytes value = bytes_slice(line, name.len + 1, line.len - name.len - 1);
    while (value.len && strchr(" \t", *value.ptr))
        value = bytes_slice(value, 1, value.len - 1);
    while (value.len && strchr(" \t\r\n", value.ptr[value.len - 1]))
        value.len--;
    *ret_value = value;
    return true;
}

/* A line of the answer's head; a status line begins it, after one of "100 Continue" anew. */
static size_t take_field(char *bytes, size_t size, size_t count, void *context)
{
    OutboundRequest *request = context;
    Bytes line = {bytes, size * count}, value;
    if (bytes_starts_with(line, TEXT("HTTP/")))
        memset(&request->told, 0, sizeof request->told);
    if (is_field(line, TEXT("content-type"), &value))
        request->told.is_json = bytes_equal_ignoring_case(bytes_cut(&value, ';'), TEXT("application/json"));
    else if (is_field(line, TEXT("content-encoding"), &value))
        request->told.is_encoded = !bytes_equal_ignoring_case(value, TEXT("identity"));
    else if (is_field(line, TEXT("content-length"), &value))
        request->told.has_length = true;
    return line.len;
}

static void tell_refused(LoopTimer *timer)
{
    Outbound *outbound = owner_of(timer, Outbound, refusals);
    OutboundRequest *request = outbound->refused;
    if (!request)
        return;
    outbound->refused = request->list;
    request->list = NULL;
    if (outbound->refused)
        loop_timer_set(outbound->loop, timer, loop_now_ms(outbound->loop));
    request->done(request, request->context);
}

Outbound *outbound_new(Loop *loop, const char *hosts, const char *ca_file)
{
    Outbound *outbound = calloc(1, sizeof *outbound);
    if (!outbound)
        abort();
    *outbound = (Outbound){.loop = loop, .hosts = hosts, .ca_file = ca_file};
    outbound->timer.due = timer_due;
    outbound->refusals.due = tell_refused;
    return outbound;
}

bool outbound_can(Outbound *outbound)
{
    return outbound->curl.library || curl_load(&outbound->curl);
}

static void begin(Outbound *outbound)
{
    if (outbound->multi)
        return;
    if (outbound->curl.curl_global_init_(CURL_GLOBAL_DEFAULT) || !(outbound->multi = outbound->curl.curl_multi_init_()))
        abort();
    outbound->curl.curl_multi_setopt_(outbound->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    outbound->curl.curl_multi_setopt_(outbound->multi, CURLMOPT_SOCKETDATA, outbound);
    outbound->curl.curl_multi_setopt_(outbound->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    outbound->curl.curl_multi_setopt_(outbound->multi, CURLMOPT_TIMERDATA, outbound);
}

Outbound *outbound_free(Outbound *outbound)
{
    if (!outbound)
        return NULL;
    if (outbound->multi) {
        outbound->curl.curl_multi_cleanup_(outbound->multi); /* its sockets are let go of by on_socket */
        outbound->curl.curl_global_cleanup_();
    }
    loop_timer_cancel(outbound->loop, &outbound->timer);
    loop_timer_cancel(outbound->loop, &outbound->refusals);
    free(outbound); /* the library stays loaded: whatever it has begun may end later */
    return NULL;
}

static bool is_host(Bytes entry, Bytes host, Bytes port)
{
    while (entry.len && (*entry.ptr == ' ' || *entry.ptr == '\t'))
        entry = bytes_slice(entry, 1, entry.len - 1);
    while (entry.len && (entry.ptr[entry.len - 1] == ' ' || entry.ptr[entry.len - 1] == '\t'))
        entry.len--;
    if (bytes_is(entry, "*"))
        return true;
    ptrdiff_t colon = bytes_find_last(entry, ':'), bracket = bytes_find_last(entry, ']');
    if (colon > bracket && !bytes_equal(bytes_slice(entry, (size_t)colon + 1, entry.len - (size_t)colon - 1), port))
        return false;
    if (colon > bracket)
        entry.len = (size_t)colon;
    return entry.len && bytes_equal_ignoring_case(entry, host);
}

static bool is_named(const Outbound *outbound, Bytes host, Bytes port)
{
    for (Bytes rest = bytes_of(outbound->hosts); rest.len;)
        if (is_host(bytes_cut(&rest, ','), host, port))
            return true;
    return false;
}

bool outbound_may_reach(Outbound *outbound, const char *url)
{
    if (!outbound->hosts || !outbound_can(outbound))
        return false;
    CURLU *parsed = outbound->curl.curl_url_();
    char *host = NULL, *port = NULL, *scheme = NULL;
    bool may = parsed && !outbound->curl.curl_url_set_(parsed, CURLUPART_URL, url, 0) &&
               !outbound->curl.curl_url_get_(parsed, CURLUPART_SCHEME, &scheme, 0) &&
               (!strcmp(scheme, "http") || !strcmp(scheme, "https")) &&
               !outbound->curl.curl_url_get_(parsed, CURLUPART_HOST, &host, 0) &&
               !outbound->curl.curl_url_get_(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) &&
               is_named(outbound, bytes_of(host), bytes_of(port));
    outbound->curl.curl_free_(host);
    outbound->curl.curl_free_(port);
    outbound->curl.curl_free_(scheme);
    outbound->curl.curl_url_cleanup_(parsed);
    return may;
}

static void set_options(CURL *handle, OutboundRequest *request)
{
    const Outbound *outbound = request->outbound;
    for (size_t i = 0; i < OUTBOUND_HEADERS && request->headers[i]; i++)
        request->list = outbound->curl.curl_slist_append_(request->list, request->headers[i]);
    request->list = outbound->curl.curl_slist_append_(request->list, "Expect:");
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_URL, request->url);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_HTTPHEADER, request->list);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_POSTFIELDS, request->body.ptr);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_WRITEFUNCTION, take_answer);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_WRITEDATA, request);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_HEADERFUNCTION, take_field);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_HEADERDATA, request);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_PRIVATE, request);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_PROXY, "");
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_NOSIGNAL, 1L);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    outbound->curl.curl_easy_setopt_(handle, CURLOPT_TIMEOUT, WHOLE_S);
    if (outbound->ca_file)
        outbound->curl.curl_easy_setopt_(handle, CURLOPT_CAINFO, outbound->ca_file);
}

void outbound_start(Outbound *outbound, OutboundRequest *request)
{
    request->outbound = outbound;
    request->trouble = OUTBOUND_NOT_ALLOWED;
    request->status = 0;
    request->answer.len = 0;
    request->handle = request->list = NULL;
    if (!outbound_may_reach(outbound, request->url)) {
        request->list = outbound->refused;
        outbound->refused = request;
        loop_timer_set(outbound->loop, &outbound->refusals, loop_now_ms(outbound->loop));
        return;
    }
    begin(outbound);
    request->handle = outbound->curl.curl_easy_init_();
    if (!request->handle)
        abort();
    set_options(request->handle, request);
    outbound->curl.curl_multi_add_handle_(outbound->multi, request->handle);
}

void outbound_cancel(OutboundRequest *request)
{
    Outbound *outbound = request->outbound;
    if (!outbound)
        return;
    for (OutboundRequest *at = outbound->refused, *before = NULL; at; before = at, at = at->list)
        if (at == request && before)
            before->list = at->list;
        else if (at == request)
            outbound->refused = at->list;
    let_go(request);
}
