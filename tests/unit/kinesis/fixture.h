/* fixture.h - the service in memory, without a pipeline: operations are run as the turn runs them. */
#pragma once
#include "call_hooks.h"
#include "operations.h"
#include "record.h"
#include "shard.h"
#include "subscription.h"
#include "token.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's: call.h has its own */

#define START_MS INT64_C(1700000000000)

/* What a subscriber has got. */
typedef struct FakeStream {
    EventStream stream; /* first */
    void (*on_close)(void *context);
    void *context;
    size_t events, records, children, backlog;
    char last_data[32], continuation[64];
    bool has_continuation, ended;
    const char *failed_with;
} FakeStream;

typedef struct Fixture {
    Runtime runtime;
    Kinesis *kinesis;
    Arena *arena;
    Call call;
    char directory[32]; /* empty: in memory */
    FakeStream *opened; /* the last */
    FakeStream streams[8];
    size_t streams_count;
} Fixture;

static EventStream *fake_open(Call *call, void (*on_close)(void *context), void *context)
{
    Fixture *fixture = call->exchange;
    FakeStream *stream = &fixture->streams[fixture->streams_count++];
    *stream = (FakeStream){.stream.hooks = call->hooks, .on_close = on_close, .context = context};
    fixture->opened = stream;
    return &stream->stream;
}

static void fake_send(EventStream *opened, int field, const void *sent)
{
    FakeStream *stream = (FakeStream *)opened;
    const KinesisSubscribeToShardEvent *event = sent;
    assert_int_equal(field, 0);
    assert_non_null(event->records.items);
    stream->events++;
    stream->records += event->records.len;
    stream->children += event->child_shards.len;
    stream->has_continuation = present(event->continuation_sequence_number);
    assert_int_equal(stream->has_continuation, !event->child_shards.len);
    if (stream->has_continuation)
        snprintf(stream->continuation, sizeof stream->continuation, BYTES_FMT,
                 BYTES_ARG(event->continuation_sequence_number));
    for (size_t i = 0; i < event->records.len; i++) {
        Bytes data = event->records.items[i].data;
        stream->backlog += data.len;
        snprintf(stream->last_data, sizeof stream->last_data, BYTES_FMT, BYTES_ARG(data));
    }
}

static size_t fake_backlog(const EventStream *opened)
{
    return ((const FakeStream *)opened)->backlog;
}

static void fake_end(EventStream *opened)
{
    ((FakeStream *)opened)->ended = true;
}

static void fake_fail(EventStream *opened, const ErrorModel *error, Bytes message)
{
    (void)message;
    ((FakeStream *)opened)->failed_with = error->code;
}

static const CallHooks fake_hooks = {
    .stream_open = fake_open,
    .stream_send = fake_send,
    .stream_backlog = fake_backlog,
    .stream_end = fake_end,
    .stream_fail = fake_fail,
};

static void open_service(Fixture *fixture)
{
    const char *reason = NULL;
    Runtime *runtime = &fixture->runtime;
    bool in_memory = !fixture->directory[0];
    runtime->scheduler = scheduler_new(runtime->clock);
    assert_int_equal(store_open(in_memory ? NULL : fixture->directory,
                                in_memory ? DURABILITY_MEMORY : DURABILITY_COMMIT, &runtime->store, &reason),
                     STORE_OK);
    fixture->kinesis =
        runtime_open_service(runtime, &kinesis_service) ? runtime_service(runtime, &kinesis_service) : NULL;
    assert_non_null(fixture->kinesis);
    assert_int_equal(store_commit(runtime->store), STORE_OK);
}

static void close_service(Fixture *fixture)
{
    runtime_close_services(&fixture->runtime);
    fixture->kinesis = NULL;
    fixture->runtime.store = store_close(fixture->runtime.store);
    fixture->runtime.scheduler = scheduler_free(fixture->runtime.scheduler);
}

