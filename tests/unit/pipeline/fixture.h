/* fixture.h - a whole pipeline over a real port, with a throw-away service, and clients on loopback sockets; all in one
 * thread. An operation answers with "value"; its input is "value", too. */
#pragma once
#include "budget.h"
#include "pipeline.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's: call.h has its own */

#define HELPER      static __attribute__((unused))
#define CLIENTS_MAX 64
#define ROUNDS_MAX  100000

typedef struct TestInput {
    Bytes value;
} TestInput, TestOutput;

static const Shape test_string = {
    .name = "String", .kind = KIND_STRING, .size = sizeof(Bytes), .min = NO_MIN, .max = NO_MAX};
static const Field test_fields[] = {{.name = {"value", 5},
                                     .path = "value",
                                     .shape = &test_string,
                                     .offset = offsetof(TestInput, value),
                                     .has_offset = NO_OFFSET}};
static const Shape test_shape = {.name = "Test",
                                 .kind = KIND_STRUCTURE,
                                 .size = sizeof(TestInput),
                                 .min = NO_MIN,
                                 .max = NO_MAX,
                                 .fields_count = 1,
                                 .fields = test_fields};
#define TEST_OPERATION(Name, handler, access)                                                                          \
    typedef TestInput Name##Input;                                                                                     \
    typedef TestOutput Name##Output;                                                                                   \
    static const OperationModel Name##Model = {.name = #Name,                                                          \
                                               .input = &test_shape,                                                   \
                                               .output = &test_shape,                                                  \
                                               .has_output = true,                                                     \
                                               .method = "POST",                                                       \
                                               .uri = "/",                                                             \
                                               .status = 200};                                                         \
    extern const Operation Name;                                                                                       \
    OPERATION(Name, handler, access)

typedef struct Fixture {
    Runtime runtime;
    Pipeline *pipeline;
    Net *net;
    int clients[CLIENTS_MAX];
    int clients_count;
} Fixture;

HELPER void fixture_open(Fixture *fixture, const Service *service)
{
    static const char *const steps[] = {"CREATE TABLE thing (value BLOB PRIMARY KEY) WITHOUT ROWID", NULL};
    static const Migration migration = {"test", steps};
    Runtime *runtime = &fixture->runtime;
    const char *reason = NULL;
    runtime->clock = clock_new();
    runtime->scheduler = scheduler_new(runtime->clock);
    runtime->random = random_new_seeded(1);
    runtime->log = log_new(STDERR_FILENO, LOG_ERROR + 1, LOG_HUMAN, runtime->clock);
    runtime->default_account = TEXT("000000000000");
    runtime->default_region = TEXT("us-east-1");
    assert_int_equal(store_open(NULL, DURABILITY_MEMORY, &runtime->store, &reason), STORE_OK);
    assert_int_equal(store_migrate(runtime->store, &migration), STORE_OK);
    assert_int_equal(store_commit(runtime->store), STORE_OK);
    fixture->pipeline = pipeline_new(runtime);
    pipeline_add_service(fixture->pipeline, &(struct OpenService){service, fixture});
    runtime->loop = loop_new();
    NetOptions options = {.loop = runtime->loop,
                          .host = "127.0.0.1",
                          .body_max = LIMIT_REQUEST_BODY_BYTES,
                          .on_request = pipeline_take,
                          .context = fixture->pipeline};
    assert_int_equal(net_open(&options, &fixture->net, &reason), NET_OK);
}

HELPER void fixture_close(Fixture *fixture)
{
    for (int i = 0; i < fixture->clients_count; i++)
        close(fixture->clients[i]);
    net_close(fixture->net);
    pipeline_free(fixture->pipeline);
    store_close(fixture->runtime.store);
    log_free(fixture->runtime.log);
    random_free(fixture->runtime.random);
    scheduler_free(fixture->runtime.scheduler);
    clock_free(fixture->runtime.clock);
    loop_free(fixture->runtime.loop);
}

/* Sends a request on a connection of its own; its number. */
HELPER int client_send(Fixture *fixture, const char *request, int len)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(net_port(fixture->net)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && fixture->clients_count < CLIENTS_MAX);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, request, (size_t)len, 0), len);
    fixture->clients[fixture->clients_count] = fd;
    return fixture->clients_count++;
}

/* A call of an operation. */
HELPER int client_call(Fixture *fixture, const char *operation, const char *value)
{
    char body[256], request[1024];
    int body_len = snprintf(body, sizeof body, "{\"value\":\"%s\"}", value);
    int len = snprintf(request, sizeof request,
                       "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Amz-Target: Test.%s\r\n"
                       "Content-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n%s",
                       operation, body_len, body);
    return client_send(fixture, request, len);
}

/* Takes what has been sent, without a turn. */
HELPER void take_all(Fixture *fixture)
{
    for (int i = 0; i < 20; i++)
        loop_poll(fixture->runtime.loop, 1);
}

/* The whole answer, NUL-terminated; free it. */
HELPER char *client_answer(Fixture *fixture, int client)
{
    Buffer answer = {0};
    ssize_t len = -1;
    for (int round = 0; len && round < ROUNDS_MAX; round++) {
        char *to = buffer_reserve(&answer, 65536);
        loop_poll(fixture->runtime.loop, pipeline_wait_ms(fixture->pipeline) ? 1 : 0);
        pipeline_turn(fixture->pipeline);
        len = recv(fixture->clients[client], to, 65535, MSG_DONTWAIT);
        answer.len += len > 0 ? (size_t)len : 0;
    }
    assert_int_equal(len, 0);
    buffer_append_char(&answer, '\0');
    return answer.ptr;
}

HELPER void assert_answer_has(Fixture *fixture, int client, const char *expected)
{
    char *answer = client_answer(fixture, client);
    bool has = strstr(answer, expected) != NULL;
    if (!has)
        print_error("no \"%s\" in: %s\n", expected, answer);
    free(answer);
    assert_true(has);
}
