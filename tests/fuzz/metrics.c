/* metrics.c - CloudWatch, from the body to the answer: read in one of its three protocols, checked, run over some data,
 * written. The first byte chooses operation and protocol; what a call has put is undone after it. */
#include "budget.h"
#include "cloudwatch.h"
#include "cloudwatch_model.h"
#include "fuzz.h"
#include "wire.h"
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW_MS INT64_C(1700000000000)

static Runtime runtime;
static Cloudwatch *cloudwatch;
static Validator *validator;
static jmp_buf given_up;

static const Protocol *const protocols[] = {&PROTOCOL_OF_JSON, &PROTOCOL_OF_QUERY, &PROTOCOL_OF_RPC_V2_CBOR};
enum { OPERATIONS = 21 };

__attribute__((noreturn)) static void give_up(void *context, BudgetKind kind)
{
    (void)context;
    longjmp(given_up, (int)kind);
}

static void run_bounded(Call *call, const Protocol *protocol, Bytes body, WireAnswer *answer)
{
    Arena *arena = call->arena;
    const OperationModel *model = call->operation->model;
    WireRequest request = {.body = body};
    Bytes message = {0};
    void *in = arena_take(arena, model->input->size), *out = arena_take(arena, model->output->size);
    Complaints complaints;
    if (protocol->decode(arena, model, &request, in, &message) != WIRE_OK) {
        EXPECT(bytes_is_utf8(message));
        return;
    }
    if (validate(validator, arena, model->input, in, &complaints)) {
        EXPECT(bytes_is_utf8(complaints_message(arena, &complaints)));
        return;
    }
    Status status = call->operation->run(call, in, out);
    EXPECT(status.code_ >= 0); /* whatever is asked, the store has no fault */
    budget_clear(arena);
    if (is_ok(status))
        protocol->encode(answer, &CLOUDWATCH_SERVICE, model, out, TEXT("id"));
}

/* As the pipeline does it; the answer's body is the caller's to free. */
static void run(Arena *arena, const Operation *operation, const Protocol *protocol, Bytes body, WireAnswer *answer)
{
    Call *call = arena_new_of(arena, Call);
    Budget budget = {64 << 20, 4000000, 1 << 20, give_up, NULL};
    *call = (Call){.arena = arena,
                   .runtime = &runtime,
                   .store = runtime.store,
                   .service = cloudwatch,
                   .operation = operation,
                   .account = runtime.default_account,
                   .region = runtime.default_region,
                   .now_ms = NOW_MS};
    if (setjmp(given_up)) {
        store_end_all(runtime.store);
        return;
    }
    budget_set(arena, &budget);
    run_bounded(call, protocol, body, answer);
}

static void put(const char *name, int64_t time_ms, double value)
{
    Arena *arena = arena_new();
    Scope scope = scope_of_runtime(&runtime, cloudwatch, arena);
    CloudwatchSample sample = {.name_space = TEXT("n"),
                               .name = bytes_of(name),
                               .unit = TEXT("Count"),
                               .time_ms = time_ms,
                               .count = 2,
                               .sum = value,
                               .maximum = value};
    EXPECT(cloudwatch_record(&scope, &sample) == STORE_OK);
    arena_free(arena);
}

static void open_all(void)
{
    const char *reason;
    runtime.clock = clock_new();
    clock_freeze(runtime.clock);
    clock_set_ms(runtime.clock, NOW_MS);
    runtime.scheduler = scheduler_new(runtime.clock);
    runtime.random = random_new_seeded(1);
    runtime.log = log_new(STDERR_FILENO, LOG_ERROR, LOG_HUMAN, runtime.clock);
    runtime.default_account = TEXT("000000000000");
    runtime.default_region = TEXT("us-east-1");
    EXPECT(store_open(NULL, DURABILITY_MEMORY, &runtime.store, &reason) == STORE_OK);
    cloudwatch = cloudwatch_service.open(&runtime);
    validator = validator_new();
    for (int minute = 0; minute < 300; minute++)
        put(minute % 3 ? "m" : "o", NOW_MS - minute * INT64_C(60000), minute);
    EXPECT(store_commit(runtime.store) == STORE_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!cloudwatch)
        open_all();
    if (!size)
        return 0;
    const Operation *operation = cloudwatch_service.operations[data[0] % OPERATIONS];
    const Protocol *protocol = protocols[data[0] / OPERATIONS % COUNT_OF(protocols)];
    Arena *arena = arena_new();
    WireAnswer *answer = arena_new_of(arena, WireAnswer);
    answer->arena = arena;
    run(arena, operation, protocol, (Bytes){(const char *)data + 1, size - 1}, answer);
    EXPECT(protocol == &PROTOCOL_OF_RPC_V2_CBOR || bytes_is_utf8(buffer_bytes(&answer->body)));
    buffer_done(&answer->body);
    arena_free(arena);
    store_rollback(runtime.store);
    return 0;
}
