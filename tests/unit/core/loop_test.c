/* loop_test.c - the loop, its timers, processes and threads. */
#include "process.h"
#include "worker.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS_MAX 10000

static Loop *loop;

static int set_up(void **state)
{
    (void)state;
    loop = loop_new();
    return loop ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    loop = loop_free(loop);
    return 0;
}

typedef struct Alarm {
    LoopTimer timer; /* first */
    char name, *told;
    bool is_set_again;
} Alarm;

static void ring(LoopTimer *timer)
{
    Alarm *alarm = (Alarm *)(void *)timer;
    strncat(alarm->told, &alarm->name, 1);
    if (alarm->is_set_again) {
        alarm->is_set_again = false;
        loop_timer_set(loop, timer, timer->due_ms);
    }
}

static void timers_run_in_order_once(void **state)
{
    (void)state;
    char told[64] = "";
    int64_t now = loop_now_ms(loop);
    Alarm alarms[] = {{{ring, 0, 0}, 'c', told, false},
                      {{ring, 0, 0}, 'a', told, true},
                      {{ring, 0, 0}, 'x', told, false},
                      {{ring, 0, 0}, 'b', told, false},
                      {{ring, 0, 0}, 'd', told, false}};
    const int64_t due[] = {3, 1, 2, 2, 4};
    for (int i = 0; i < 5; i++)
        loop_timer_set(loop, &alarms[i].timer, now - 10 + due[i]);
    loop_timer_cancel(loop, &alarms[2].timer);
    loop_timer_cancel(loop, &alarms[2].timer);
    loop_poll(loop, 0);
    assert_int_equal(told[0], 'a');
    assert_int_equal(strlen(told), 4); /* as many as there were: one that sets itself again keeps nobody waiting */
    loop_poll(loop, 0);
    assert_int_equal(strlen(told), 5);
    assert_null(strchr(told, 'x'));
    assert_true(strchr(told, 'b') < strchr(told, 'c') && strchr(told, 'c') < strchr(told, 'd'));
}

static void many_timers_stay_in_order(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    char told[2 * COUNT] = "";
    Alarm alarms[COUNT];
    for (int i = 0; i < COUNT; i++) {
        alarms[i] = (Alarm){{ring, 0, 0}, (char)('A' + i % 26), told, false};
        loop_timer_set(loop, &alarms[i].timer, loop_now_ms(loop) - 1000 + i % 26);
    }
    for (int i = 0; i < COUNT; i += 3)
        loop_timer_cancel(loop, &alarms[i].timer);
    loop_poll(loop, 0);
    assert_int_equal(strlen(told), COUNT - (COUNT + 2) / 3);
    for (size_t i = 1; told[i]; i++)
        assert_true(told[i - 1] <= told[i]);
}

static void being_woken_ends_the_wait(void **state)
{
    (void)state;
    loop_wake(loop);
    assert_false(loop_poll(loop, -1));
    assert_true(loop_poll(loop, 0));
}

typedef struct Talk {
    char output[256], error[256];
    int status, exits;
    Process *process;
    bool frees_itself;
} Talk;

static void take_output(void *context, int which, Bytes bytes)
{
    Talk *talk = context;
    strncat(which == 1 ? talk->output : talk->error, bytes.ptr, bytes.len < 100 ? bytes.len : 100);
}

static void take_exit(void *context, int status)
{
    Talk *talk = context;
    talk->status = status;
    talk->exits++;
    if (talk->frees_itself)
        talk->process = process_free(talk->process);
}

static int start(Talk *talk, const char *script, const ProcessOptions *more)
{
    const char *arguments[] = {"sh", "-c", script, NULL}, *environment[] = {"LEFT=over", NULL};
    ProcessOptions options = *more;
    options.path = "/bin/sh";
    options.arguments = arguments;
    options.environment = environment;
    options.on_output = take_output;
    options.on_exit = take_exit;
    options.context = talk;
    return process_start(loop, &options, &talk->process);
}

static void wait_for_exit(Talk *talk)
{
    for (int i = 0; i < ROUNDS_MAX && !talk->exits; i++)
        loop_poll(loop, 1000);
    assert_int_equal(talk->exits, 1);
}

static void a_process_is_heard_and_its_end_told_once(void **state)
{
    (void)state;
    Talk talk = {.frees_itself = true};
    assert_int_equal(start(&talk, "echo out $LEFT; echo err >&2; exit 3", &(ProcessOptions){.has_input = false}), 0);
    wait_for_exit(&talk);
    assert_string_equal(talk.output, "out over\n");
    assert_string_equal(talk.error, "err\n");
    assert_true(WIFEXITED(talk.status) && WEXITSTATUS(talk.status) == 3);
    assert_null(talk.process);
    loop_poll(loop, 0);
    assert_int_equal(talk.exits, 1);
}

