/* scheduler.c - a binary heap of timers by due time, then by the order they were added in. */
#include "scheduler.h"
#include <stddef.h>
#include <stdlib.h>

struct Timer {
    int64_t due_ms;
    uint64_t order;
    TimerFunction *function;
    void *context;
    size_t at; /* in the heap */
};

struct Scheduler {
    Clock *clock;
    Timer **heap;
    size_t count, capacity;
    uint64_t next_order;
};

Scheduler *scheduler_new(Clock *clock)
{
    Scheduler *scheduler = calloc(1, sizeof *scheduler);
    if (!scheduler)
        abort();
    scheduler->clock = clock;
    return scheduler;
}

Scheduler *scheduler_free(Scheduler *scheduler)
{
    if (!scheduler)
        return NULL;
    for (size_t i = 0; i < scheduler->count; i++)
        free(scheduler->heap[i]);
    free(scheduler->heap);
    free(scheduler);
    return NULL;
}

static bool is_before(const Timer *a, const Timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void place(Scheduler *scheduler, size_t at, Timer *timer)
{
    scheduler->heap[at] = timer;
    timer->at = at;
}

static void sift_up(Scheduler *scheduler, size_t at)
{
    Timer *timer = scheduler->heap[at];
    for (; at && is_before(timer, scheduler->heap[(at - 1) / 2]); at = (at - 1) / 2)
        place(scheduler, at, scheduler->heap[(at - 1) / 2]);
    place(scheduler, at, timer);
}

static void sift_down(Scheduler *scheduler, size_t at)
{
    Timer *timer = scheduler->heap[at];
    for (size_t child; (child = 2 * at + 1) < scheduler->count; at = child) {
        if (child + 1 < scheduler->count && is_before(scheduler->heap[child + 1], scheduler->heap[child]))
            child++;
        if (!is_before(scheduler->heap[child], timer))
            break;
        place(scheduler, at, scheduler->heap[child]);
    }
    place(scheduler, at, timer);
}

Timer *scheduler_at(Scheduler *scheduler, int64_t due_ms, TimerFunction *function, void *context)
{
    if (scheduler->count == scheduler->capacity) {
        scheduler->capacity = scheduler->capacity ? scheduler->capacity * 2 : 16;
        scheduler->heap = realloc(scheduler->heap, scheduler->capacity * sizeof *scheduler->heap);
    }
    Timer *timer = malloc(sizeof *timer);
    if (!timer || !scheduler->heap)
        abort();
    *timer = (Timer){due_ms, scheduler->next_order++, function, context, scheduler->count};
    scheduler->heap[scheduler->count++] = timer;
    sift_up(scheduler, timer->at);
    return timer;
}

Timer *scheduler_earlier(Scheduler *scheduler, Timer *timer, int64_t due_ms, TimerFunction *function, void *context)
{
    if (timer && timer->due_ms <= due_ms)
        return timer;
    if (timer)
        scheduler_cancel(scheduler, timer);
    return scheduler_at(scheduler, due_ms, function, context);
}

void scheduler_cancel(Scheduler *scheduler, Timer *timer)
{
    size_t at = timer->at;
    Timer *last = scheduler->heap[--scheduler->count];
    if (last != timer) {
        place(scheduler, at, last);
        sift_up(scheduler, at);
        sift_down(scheduler, last->at);
    }
    free(timer);
}

int scheduler_run(Scheduler *scheduler)
{
    int64_t now_ms = clock_now_ms(scheduler->clock);
    int ran = 0;
    while (scheduler->count && scheduler->heap[0]->due_ms <= now_ms) {
        Timer due = *scheduler->heap[0];
        scheduler_cancel(scheduler, scheduler->heap[0]);
        due.function(due.context, now_ms);
        ran++;
    }
    return ran;
}

int64_t scheduler_wait_ms(const Scheduler *scheduler)
{
    if (!scheduler->count)
        return -1;
    int64_t wait = scheduler->heap[0]->due_ms - clock_now_ms(scheduler->clock);
    if (wait <= 0)
        return 0;
    return clock_is_frozen(scheduler->clock) ? -1 : wait;
}
