/* rate.h - how much passes in a second of the emulator's clock.
 *
 * Seconds are counted from the first thing that passes. One that is larger than a second allows passes alone, and
 * what follows waits as long as it would have taken: 10 MiB where 2 MiB a second are allowed, 5 seconds. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct RateMax {
    int64_t count, bytes; /* a second; 0: as many as come */
} RateMax;

typedef struct Rate {
    int64_t begun_ms, ends_ms; /* of what is counted now */
    int64_t count, bytes;
} Rate;

/* One of a shard. Its copy in memory dies when a turn is undone; what had passed before that turn stays counted. */
typedef struct KeptRate {
    Rate rate;
    Rate before;     /* as the last commit left it */
    uint64_t commit; /* … which was that one: of store_commits, and 1; 0: none */
} KeptRate;

/* Would so many bytes still pass? Changes nothing that could be seen later. */
bool rate_has_room(Rate *rate, const RateMax *max, int64_t bytes, int64_t at_ms);
/* They passed. */
void rate_take(Rate *rate, const RateMax *max, int64_t bytes, int64_t at_ms);
