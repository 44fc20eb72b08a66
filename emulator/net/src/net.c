/* net.c - the loop: one epoll for everything, libmicrohttpd's own among it. */
#include "connection.h"
#include "net_private.h"
#include "sniff.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_ROUND 64
#define BACKLOG         1024
#define SWEEP_MS        10000
#define PRESSED_MS      250
#define OTHER_FILES     256 /* of the store, of helpers; and ours that are no connections */
#define RETRY_MS        500 /* where the system has no more sockets for us */

static int refuse(const char **ret_reason, int code, const char *reason)
{
    *ret_reason = reason;
    return code;
}

static int bind_failed(const char **ret_reason)
{
    switch (errno) {
    case EADDRINUSE:
        return refuse(ret_reason, NET_PORT_TAKEN, "another process listens on this port");
    case EACCES:
    case EPERM:
        return refuse(ret_reason, NET_NO_PERMISSION, "ports below 1024 need a privilege");
    case EADDRNOTAVAIL:
        return refuse(ret_reason, NET_BAD_HOST, "no network interface of this machine has this address");
    default:
        return refuse(ret_reason, NET_BROKEN, strerror(errno));
    }
}

static int listen_at(const struct addrinfo *at, int *ret_fd, const char **ret_reason)
{
    static const int on = 1, off = 0;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return refuse(ret_reason, NET_BROKEN, strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at->ai_addr, at->ai_addrlen) || listen(fd, BACKLOG)) {
        int code = bind_failed(ret_reason);
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return NET_OK;
}

static int listen_on(const NetOptions *options, int *ret_fd, const char **ret_reason)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    char port[8];
    snprintf(port, sizeof port, "%u", options->port);
    int code = getaddrinfo(options->host, port, &hints, &found);
    if (code)
        return refuse(ret_reason, NET_BAD_HOST, gai_strerror(code));
    code = listen_at(found, ret_fd, ret_reason);
    freeaddrinfo(found);
    return code;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {.v6 = {0}};
    socklen_t len = sizeof at;
    if (getsockname(fd, &at.any, &len))
        return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static void set_accepting(Net *net, bool accepting)
{
    loop_watch(net->loop, &net->listener, accepting ? EPOLLIN : 0);
}

static void connection_closed(void *context)
{
    Net *net = context;
    net->connections--;
    if (net->accepting)
        set_accepting(net, true);
}

static void pause_accepting(Net *net)
{
    set_accepting(net, false);
    net->is_paused = true;
    if (net->sweep_at_ms > loop_now_ms(net->loop) + RETRY_MS)
        net->sweep_at_ms = loop_now_ms(net->loop) + RETRY_MS;
}

/* The highest number of files, and what it leaves for connections. */
static size_t connections_max(const Net *net)
{
    struct rlimit files;
    size_t wanted = net->options.connections_max ? net->options.connections_max : LIMIT_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &files))
        return wanted;
    if (files.rlim_cur < files.rlim_max && files.rlim_cur < wanted + OTHER_FILES) {
        rlim_t enough = wanted + OTHER_FILES;
        files.rlim_cur = enough < files.rlim_max ? enough : files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) && getrlimit(RLIMIT_NOFILE, &files))
            return wanted;
    }
    size_t left = files.rlim_cur > 2 * OTHER_FILES ? files.rlim_cur - OTHER_FILES : files.rlim_cur / 2;
    return wanted < left ? wanted : left;
}

static void listener_ready(Watch *watch, uint32_t events)
{
    Net *net = owner_of(watch, Net, listener);
    (void)events;
    for (int i = 0; i < ACCEPTS_A_ROUND; i++) {
        if (net->connections >= net->connections_max) {
            set_accepting(net, false); /* until one is closed */
            connections_close_one(net);
            return;
        }
        int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            connection_open(net, fd);
        } else {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_accepting(net);
            if (errno != ECONNABORTED && errno != EINTR)
                return;
        }
    }
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

Net *net_close(Net *net)
{
    if (!net)
        return NULL;
    net->accepting = false;
    loop_remove_user(net->loop, &net->user);
    if (net->listener.fd >= 0)
        loop_watch(net->loop, &net->listener, 0);
    connections_close_all(net);
    h1_free(net->h1);
    connections_bury(net);
    transfers_tell_gone(&net->transfers);
    transfers_done(&net->transfers);
    identity_done(&net->identity);
    close_fd(net->listener.fd);
    free(net->tls_directory);
    free(net->read_buffer);
    free(net);
    return NULL;
}

uint16_t net_port(const Net *net)
{
    return net->port;
}

void net_stop_accepting(Net *net)
{
    net->accepting = false;
    set_accepting(net, false);
    close_fd(net->listener.fd);
    net->listener.fd = -1;
}

size_t net_connections(const Net *net)
{
    return net->connections;
}

