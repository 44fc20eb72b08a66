/* commands.c */
#include "commands.h"
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HEALTH_WAIT_S 5

static void print(Buffer *text)
{
    fwrite(text->ptr, 1, text->len, stdout);
    buffer_done(text);
}

void print_help(void)
{
    Buffer text = {0};
    buffer_append_text(&text,
                       "Usage: evpoc-emu [setting]...          emulate, until SIGTERM or Ctrl-C\n"
                       "       evpoc-emu config [setting]...   print the settings in force and whence each comes\n"
                       "       evpoc-emu health [setting]...   ask the emulator of these settings how it is\n"
                       "A local, offline emulator of Kinesis, Glue Schema Registry, DynamoDB, CloudWatch, STS and KMS "
                       "on one port.\n\n");
    settings_write_help(&text);
    buffer_append_text(
        &text,
        "  --help, --version\n\n"
        "Each setting can also be given as EVPOC_NAME in the environment or as a line of evpoc.toml.\n"
        "Clients need nothing but AWS_ENDPOINT_URL=http://localhost:4566 and any credentials.\n"
        "http://localhost:4566/_evpoc/health tells how it is; /_evpoc/ca.pem is the CA that TLS clients may trust.\n");
    print(&text);
}

int command_config(const Config *config)
{
    Buffer text = {0};
    config_print(config, &text);
    print(&text);
    return 0;
}

const char *reachable_host(const char *host)
{
    return !strcmp(host, "0.0.0.0") ? "127.0.0.1" : !strcmp(host, "::") ? "::1" : host;
}

static int connect_to(const Config *config)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    const char *host = reachable_host(config_text(config, SETTING_HOST)), *port = config_text(config, SETTING_PORT);
    struct timeval wait = {.tv_sec = HEALTH_WAIT_S};
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

int command_health(const Config *config)
{
    static const char request[] = "GET /_evpoc/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    Buffer answer = {0};
    int fd = connect_to(config);
    if (fd < 0) {
        fprintf(stderr, "evpoc-emu: nobody answers at %s port %s\n", reachable_host(config_text(config, SETTING_HOST)),
                config_text(config, SETTING_PORT));
        return 1;
    }
    ssize_t count = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    while (count > 0 && (count = recv(fd, buffer_reserve(&answer, 4096), 4096, 0)) > 0)
        answer.len += (size_t)count;
    close(fd);
    Bytes body = buffer_bytes(&answer);
    bool is_well = bytes_starts_with(body, TEXT("HTTP/1.1 200 "));
    while (present(body) && bytes_cut(&body, '\n').len > 1)
        ;
    fprintf(is_well ? stdout : stderr, BYTES_FMT, BYTES_ARG(present(body) ? body : TEXT("no answer\n")));
    buffer_done(&answer);
    return is_well ? 0 : 1;
}