static int set_up(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    fixture->runtime.clock = clock_new();
    clock_freeze(fixture->runtime.clock);
    clock_set_ms(fixture->runtime.clock, START_MS);
    fixture->runtime.random = random_new_seeded(1);
    fixture->runtime.log = log_new(STDERR_FILENO, LOG_WARN, LOG_HUMAN, fixture->runtime.clock);
    fixture->arena = arena_new();
    open_service(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    close_service(fixture);
    arena_free(fixture->arena);
    log_free(fixture->runtime.log);
    random_free(fixture->runtime.random);
    clock_free(fixture->runtime.clock);
    if (fixture->directory[0]) {
        char command[64];
        snprintf(command, sizeof command, "rm -rf %s", fixture->directory);
        assert_int_equal(system(command), 0);
    }
    free(fixture);
    return 0;
}

static void end_turn(Fixture *fixture)
{
    assert_int_equal(store_commit(fixture->runtime.store), STORE_OK);
    runtime_tell_events(&fixture->runtime);
}

/* One call within the turn that is on. NULL: it went well; else the code of its error. */
static const char *call(Fixture *fixture, const Operation *operation, const void *in, void *out)
{
    fixture->call = (Call){
        .arena = fixture->arena,
        .runtime = &fixture->runtime,
        .store = fixture->runtime.store,
        .service = fixture->kinesis,
        .operation = operation,
        .account = TEXT("000000000000"),
        .region = TEXT("us-east-1"),
        .request_id = TEXT("r"),
        .now_ms = clock_now_ms(fixture->runtime.clock),
        .hooks = &fake_hooks,
        .exchange = fixture,
    };
    memset(out, 0, operation->model->output->size);
    Status status = operation->run(&fixture->call, in, out);
    assert_true(status.code_ >= 0);
    return is_ok(status) ? NULL : fixture->call.error->code;
}

/* One turn with one call. */
static const char *run(Fixture *fixture, const Operation *operation, const void *in, void *out)
{
    scheduler_run(fixture->runtime.scheduler);
    const char *error = call(fixture, operation, in, out);
    end_turn(fixture);
    return error;
}

/* The clock goes on, and what is due then runs: as often as a loop would turn. */
static __attribute__((unused)) void pass_ms(Fixture *fixture, int64_t ms)
{
    clock_advance_ms(fixture->runtime.clock, ms);
    scheduler_run(fixture->runtime.scheduler);
    end_turn(fixture);
}

static __attribute__((unused)) Stream *make_stream(Fixture *fixture, const char *name, int32_t shards)
{
    KinesisCreateStreamOutput out;
    KinesisCreateStreamInput in = {.stream_name = bytes_of(name)};
    SET(&in, shard_count, shards);
    assert_null(run(fixture, &KinesisCreateStream, &in, &out));
    return streams_get(fixture->kinesis, (KinesisStreamName){TEXT("000000000000"), TEXT("us-east-1"), bytes_of(name)});
}

/* Into the shard of the lowest hash keys. */
static __attribute__((unused)) Bytes put(Fixture *fixture, const char *stream, const char *data)
{
    KinesisPutRecordOutput out;
    KinesisPutRecordInput in = {.stream_name = bytes_of(stream),
                                .data = bytes_of(data),
                                .partition_key = TEXT("k"),
                                .explicit_hash_key = TEXT("0")};
    assert_null(run(fixture, &KinesisPutRecord, &in, &out));
    return out.sequence_number;
}

static __attribute__((unused)) Bytes iterator_at(Fixture *fixture, const char *stream, const char *shard, Bytes type,
                                                 Bytes number)
{
    KinesisGetShardIteratorOutput out;
    KinesisGetShardIteratorInput in = {.stream_name = bytes_of(stream),
                                       .shard_id = bytes_of(shard),
                                       .shard_iterator_type = type,
                                       .starting_sequence_number = number};
    assert_null(run(fixture, &KinesisGetShardIterator, &in, &out));
    return out.shard_iterator;
}

static __attribute__((unused)) KinesisGetRecordsOutput page_of(Fixture *fixture, Bytes iterator)
{
    KinesisGetRecordsOutput out;
    KinesisGetRecordsInput in = {.shard_iterator = iterator};
    assert_null(run(fixture, &KinesisGetRecords, &in, &out));
    return out;
}

static __attribute__((unused)) KinesisGetRecordsOutput all_of(Fixture *fixture, const char *stream, const char *shard)
{
    return page_of(fixture, iterator_at(fixture, stream, shard, TEXT("TRIM_HORIZON"), (Bytes){0}));
}
