/* clock.h - the emulator's time. Nothing else asks the system what time it is. It can be moved, frozen and resumed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct Clock Clock;

Clock *clock_new(void); /* runs with the system's time */
Clock *clock_free(Clock *clock);
int64_t clock_now_ms(const Clock *clock); /* ms since the epoch, by the emulator */
void clock_freeze(Clock *clock);
void clock_resume(Clock *clock); /* goes on from where it stands */
void clock_set_ms(Clock *clock, int64_t now_ms);
void clock_advance_ms(Clock *clock, int64_t by_ms); /* negative moves back */
bool clock_is_frozen(const Clock *clock);

/* For measuring how long something took; never moves with the clock above. */
int64_t monotonic_ns(void);
