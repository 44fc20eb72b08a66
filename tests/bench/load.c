/* load.c - plays prepared HTTP/1.1 requests over some connections, one at a time on each, and tells how fast they were
 * answered. One thread, epoll, keep-alive; connects again where the server closes.
 *
 * load FILE PORT CONNECTIONS (SECONDS | xREQUESTS) [EXPECTED | @follow]
 *
 * FILE: requests, each a decimal length, a newline and that many bytes; played round robin. An answer that isn't 200 or
 * lacks EXPECTED counts as an error. @follow plays GetRecords: the first request's ShardIterator is replaced by the
 * NextShardIterator of each answer, and begins anew where an answer has no records.
 * One line of JSON on stdout. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define LATENCIES_MAX   (64 * 1024 * 1024)

typedef struct Text {
    char *ptr;
    size_t len, capacity;
} Text;

typedef struct Connection {
    int fd;
    Text request; /* what is being sent: a view, or owned where iterators are followed */
    size_t sent;
    Text answer;
    size_t head_len, body_len; /* body_len: SIZE_MAX until the head is there; chunked: grows */
    bool is_chunked, closes;
    int64_t begun_ns;
} Connection;

static struct {
    Text *requests;
    size_t requests_count, next;
    uint16_t port;
    const char *expected, *expected_spaced; /* NULL: nothing; the same with a blank after each colon */
    bool follows;
    char *first_iterator; /* where following begins */
    size_t head_len;      /* of the followed request, up to its Content-Length */
    uint64_t left;        /* requests to send; UINT64_MAX: by time */
    uint64_t begun, answers, errors, bytes;
    uint32_t *latencies_us;
    int epoll;
} load;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void reserve(Text *text, size_t more)
{
    if (text->len + more + 1 <= text->capacity)
        return;
    text->capacity = (text->len + more + 1) * 2;
    text->ptr = realloc(text->ptr, text->capacity);
    if (!text->ptr)
        die("memory");
}

static void read_requests(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len;
    if (!file)
        die(path);
    while (fscanf(file, "%zu", &len) == 1 && fgetc(file) == '\n') {
        Text request = {malloc(len + 1), len, len + 1};
        if (!request.ptr || fread(request.ptr, 1, len, file) != len)
            die(path);
        request.ptr[len] = 0;
        load.requests = realloc(load.requests, (load.requests_count + 1) * sizeof *load.requests);
        load.requests[load.requests_count++] = request;
    }
    fclose(file);
    if (!load.requests_count)
        die("no requests");
}

static char *iterator_in(const char *body, const char *name)
{
    const char *at = strstr(body, name), *end;
    if (!at || !(at = strchr(at, ':')) || *(at += 1 + strspn(at + 1, " ")) != '"' || !(end = strchr(at + 1, '"')))
        return NULL;
    return strndup(at + 1, (size_t)(end - at - 1));
}

static char *spaced(const char *text)
{
    char *copy = malloc(2 * strlen(text) + 1), *out = copy;
    if (!copy)
        die("memory");
    for (; *text; text++) {
        *out++ = *text;
        if (*text == ':')
            *out++ = ' ';
    }
    *out = 0;
    return copy;
}

static void prepare_following(void)
{
    char *request = load.requests[0].ptr, *length = strstr(request, "Content-Length:");
    load.first_iterator = iterator_in(request, "ShardIterator");
    if (!length || !load.first_iterator)
        die("nothing to follow");
    load.head_len = (size_t)(length - request);
}

static void follow(Connection *connection, const char *iterator)
{
    Text *request = &connection->request;
    size_t body_len = strlen(iterator) + strlen("{\"ShardIterator\":\"\",\"Limit\":10000}");
    request->len = 0;
    reserve(request, load.head_len + body_len + 100);
    memcpy(request->ptr, load.requests[0].ptr, load.head_len);
    request->len =
        load.head_len + (size_t)sprintf(request->ptr + load.head_len,
                                        "Content-Length: %zu\r\n\r\n{\"ShardIterator\":\"%s\",\"Limit\":10000}",
                                        body_len, iterator);
}

static void follow_answer(Connection *connection, const char *body)
{
    /* The iterator stands before or behind megabytes of records: look from the end first. */
    size_t len = connection->body_len, tail = len > 2000 ? 2000 : len;
    char *next = iterator_in(body + len - tail, "NextShardIterator");
    bool is_empty = strstr(body + len - tail, "\"Records\":[]") || len < 600;
    if (!next && !is_empty)
        next = iterator_in(body, "NextShardIterator");
    follow(connection, next && !is_empty ? next : load.first_iterator);
    free(next);
}

static void connect_anew(Connection *connection)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(load.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
    int yes = 1;
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address))
        die("connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, connection->fd, &event))
        die("epoll");
}

