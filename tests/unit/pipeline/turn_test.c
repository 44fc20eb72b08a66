/* turn_test.c - a turn holds many calls. What one of them does wrong is its own affair: the others' answers and writes
 * stay. */
#include "fixture.h"

static const Query insert = {"INSERT INTO thing VALUES (?1)"};
static const Query count = {"SELECT count(*) FROM thing WHERE value = ?1"};
static const ErrorModel REFUSED = {"RefusedException", NULL, NULL, 400, true, "message", NULL};
static int runs; /* of Put; never negative, which the compiler cannot know */

static Status write_thing(Call *call, Bytes value)
{
    Statement *statement = statement_begin(call->store, &insert);
    bind_bytes(statement, 1, value);
    return expect_ok(call, statement_run(statement));
}

TEST_OPERATION(Put, put, WRITES);
static Status put(Call *call, const TestInput *in, TestOutput *out)
{
    runs++;
    TRY(write_thing(call, in->value));
    out->value = in->value;
    return OK;
}

TEST_OPERATION(PutThenRefuse, put_then_refuse, WRITES);
static Status put_then_refuse(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    TRY(write_thing(call, in->value));
    return fail(call, &REFUSED, "after the first write");
}

TEST_OPERATION(KeepThenRefuse, keep_then_refuse, WRITES);
static Status keep_then_refuse(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    TRY(write_thing(call, in->value));
    call_keep_writes(call);
    return fail(call, &REFUSED, "what was made at first use stays");
}

TEST_OPERATION(PutThenEatMemory, put_then_eat_memory, WRITES);
static Status put_then_eat_memory(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    TRY(write_thing(call, in->value));
    while (runs >= 0)
        (void)arena_take_raw(call->arena, 100000);
    return OK;
}

TEST_OPERATION(EatOneHugeBlock, eat_one_huge_block, READS);
static Status eat_one_huge_block(Call *call, const TestInput *in, TestOutput *out)
{
    (void)in;
    (void)out;
    (void)arena_take_array(call->arena, SIZE_MAX / 2, 16);
    return OK;
}

TEST_OPERATION(WorkOn, work_on, READS);
static Status work_on(Call *call, const TestInput *in, TestOutput *out)
{
    (void)out;
    Statement *statement = statement_begin(call->store, &count); /* its rows are still being read when it is given up */
    bind_bytes(statement, 1, in->value);
    assert_int_equal(statement_step(statement), STORE_ROW);
    while (runs >= 0)
        budget_work(call->arena, 1);
    return OK;
}

static uint64_t descend(Arena *arena, uint64_t level)
{
    budget_descend(arena);
    volatile char frame[512];
    frame[level % sizeof frame] = (char)level;
    return runs < 0 ? 0 : descend(arena, level + 1) + (uint64_t)frame[0];
}

TEST_OPERATION(Descend, descend_for_ever, READS);
static Status descend_for_ever(Call *call, const TestInput *in, TestOutput *out)
{
    (void)in;
    out->value = arena_text(call->arena, "%llu", (unsigned long long)descend(call->arena, 0));
    return OK;
}

static int things_done;
static void count_done(void *thing)
{
    assert_ptr_equal(thing, &things_done);
    things_done++;
}

TEST_OPERATION(DeferThenEat, defer_then_eat, READS);
static Status defer_then_eat(Call *call, const TestInput *in, TestOutput *out)
{
    (void)in;
    (void)out;
    arena_defer(call->arena, count_done, &things_done);
    while (runs >= 0)
        (void)arena_take(call->arena, 1000);
    return OK;
}

static Call *waiting;
static int waits;
TEST_OPERATION(Wait, wait_for_the_test, READS);
static Status wait_for_the_test(Call *call, const TestInput *in, TestOutput *out)
{
    waits++;
    waiting = call;
    out->value = in->value;
    return call_wait(call, &(CallWait){.deadline_ms = 0});
}

TEST_OPERATION(Count, count_things, READS);
static Status count_things(Call *call, const TestInput *in, TestOutput *out)
{
    Statement *statement = statement_begin(call->store, &count);
    bind_bytes(statement, 1, in->value);
    assert_int_equal(statement_one(statement), STORE_ROW);
    out->value = arena_text(call->arena, "%d", (int)column_int64(statement, 0));
    statement_end(statement);
    return OK;
}

static const char *const names[] = {
    "Count", "DeferThenEat", "Descend", "EatOneHugeBlock", "KeepThenRefuse", "Put", "PutThenEatMemory", "PutThenRefuse",
    "Wait",  "WorkOn",       NULL};
