/* scheduler.h - what is due when, on the emulator's clock. One-shot timers; a task that recurs adds itself again. */
#pragma once
#include "clock.h"

typedef struct Scheduler Scheduler;
typedef struct Timer Timer;
typedef void TimerFunction(void *context, int64_t now_ms);

Scheduler *scheduler_new(Clock *clock);          /* the clock outlives it */
Scheduler *scheduler_free(Scheduler *scheduler); /* drops what is pending */
/* Runs once when the clock reaches due_ms (at the next scheduler_run if that has passed). */
Timer *scheduler_at(Scheduler *scheduler, int64_t due_ms, TimerFunction *function, void *context);
/* For what is done once, at the earliest of several times: of `timer` (NULL: none is set) and a new one the earlier
 * stays, and is returned. */
Timer *scheduler_earlier(Scheduler *scheduler, Timer *timer, int64_t due_ms, TimerFunction *function, void *context);
void scheduler_cancel(Scheduler *scheduler, Timer *timer); /* a timer that ran is gone: don't */
/* Runs all that is due, in order of due time, then of adding; those added meanwhile that are due, too. Returns how many
 * ran. */
int scheduler_run(Scheduler *scheduler);
/* How long, in real ms, until the next is due: -1 never (none, or the clock is frozen), 0 now. */
int64_t scheduler_wait_ms(const Scheduler *scheduler);