static void a_process_reads_what_is_written_to_it(void **state)
{
    (void)state;
    Talk talk = {0};
    char *large = calloc(1, 1000001);
    assert_non_null(large);
    memset(large, 'x', 1000000);
    assert_int_equal(start(&talk, "wc -c", &(ProcessOptions){.has_input = true}), 0);
    assert_true(process_write(talk.process, (Bytes){large, 1000000}));
    process_end_input(talk.process);
    assert_false(process_write(talk.process, TEXT("late")));
    wait_for_exit(&talk);
    assert_int_equal(atoi(talk.output), 1000000);
    process_free(talk.process);
    free(large);
}

static void the_whole_group_is_killed(void **state)
{
    (void)state;
    Talk talk = {0};
    assert_int_equal(start(&talk, "sleep 1000 & echo $!; wait", &(ProcessOptions){.has_input = false}), 0);
    for (int i = 0; i < ROUNDS_MAX && !strchr(talk.output, '\n'); i++)
        loop_poll(loop, 1000);
    pid_t left = atoi(talk.output);
    assert_true(left > 1 && kill(left, 0) == 0);
    process_signal(talk.process, SIGKILL);
    wait_for_exit(&talk);
    assert_true(WIFSIGNALED(talk.status) && WTERMSIG(talk.status) == SIGKILL);
    process_free(talk.process);
    for (int i = 0; i < ROUNDS_MAX && kill(left, 0) == 0; i++)
        usleep(1000); /* init reaps it */
    assert_true(kill(left, 0) == -1 && errno == ESRCH);
}

static void what_is_left_holding_the_pipes_keeps_no_end_back(void **state)
{
    (void)state;
    Talk talk = {0};
    assert_int_equal(start(&talk, "sleep 1000 & echo gone", &(ProcessOptions){.has_input = false}), 0);
    wait_for_exit(&talk);
    assert_string_equal(talk.output, "gone\n");
    process_free(talk.process);
}

static void limits_hold_in_the_process_alone(void **state)
{
    (void)state;
    Talk talk = {0};
    assert_int_equal(start(&talk, "ulimit -n; ulimit -t", &(ProcessOptions){.files_max = 20, .cpu_max_s = 7}), 0);
    wait_for_exit(&talk);
    assert_string_equal(talk.output, "20\n7\n");
    process_free(talk.process);
}

static void what_cannot_be_started_says_why(void **state)
{
    (void)state;
    const char *arguments[] = {"nothing", NULL}, *environment[] = {NULL};
    Process *process;
    ProcessOptions options = {.path = "/nowhere/nothing", .arguments = arguments, .environment = environment};
    assert_int_equal(process_start(loop, &options, &process), ENOENT);
    assert_null(process);
    options.path = "/bin/sh";
    options.directory = "/nowhere";
    assert_int_equal(process_start(loop, &options, &process), ENOENT);
}

typedef struct Sum {
    int64_t upto, sum;
    int *done;
} Sum;

static void add_up(void *context)
{
    Sum *sum = context;
    for (int64_t i = 1; i <= sum->upto; i++)
        sum->sum += i;
}

static void note_done(void *context)
{
    Sum *sum = context;
    ++*sum->done;
}

static void work_comes_back_on_the_loop(void **state)
{
    (void)state;
    enum { COUNT = 50 };
    int done = 0;
    Sum sums[COUNT];
    Workers *workers = workers_new(loop, 3);
    for (int i = 0; i < COUNT; i++) {
        sums[i] = (Sum){i * 1000, 0, &done};
        workers_do(workers, add_up, note_done, &sums[i]);
    }
    assert_int_equal(done, 0);
    assert_int_equal(workers_busy(workers), COUNT);
    for (int i = 0; i < ROUNDS_MAX && done < COUNT; i++)
        loop_poll(loop, 1000);
    for (int64_t i = 0; i < COUNT; i++)
        assert_int_equal(sums[i].sum, i * 1000 * (i * 1000 + 1) / 2);
    assert_int_equal(workers_busy(workers), 0);
    for (int i = 0; i < COUNT; i++)
        workers_do(workers, add_up, note_done, &sums[i]);
    workers_free(workers);
    assert_int_equal(done, 2 * COUNT);
}

#define loop_unit_test(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        loop_unit_test(timers_run_in_order_once),
        loop_unit_test(many_timers_stay_in_order),
        loop_unit_test(being_woken_ends_the_wait),
        loop_unit_test(a_process_is_heard_and_its_end_told_once),
        loop_unit_test(a_process_reads_what_is_written_to_it),
        loop_unit_test(the_whole_group_is_killed),
        loop_unit_test(what_is_left_holding_the_pipes_keeps_no_end_back),
        loop_unit_test(limits_hold_in_the_process_alone),
        loop_unit_test(what_cannot_be_started_says_why),
        loop_unit_test(work_comes_back_on_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
