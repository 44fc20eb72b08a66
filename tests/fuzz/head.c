/* head.c - what stands before a body: the target, and lines "name: value". Who may call (Runtime, Origin), whose call
 * it is (Authorization, X-Amz-Credential), and which operation of which service it means. Layer: pipeline. */
#include "fuzz.h"
#include "gate.h"
#include "kinesis_model.h"
#include "route.h"
#include "sts_model.h"
#include <unistd.h>

static size_t read_headers(Bytes rest, HttpHeader headers[static LIMIT_HEADERS])
{
    size_t count = 0;
    while (present(rest) && count < LIMIT_HEADERS) {
        Bytes value = bytes_cut(&rest, '\n'), name = bytes_cut(&value, ':');
        headers[count++] = (HttpHeader){name, present(value) ? value : TEXT("")};
    }
    return count;
}

static const Operation *const operations[] = {NULL};
static const Service services[] = {{.model = &KINESIS_SERVICE, .operations = operations},
                                   {.model = &STS_SERVICE, .operations = operations}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HttpHeader headers[LIMIT_HEADERS];
    Bytes rest = {(const char *)data, size}, path = bytes_cut(&rest, '\n');
    Runtime runtime = {.default_account = TEXT("000000000000"), .default_region = TEXT("us-east-1")};
    runtime.random = random_new_seeded(1);
    runtime.clock = clock_new();
    runtime.log = log_new(STDERR_FILENO, LOG_ERROR, LOG_JSON, runtime.clock);
    Arena *arena = arena_new();
    Pipeline *pipeline = pipeline_new(&runtime);
    Gate *gate = gate_new("emu.example.com,*.ci.example.com", "https://app.example,http://localhost:*");
    HttpRequest request = {.arena = arena, .method = TEXT("POST"), .headers = headers, .body = TEXT("")};
    Exchange exchange = {.pipeline = pipeline, .request = &request, .call = {.arena = arena, .runtime = &runtime}};
    request.headers_count = read_headers(rest, headers);
    request.query = path;
    request.path = bytes_cut(&request.query, '?');
    for (size_t i = 0; i < COUNT_OF(services); i++)
        pipeline_add_service(pipeline, &(struct OpenService){&services[i], NULL});
    const char *refusal = gate_refusal(gate, &request, size % 2 ? DOOR_PAGE : DOOR_OPERATION);
    EXPECT(!refusal || !request.answer_headers_count);
    EXPECT(!is_ok(route(&exchange)) && exchange.call.error);
    EXPECT(present(exchange.call.account) && exchange.call.account.len == 12 && exchange.call.region.len);
    gate_free(gate);
    pipeline_free(pipeline);
    log_free(runtime.log);
    clock_free(runtime.clock);
    random_free(runtime.random);
    arena_free(arena);
    return 0;
}