size_t net_held_bytes(const Net *net)
{
    return net->transfers.held;
}

size_t net_open_requests(const Net *net)
{
    return net->transfers.open;
}

Bytes net_ca_pem(Net *net, Arena *arena)
{
    if (!net_identity(net) || !net->identity.ca_pem.data)
        return (Bytes){0};
    return arena_copy(arena, (Bytes){(const char *)net->identity.ca_pem.data, net->identity.ca_pem.size});
}

static int sooner(int wait_ms, int64_t other_ms)
{
    if (other_ms < 0 || (wait_ms >= 0 && wait_ms <= other_ms))
        return wait_ms;
    return (int)other_ms;
}

static int64_t sweep_ms(const Net *net)
{
    int64_t quarter = INT64_C(250) * (net->options.request_s ? net->options.request_s : LIMIT_REQUEST_S);
    return quarter < SWEEP_MS ? quarter : SWEEP_MS;
}

/* Sooner while requests are refused for want of memory. */
static int64_t next_sweep_ms(const Net *net)
{
    int64_t early = net->transfers.is_pressed ? sweep_ms(net) - PRESSED_MS : 0;
    return net->sweep_at_ms - (early > 0 ? early : 0);
}

static int longest_wait(Net *net)
{
    int wait_ms = sooner(-1, h1_wait_ms(net->h1));
    if (net->first || net->is_paused || net->transfers.first) {
        int64_t until_sweep = next_sweep_ms(net) - loop_now_ms(net->loop);
        wait_ms = sooner(wait_ms, until_sweep > 0 ? until_sweep : 0);
    }
    return wait_ms;
}

static void sweep(Net *net)
{
    net->sweep_at_ms = loop_now_ms(net->loop) + sweep_ms(net);
    transfers_sweep(&net->transfers);
    h1_sweep(net->h1);
    connections_sweep(net);
    if (net->is_paused && net->accepting) {
        net->is_paused = false;
        set_accepting(net, true);
    }
}

/* Sends what the owner answered since the last round. */
static void send_answers(Net *net)
{
    transfers_tell_gone(&net->transfers);
    h1_run_if_due(net->h1);
    connections_flush(net);
}

static int64_t before_wait(LoopUser *user)
{
    Net *net = owner_of(user, Net, user);
    size_t delivered = net->transfers.delivered;
    h1_begin_round(net->h1, ++net->round);
    transfers_begin_round(&net->transfers);
    transfers_deliver_waiting(&net->transfers);
    send_answers(net);
    /* Requests that came in meanwhile are not kept waiting. */
    bool is_busy = net->transfers.delivered != delivered || net->transfers.waiting_first;
    return is_busy ? 0 : longest_wait(net);
}

static void awake(LoopUser *user)
{
    transfers_begin_round(&owner_of(user, Net, user)->transfers);
}

static void after_round(LoopUser *user)
{
    Net *net = owner_of(user, Net, user);
    if (loop_now_ms(net->loop) >= next_sweep_ms(net))
        sweep(net);
    h1_run_if_due(net->h1);
    connections_flush(net);
    connections_bury(net);
}

/* Opens the port and libmicrohttpd. */
static int start(Net *net, const char **ret_reason)
{
    int code = listen_on(&net->options, &net->listener.fd, ret_reason);
    if (code)
        return code;
    net->h1 = h1_new(&net->transfers, net->loop, connection_closed, net);
    if (!net->h1)
        return refuse(ret_reason, NET_BROKEN, "the HTTP server does not start");
    if (!net->options.certificate_path)
        return NET_OK;
    code = identity_load(&net->identity, net->options.certificate_path, net->options.key_path);
    net->has_identity = code == 0;
    return code ? refuse(ret_reason, NET_BAD_CERTIFICATE, gnutls_strerror(code)) : NET_OK;
}

int net_open(const NetOptions *options, Net **ret_net, const char **ret_reason)
{
    Net *net = calloc(1, sizeof *net);
    if (!net)
        abort();
    net->options = *options;
    net->tls_directory = options->tls_directory ? strdup(options->tls_directory) : NULL;
    net->listener = (Watch){listener_ready, -1, 0};
    net->loop = options->loop;
    net->on_closed = connection_closed;
    net->read_buffer = malloc(READ_BYTES);
    if (!net->read_buffer)
        abort();
    net->connections_max = connections_max(net);
    transfers_init(&net->transfers, &net->options);
    int code = start(net, ret_reason);
    if (code) {
        net_close(net);
        return code;
    }
    net->port = port_of(net->listener.fd);
    net->accepting = true;
    set_accepting(net, true);
    net->user = (LoopUser){before_wait, awake, after_round, NULL};
    loop_add_user(net->loop, &net->user);
    *ret_net = net;
    return NET_OK;
}
