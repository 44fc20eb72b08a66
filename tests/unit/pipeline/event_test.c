/* event_test.c - what a turn publishes is told after its commit, in order, and not at all where it is undone. */
#include "event.h"
#include "fixture.h"

typedef struct Grew {
    Bytes what;
} Grew;
static const EventKind GREW = {"test: grew", sizeof(Grew)}, NOBODY_WATCHES = {"test: unwatched", sizeof(Grew)};
static const Query insert = {"INSERT INTO thing VALUES (?1)"};
static char told[256];
static Runtime *runtime;

static Status publish(Call *call, Bytes value)
{
    Statement *statement = statement_begin(call->store, &insert);
    bind_bytes(statement, 1, value);
    TRY(expect_ok(call, statement_run(statement)));
    Grew grew = {arena_copy(runtime_event_arena(call->runtime), value)};
    runtime_publish(call->runtime, &GREW, &grew);
    runtime_publish(call->runtime, &NOBODY_WATCHES, &grew);
    return OK;
}

TEST_OPERATION(Put, put, WRITES);
static Status put(Call *call, const TestInput *in, TestOutput *out)
{
    out->value = in->value;
    return publish(call, in->value);
}

TEST_OPERATION(PutThenFail, put_then_fail, WRITES);
static Status put_then_fail(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    TRY(publish(call, in->value));
    return fail(call, &COMMON_VALIDATION, "no");
}

static const char *const names[] = {"Put", "PutThenFail", NULL};
static const ServiceModel model = {.name = "test",
                                   .title = "Test",
                                   .target_prefix = "Test",
                                   .json_version = "1.1",
                                   .protocols = PROTOCOL_JSON,
                                   .body_max = 1 << 20,
                                   .operations = names};
static const Operation *const operations[] = {&Put, &PutThenFail, NULL};
static const Service service = {.model = &model, .operations = operations};

static void watch(void *context, const void *event)
{
    const Grew *grew = event;
    char word[32];
    snprintf(word, sizeof word, "%s" BYTES_FMT " ", (const char *)context, BYTES_ARG(grew->what));
    strncat(told, word, sizeof told - strlen(told) - 1);
}

/* What a watcher publishes is told in the turn after. */
static void watch_and_publish(void *context, const void *event)
{
    const Grew *grew = event;
    (void)context;
    if (grew->what.len < 3)
        runtime_publish(runtime, &GREW,
                        &(Grew){arena_text(runtime_event_arena(runtime), BYTES_FMT "+", BYTES_ARG(grew->what))});
}

static void open_watched(Fixture *fixture)
{
    fixture_open(fixture, &service);
    runtime = &fixture->runtime;
    told[0] = '\0';
    runtime_watch(runtime, &GREW, watch, (void *)(uintptr_t) "one:");
    runtime_watch(runtime, &GREW, watch, (void *)(uintptr_t) "two:");
}

static void close_watched(Fixture *fixture)
{
    fixture_close(fixture);
    runtime_free_events(runtime);
}

static void events_are_told_in_order_after_the_commit(void **state)
{
    (void)state;
    Fixture fixture = {0};
    open_watched(&fixture);
    int a = client_call(&fixture, "Put", "a"), b = client_call(&fixture, "Put", "b");
    take_all(&fixture);
    assert_string_equal(told, "");
    assert_answer_has(&fixture, a, "{\"value\":\"a\"}");
    assert_answer_has(&fixture, b, "{\"value\":\"b\"}");
    assert_string_equal(told, "one:a two:a one:b two:b ");
    assert_false(runtime_has_events(runtime));
    close_watched(&fixture);
}

static void what_is_undone_is_not_told(void **state)
{
    (void)state;
    Fixture fixture = {0};
    open_watched(&fixture);
    int a = client_call(&fixture, "Put", "a"), wrong = client_call(&fixture, "PutThenFail", "wrong");
    int b = client_call(&fixture, "Put", "b");
    take_all(&fixture);
    assert_answer_has(&fixture, a, "{\"value\":\"a\"}");
    assert_answer_has(&fixture, wrong, "ValidationException");
    assert_answer_has(&fixture, b, "{\"value\":\"b\"}");
    assert_string_equal(told, "one:a two:a one:b two:b ");
    close_watched(&fixture);
}

static void a_watcher_may_publish(void **state)
{
    (void)state;
    Fixture fixture = {0};
    open_watched(&fixture);
    runtime_watch(runtime, &GREW, watch_and_publish, NULL);
    assert_answer_has(&fixture, client_call(&fixture, "Put", "a"), "{\"value\":\"a\"}");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(pipeline_wait_ms(fixture.pipeline) == 0, runtime_has_events(runtime));
        pipeline_turn(fixture.pipeline);
    }
    assert_string_equal(told, "one:a two:a one:a+ two:a+ one:a++ two:a++ ");
    close_watched(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_told_in_order_after_the_commit),
        cmocka_unit_test(what_is_undone_is_not_told),
        cmocka_unit_test(a_watcher_may_publish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
