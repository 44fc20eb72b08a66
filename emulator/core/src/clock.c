/* clock.c - the emulator's time: the system's plus an offset, or a frozen instant. */
#include "clock.h"
#include <stdlib.h>
#include <time.h>

struct Clock {
    int64_t offset_ms;
    int64_t frozen_ms;
    bool is_frozen;
};

static int64_t system_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Clock *clock_new(void)
{
    Clock *clock = calloc(1, sizeof *clock);
    if (!clock)
        abort();
    return clock;
}

Clock *clock_free(Clock *clock)
{
    free(clock);
    return NULL;
}

int64_t clock_now_ms(const Clock *clock)
{
    return clock->is_frozen ? clock->frozen_ms : system_ms() + clock->offset_ms;
}

void clock_freeze(Clock *clock)
{
    clock->frozen_ms = clock_now_ms(clock);
    clock->is_frozen = true;
}

void clock_resume(Clock *clock)
{
    if (clock->is_frozen)
        clock->offset_ms = clock->frozen_ms - system_ms();
    clock->is_frozen = false;
}

void clock_set_ms(Clock *clock, int64_t now_ms)
{
    clock->frozen_ms = now_ms;
    clock->offset_ms = now_ms - system_ms();
}

void clock_advance_ms(Clock *clock, int64_t by_ms)
{
    clock->frozen_ms += by_ms;
    clock->offset_ms += by_ms;
}

bool clock_is_frozen(const Clock *clock)
{
    return clock->is_frozen;
}

int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
