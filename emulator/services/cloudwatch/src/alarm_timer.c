/* alarm_timer.c - alarms are looked at when they are due, on the emulator's clock; where it has been moved far, at each
 * minute that was passed over, as far as that is worth it. So many a turn; the rest in turns that follow at once. Where
 * there are no alarms, there is no timer. */
#include "alarm.h"
#include "event.h"
#include "state.h"

#define LOOKS_AT_ONCE 100  /* in one transaction */
#define LOOKS_A_TURN  1000 /* some 50 µs each */
#define PASSED_OVER                                                                                                    \
    (INT64_C(3600) * 3000) /* ms: of what lies further back than three hours only the end is looked at */
#define STEP_MS    1       /* of real time */
#define TROUBLE_MS 1000

typedef struct Looks {
    Cloudwatch *cloudwatch;
    Arena *arena;
    int64_t at_ms;
    int count;
    int64_t next_due_ms;
} Looks;

static int look_at(const Looks *looks, Alarm *alarm)
{
    Scope scope = scope_of_runtime(looks->cloudwatch->runtime, looks->cloudwatch, looks->arena);
    int64_t oldest_ms = scope.now_ms - PASSED_OVER, at_ms = alarm->due_ms > oldest_ms ? alarm->due_ms : oldest_ms;
    scope.account = alarm->account;
    scope.region = alarm->region;
    if (at_ms > scope.now_ms)
        at_ms = scope.now_ms; /* the clock was moved back */
    return alarm->is_composite ? composite_evaluate(&scope, alarm, at_ms) : alarm_evaluate(&scope, alarm, at_ms);
}

static int look(void *context)
{
    Looks *looks = context;
    Store *store = looks->cloudwatch->runtime->store;
    Alarm *alarms = arena_new_array(looks->arena, Alarm, LOOKS_AT_ONCE);
    Statement *rows = alarms_due(store, looks->at_ms, LOOKS_AT_ONCE);
    int code;
    looks->count = 0;
    while ((code = statement_step(rows)) == STORE_ROW)
        alarm_read(looks->arena, rows, &alarms[looks->count++]);
    for (int i = 0; i < looks->count && code == STORE_OK; i++)
        code = look_at(looks, &alarms[i]);
    return code == STORE_OK ? alarms_next_due(store, &looks->next_due_ms) : code;
}

static bool has_done_enough(Cloudwatch *cloudwatch, int more)
{
    uint64_t turn = runtime_turn(cloudwatch->runtime);
    cloudwatch->evaluated = turn == cloudwatch->alarms_turn ? cloudwatch->evaluated + more : more;
    cloudwatch->alarms_turn = turn;
    return cloudwatch->evaluated >= LOOKS_A_TURN;
}

static void soon(Cloudwatch *cloudwatch, int64_t after_ms)
{
    Loop *loop = cloudwatch->runtime->loop;
    if (loop)
        loop_timer_set(loop, &cloudwatch->alarm_steps, loop_now_ms(loop) + after_ms);
}

static void run(Cloudwatch *cloudwatch, int64_t at_ms)
{
    Looks looks = {.cloudwatch = cloudwatch, .arena = arena_new(), .at_ms = at_ms, .next_due_ms = DUE_NEVER};
    int code = runtime_run_alone(cloudwatch->runtime, look, &looks);
    arena_free(looks.arena);
    if (code != STORE_OK) {
        log_event(cloudwatch->runtime->log, LOG_ERROR, "alarms could not be looked at", "why",
                  store_error(cloudwatch->runtime->store), NULL);
        soon(cloudwatch, TROUBLE_MS);
    } else if (has_done_enough(cloudwatch, looks.count) &&
               looks.next_due_ms <= clock_now_ms(cloudwatch->runtime->clock)) {
        soon(cloudwatch, STEP_MS);
    } else {
        alarms_wake(cloudwatch, looks.next_due_ms);
    }
}

static void on_due(void *context, int64_t now_ms)
{
    Cloudwatch *cloudwatch = context;
    (void)now_ms;
    cloudwatch->alarms = NULL;
    run(cloudwatch, cloudwatch->alarms_due_ms);
}

/* On the loop's time: a turn of its own. */
static void go_on(LoopTimer *timer)
{
    Cloudwatch *cloudwatch = owner_of(timer, Cloudwatch, alarm_steps);
    run(cloudwatch, clock_now_ms(cloudwatch->runtime->clock));
}

void alarms_wake(Cloudwatch *cloudwatch, int64_t due_ms)
{
    Scheduler *scheduler = cloudwatch->runtime->scheduler;
    if (due_ms == DUE_NEVER || !scheduler || (cloudwatch->alarms && cloudwatch->alarms_due_ms <= due_ms))
        return;
    if (cloudwatch->alarms)
        scheduler_cancel(scheduler, cloudwatch->alarms);
    cloudwatch->alarms_due_ms = due_ms;
    cloudwatch->alarms = scheduler_at(scheduler, due_ms, on_due, cloudwatch);
}

/* What is due may be another now. Not by the scheduler: where turns cannot be committed, each look may end in another
 * rollback. */
static void on_rollback(void *context)
{
    soon(context, TROUBLE_MS / 10);
}

void alarms_open(Cloudwatch *cloudwatch)
{
    int64_t due_ms = DUE_NEVER;
    cloudwatch->alarm_steps.due = go_on;
    store_on_rollback(cloudwatch->runtime->store, on_rollback, cloudwatch);
    if (alarms_next_due(cloudwatch->runtime->store, &due_ms) == STORE_OK)
        alarms_wake(cloudwatch, due_ms);
}

void alarms_close(Cloudwatch *cloudwatch)
{
    if (cloudwatch->alarms)
        scheduler_cancel(cloudwatch->runtime->scheduler, cloudwatch->alarms);
    if (cloudwatch->runtime->loop)
        loop_timer_cancel(cloudwatch->runtime->loop, &cloudwatch->alarm_steps);
}
