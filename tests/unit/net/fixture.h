/* fixture.h - an owner that answers by path, and clients on loopback sockets, all in one thread: each step of UNTIL is
 * one round of the server's loop and one of every client.
 *
 * /echo: the body back (also any other path). /size: its length. /big: 10 MiB. /hold: not answered until the test does.
 * /stream: an open stream in owner->stream. */
#pragma once
#include "clock.h"
#include "net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka.h wants those above */
#include <cmocka.h>

#define BIG_BYTES    ((size_t)10 * 1024 * 1024)
#define CLIENTS_MAX  4
#define TAKEN_MAX    512
#define PATIENCE_NS  ((int64_t)20 * 1000000000)
#define OWNER_HEADER ((HttpHeader){TEXT("x-amzn-requestid"), TEXT("4f5")})

typedef struct Client Client;
typedef struct Owner {
    Loop *loop;
    Net *net;
    HttpRequest *taken[TAKEN_MAX];
    size_t taken_count;
    HttpRequest *held;
    HttpStream *stream;
    int closed, gone, answered;
    size_t body_max;
    /* of the last request */
    char path[64], query[64], host[64];
    int refused;
    size_t headers_count;
    bool is_http2, is_tls;
    Client *clients[CLIENTS_MAX];
} Owner;

struct Client {
    Owner *owner;
    int fd;
    bool eof;
    gnutls_session_t tls;
    bool tls_ready;
    Buffer in;
    Buffer out;
    size_t out_sent;
    bool slow; /* reads nothing */
    void (*on_bytes)(Client *client, Bytes bytes);
    void (*on_step)(Client *client);
    void *more;
};

static inline void copy_text(char *to, size_t room, Bytes from)
{
    snprintf(to, room, BYTES_FMT, BYTES_ARG(from));
}

static inline void owner_take(void *context, HttpRequest *request)
{
    Owner *owner = context;
    assert_true(owner->taken_count < TAKEN_MAX);
    owner->taken[owner->taken_count++] = request;
}

static inline HttpBodyPlan owner_plan_body(void *context, HttpRequest *request)
{
    return (HttpBodyPlan){((Owner *)context)->body_max, bytes_starts_with(request->path, TEXT("/flow"))};
}

static inline void owner_gone(HttpRequest *request)
{
    ((Owner *)request->owner)->gone++;
}

static inline void owner_closed(void *context)
{
    Owner *owner = context;
    owner->closed++;
    owner->stream = NULL;
}

static inline void owner_open_stream(Owner *owner, HttpRequest *request)
{
    HttpHeader header = OWNER_HEADER;
    HttpResponse head = {.status = 200, .headers = &header, .headers_count = 1};
    owner->stream = http_stream_start(request, &head, owner_closed, owner);
}

static inline void owner_respond(Owner *owner, HttpRequest *request)
{
    HttpHeader header = OWNER_HEADER;
    HttpResponse response = {.status = 200, .headers = &header, .headers_count = 1};
    if (request->refused_status) {
        response.status = request->refused_status;
        buffer_append_text(&response.body, "refused");
    } else if (bytes_is(request->path, "/size")) {
        buffer_append_uint64(&response.body, request->body.len);
    } else if (bytes_is(request->path, "/big")) {
        memset(buffer_reserve(&response.body, BIG_BYTES), 'b', BIG_BYTES);
        response.body.len = BIG_BYTES;
    } else {
        buffer_append(&response.body, request->body);
    }
    owner->answered++;
    http_respond(request, &response);
}

static inline void owner_answer(Owner *owner, HttpRequest *request)
{
    copy_text(owner->path, sizeof owner->path, request->path);
    copy_text(owner->query, sizeof owner->query, request->query);
    copy_text(owner->host, sizeof owner->host, http_header(request, "host"));
    owner->refused = request->refused_status;
    owner->headers_count = request->headers_count;
    owner->is_http2 = request->is_http2;
    owner->is_tls = request->is_tls;
    request->owner = owner;
    request->on_gone = owner_gone;
    if (bytes_is(request->path, "/hold"))
        owner->held = request;
    else if (bytes_is(request->path, "/stream"))
        owner_open_stream(owner, request);
    else
        owner_respond(owner, request);
}