static const ServiceModel model = {.name = "test",
                                   .title = "Test",
                                   .target_prefix = "Test",
                                   .json_version = "1.1",
                                   .protocols = PROTOCOL_JSON,
                                   .body_max = 1 << 20,
                                   .operations = names};
static const Operation *const operations[] = {&Put,
                                              &PutThenRefuse,
                                              &KeepThenRefuse,
                                              &PutThenEatMemory,
                                              &EatOneHugeBlock,
                                              &WorkOn,
                                              &Descend,
                                              &DeferThenEat,
                                              &Count,
                                              &Wait,
                                              NULL};
static const Service service = {.model = &model, .operations = operations};

static void assert_count(Fixture *fixture, const char *value, const char *expected)
{
    char answer[32];
    snprintf(answer, sizeof answer, "{\"value\":\"%s\"}", expected);
    assert_answer_has(fixture, client_call(fixture, "Count", value), answer);
}

/* Ten puts around `operation`, all in one turn. */
static void between_puts(const char *operation, const char *expected, const char *expected_count)
{
    Fixture fixture = {0};
    int puts[10], odd = 0;
    fixture_open(&fixture, &service);
    for (int i = 0; i < 10; i++) {
        char value[16];
        snprintf(value, sizeof value, "p%d", i);
        if (i == 5)
            odd = client_call(&fixture, operation, "odd");
        puts[i] = client_call(&fixture, "Put", value);
    }
    take_all(&fixture);
    assert_answer_has(&fixture, odd, expected);
    for (int i = 0; i < 10; i++) {
        char value[32];
        snprintf(value, sizeof value, "{\"value\":\"p%d\"}", i);
        assert_answer_has(&fixture, puts[i], value);
        snprintf(value, sizeof value, "p%d", i);
        assert_count(&fixture, value, "1");
    }
    assert_count(&fixture, "odd", expected_count);
    fixture_close(&fixture);
}

static void a_call_that_fails_after_its_first_write_is_undone_alone(void **state)
{
    (void)state;
    runs = 0;
    between_puts("PutThenRefuse", "RefusedException", "0");
    assert_int_equal(runs, 20); /* all were in its turn */
}

static void what_a_call_keeps_stays_though_it_is_refused(void **state)
{
    (void)state;
    runs = 0;
    between_puts("KeepThenRefuse", "RefusedException", "1");
    assert_int_equal(runs, 10);
}

static void a_call_that_eats_memory_is_undone_alone(void **state)
{
    (void)state;
    between_puts("PutThenEatMemory", "needs more memory", "0");
}

static void a_call_over_its_budget_ends_with_an_error(void **state)
{
    (void)state;
    between_puts("EatOneHugeBlock", "needs more memory", "0");
    between_puts("WorkOn", "takes more work", "0");
    between_puts("Descend", "nested deeper", "0");
}

/* It has written nothing in this turn, so there is nothing to do again; its handler would only wait once more. */
static void an_answer_that_came_late_is_not_made_again_with_its_turn(void **state)
{
    (void)state;
    Fixture fixture = {0};
    fixture_open(&fixture, &service);
    waits = 0;
    int late = client_call(&fixture, "Wait", "late");
    take_all(&fixture);
    pipeline_turn(fixture.pipeline);
    assert_int_equal(waits, 1);
    int broken = client_call(&fixture, "PutThenRefuse", "odd"), put = client_call(&fixture, "Put", "p");
    take_all(&fixture);
    call_finish(waiting, OK);
    assert_answer_has(&fixture, late, "{\"value\":\"late\"}");
    assert_answer_has(&fixture, broken, "RefusedException");
    assert_answer_has(&fixture, put, "{\"value\":\"p\"}");
    assert_int_equal(waits, 1);
    assert_int_equal(pipeline_waiting(fixture.pipeline), 0);
    fixture_close(&fixture);
}

static void handles_of_a_call_that_is_given_up_are_let_go(void **state)
{
    (void)state;
    things_done = 0;
    between_puts("DeferThenEat", "needs more memory", "0");
    assert_int_equal(things_done, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_fails_after_its_first_write_is_undone_alone),
        cmocka_unit_test(what_a_call_keeps_stays_though_it_is_refused),
        cmocka_unit_test(a_call_that_eats_memory_is_undone_alone),
        cmocka_unit_test(a_call_over_its_budget_ends_with_an_error),
        cmocka_unit_test(an_answer_that_came_late_is_not_made_again_with_its_turn),
        cmocka_unit_test(handles_of_a_call_that_is_given_up_are_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