static void send_more(Connection *connection)
{
    while (connection->sent < connection->request.len) {
        ssize_t count = send(connection->fd, connection->request.ptr + connection->sent,
                             connection->request.len - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (count < 0)
            die("send");
        connection->sent += (size_t)count;
    }
}

static void begin(Connection *connection)
{
    if (!load.left) {
        connection->request.len = 0;
        return;
    }
    if (load.left != UINT64_MAX)
        load.left--;
    load.begun++;
    if (!load.follows)
        connection->request = load.requests[load.next++ % load.requests_count];
    connection->sent = connection->answer.len = connection->head_len = 0;
    connection->body_len = SIZE_MAX;
    connection->begun_ns = now_ns();
    send_more(connection);
}

static void read_head(Connection *connection)
{
    char *end = strstr(connection->answer.ptr, "\r\n\r\n"), *length, *close_;
    if (!end)
        return;
    *end = 0;
    connection->head_len = (size_t)(end - connection->answer.ptr) + 4;
    length = strcasestr(connection->answer.ptr, "\r\ncontent-length:");
    close_ = strcasestr(connection->answer.ptr, "\r\nconnection: close");
    connection->is_chunked = strcasestr(connection->answer.ptr, "\r\ntransfer-encoding: chunked") != NULL;
    connection->closes = close_ != NULL || !strncmp(connection->answer.ptr, "HTTP/1.0", 8);
    connection->body_len = length ? strtoul(length + 17, NULL, 10) : 0;
}

static bool is_whole(Connection *connection)
{
    if (!connection->head_len)
        read_head(connection);
    if (!connection->head_len)
        return false;
    if (!connection->is_chunked)
        return connection->answer.len >= connection->head_len + connection->body_len;
    connection->body_len = connection->answer.len - connection->head_len;
    return connection->body_len >= 5 && !memcmp(connection->answer.ptr + connection->answer.len - 5, "0\r\n\r\n", 5);
}

static void count(Connection *connection)
{
    char *body = connection->answer.ptr + connection->head_len;
    bool is_fine =
        !strncmp(connection->answer.ptr + 8, " 200", 4) &&
        (!load.expected || load.follows || strstr(body, load.expected) || strstr(body, load.expected_spaced));
    int64_t took_us = (now_ns() - connection->begun_ns) / 1000;
    if (!is_fine && !load.errors)
        fprintf(stderr, "load: first error: %.400s\n%.400s\n", connection->answer.ptr, body);
    if (load.answers < LATENCIES_MAX)
        load.latencies_us[load.answers] = (uint32_t)took_us;
    load.answers++;
    load.errors += !is_fine;
    load.bytes += connection->body_len;
    if (load.follows)
        follow_answer(connection, body);
}

static void read_more(Connection *connection)
{
    for (;;) {
        reserve(&connection->answer, 256 * 1024);
        ssize_t got = recv(connection->fd, connection->answer.ptr + connection->answer.len, 256 * 1024, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (got <= 0) {
            if (connection->request.len && !connection->closes)
                die("recv");
            connect_anew(connection);
            return;
        }
        connection->answer.len += (size_t)got;
        connection->answer.ptr[connection->answer.len] = 0;
        if (!connection->request.len || !is_whole(connection))
            continue;
        count(connection);
        if (connection->closes)
            connect_anew(connection);
        begin(connection);
    }
}

static void play(Connection *connections, int count_, int64_t until_ns)
{
    struct epoll_event events[CONNECTIONS_MAX];
    uint64_t all = load.left;
    for (int i = 0; i < count_; i++) {
        connections[i].fd = -1;
        if (load.follows)
            follow(&connections[i], load.first_iterator);
        connect_anew(&connections[i]);
        begin(&connections[i]);
    }
    while (load.begun > load.answers) {
        if (all == UINT64_MAX && now_ns() >= until_ns)
            load.left = 0; /* what is on its way is waited for: the next to be measured finds an idle machine */
        int ready = epoll_wait(load.epoll, events, CONNECTIONS_MAX, 100);
        for (int i = 0; i < ready; i++) {
            Connection *connection = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                send_more(connection);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_more(connection);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t percentile(size_t count_, double part)
{
    return count_ ? load.latencies_us[(size_t)((double)(count_ - 1) * part)] : 0;
}

int main(int argc, char **argv)
{
    static Connection connections[CONNECTIONS_MAX];
    if (argc < 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > CONNECTIONS_MAX) {
        fputs("usage: load FILE PORT CONNECTIONS (SECONDS | xREQUESTS) [EXPECTED | @follow]\n", stderr);
        return 2;
    }
    read_requests(argv[1]);
    load.port = (uint16_t)atoi(argv[2]);
    load.left = argv[4][0] == 'x' ? strtoull(argv[4] + 1, NULL, 10) : UINT64_MAX;
    load.expected = argc > 5 ? argv[5] : NULL;
    load.expected_spaced = load.expected ? spaced(load.expected) : NULL;
    load.follows = load.expected && !strcmp(load.expected, "@follow");
    load.latencies_us = malloc(LATENCIES_MAX * sizeof *load.latencies_us);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!load.latencies_us || load.epoll < 0)
        die("start");
    if (load.follows)
        prepare_following();
    int64_t begun = now_ns();
    play(connections, atoi(argv[3]), begun + (int64_t)(strtod(argv[4], NULL) * 1e9));
    double seconds = (double)(now_ns() - begun) / 1e9;
    size_t kept = load.answers < LATENCIES_MAX ? load.answers : LATENCIES_MAX;
    qsort(load.latencies_us, kept, sizeof *load.latencies_us, by_value);
    printf("{\"answers\":%llu,\"errors\":%llu,\"bytes\":%llu,\"seconds\":%.3f,\"p50_us\":%u,\"p99_us\":%u}\n",
           (unsigned long long)load.answers, (unsigned long long)load.errors, (unsigned long long)load.bytes, seconds,
           percentile(kept, 0.5), percentile(kept, 0.99));
    return 0;
}