static inline void owner_open(Owner *owner, NetOptions options)
{
    const char *reason = "";
    *owner = (Owner){.body_max = LIMIT_REQUEST_BODY_BYTES};
    options.loop = owner->loop = loop_new();
    options.host = "127.0.0.1";
    options.body_max = LIMIT_REQUEST_BODY_BYTES;
    options.plan_body = owner_plan_body;
    options.on_request = owner_take;
    options.context = owner;
    assert_int_equal(net_open(&options, &owner->net, &reason), NET_OK);
}

static inline void owner_close(Owner *owner)
{
    assert_null(net_close(owner->net));
    owner->loop = loop_free(owner->loop);
}

static inline Client *client_open(Owner *owner)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(net_port(owner->net))};
    Client *client = calloc(1, sizeof *client);
    assert_non_null(client);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->owner = owner;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client->fd >= 0);
    assert_int_equal(connect(client->fd, (struct sockaddr *)&at, sizeof at), 0);
    fcntl(client->fd, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (!owner->clients[i]) {
            owner->clients[i] = client;
            return client;
        }
    fail_msg("too many clients");
    return NULL;
}

static inline void client_close(Client *client)
{
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (client->owner->clients[i] == client)
            client->owner->clients[i] = NULL;
    if (client->tls)
        gnutls_deinit(client->tls);
    close(client->fd);
    buffer_done(&client->in);
    buffer_done(&client->out);
    free(client);
}

static inline void client_send(Client *client, Bytes bytes)
{
    buffer_append(&client->out, bytes);
}

static inline void client_send_text(Client *client, const char *text)
{
    client_send(client, bytes_of(text));
}

static inline ssize_t client_move(Client *client, bool out, char *bytes, size_t len)
{
    if (!client->tls) {
        ssize_t moved = out ? send(client->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT)
                            : recv(client->fd, bytes, len, MSG_DONTWAIT);
        return moved < 0 && errno == EAGAIN ? -1 : moved < 0 ? 0 : moved;
    }
    ssize_t moved = out ? gnutls_record_send(client->tls, bytes, len) : gnutls_record_recv(client->tls, bytes, len);
    return moved == GNUTLS_E_AGAIN || moved == GNUTLS_E_INTERRUPTED ? -1 : moved < 0 ? 0 : moved;
}

static inline void client_read(Client *client)
{
    char bytes[16384];
    for (int i = 0; i < 64 && !client->eof && !client->slow; i++) {
        ssize_t len = client_move(client, false, bytes, sizeof bytes);
        if (len < 0)
            return;
        client->eof = len == 0;
        if (len && client->on_bytes)
            client->on_bytes(client, (Bytes){bytes, (size_t)len});
        else
            buffer_append(&client->in, (Bytes){bytes, (size_t)len});
    }
}

static inline void client_step(Client *client)
{
    if (client->tls && !client->tls_ready) {
        int code = gnutls_handshake(client->tls);
        if (code < 0 && gnutls_error_is_fatal(code))
            client->eof = true;
        client->tls_ready = code == 0;
        if (code)
            return;
    }
    if (client->on_step)
        client->on_step(client);
    while (client->out_sent < client->out.len) {
        ssize_t len = client_move(client, true, client->out.ptr + client->out_sent, client->out.len - client->out_sent);
        if (len <= 0)
            break;
        client->out_sent += (size_t)len;
    }
    client_read(client);
}

static inline void owner_step(Owner *owner)
{
    loop_poll(owner->loop, 1);
    size_t count = owner->taken_count;
    for (size_t i = 0; i < count; i++)
        owner_answer(owner, owner->taken[i]);
    owner->taken_count = 0;
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (owner->clients[i])
            client_step(owner->clients[i]);
}

#define UNTIL(owner, condition)                                                                                        \
    do {                                                                                                               \
        int64_t deadline_ = monotonic_ns() + PATIENCE_NS;                                                              \
        while (!(condition)) {                                                                                         \
            owner_step(owner);                                                                                         \
            assert_true(monotonic_ns() < deadline_);                                                                   \
        }                                                                                                              \
    } while (0)

static inline void owner_rounds(Owner *owner, int rounds)
{
    for (int i = 0; i < rounds; i++)
        owner_step(owner);
}

static inline bool client_has(Client *client, const char *text)
{
    return client->in.len && memmem(client->in.ptr, client->in.len, text, strlen(text));
}

static inline size_t client_count(Client *client, const char *text)
{
    size_t count = 0;
    const char *at = client->in.ptr, *end = at + client->in.len;
    while (at && (at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
        at += strlen(text);
        count++;
    }
    return count;
}
