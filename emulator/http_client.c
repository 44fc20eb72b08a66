/* http_client.c */
#include "http_client.h"
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

const char *reachable_host(const char *host)
{
    return !strcmp(host, "0.0.0.0") ? "127.0.0.1" : !strcmp(host, "::") ? "::1" : host;
}

static int connect_to(const Config *config, int wait_s)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    const char *host = reachable_host(config_text(config, SETTING_HOST)), *port = config_text(config, SETTING_PORT);
    struct timeval wait = {.tv_sec = wait_s};
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &found))
        return -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        if (connect(fd, at->ai_addr, at->ai_addrlen)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static bool send_all(int fd, Bytes bytes)
{
    while (bytes.len) {
        ssize_t count = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes = bytes_slice(bytes, (size_t)count, bytes.len - (size_t)count);
    }
    return true;
}

/* The connection is closed behind the answer, which ends it; ours is never chunked where its length is known. */
static void read_answer(int fd, Asked *asked)
{
    Buffer *all = &asked->body;
    ssize_t count;
    while ((count = recv(fd, buffer_reserve(all, 65536), 65536, 0)) > 0)
        all->len += (size_t)count;
    Bytes body = buffer_bytes(all);
    if (count < 0 || !bytes_starts_with(body, TEXT("HTTP/1.1 ")) || body.len < 12)
        return;
    int64_t status = 0;
    bool has_status = bytes_to_int64(bytes_slice(body, 9, 3), &status);
    while (present(body) && bytes_cut(&body, '\n').len > 1)
        ;
    if (!present(body) || !has_status)
        return;
    asked->status = (int)status;
    memmove(all->ptr, body.ptr, body.len);
    all->len = body.len;
}

Asked http_ask(const Config *config, const char *method, const char *path, Bytes body, int wait_s)
{
    Asked asked = {0};
    Buffer request = {0};
    int fd = connect_to(config, wait_s);
    if (fd < 0)
        return asked;
    buffer_append_format(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, path);
    if (present(body))
        buffer_append_format(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
    buffer_append_text(&request, "\r\n");
    buffer_append(&request, body);
    if (send_all(fd, buffer_bytes(&request)))
        read_answer(fd, &asked);
    buffer_done(&request);
    close(fd);
    return asked;
}
