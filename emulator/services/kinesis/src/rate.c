#include "rate.h"

#define SECOND_MS 1000

/* A clock that was moved back begins anew, too. */
static void roll(Rate *rate, int64_t at_ms)
{
    if (at_ms < rate->ends_ms && at_ms >= rate->begun_ms)
        return;
    *rate = (Rate){.begun_ms = at_ms, .ends_ms = at_ms + SECOND_MS};
}

bool rate_has_room(Rate *rate, const RateMax *max, int64_t bytes, int64_t at_ms)
{
    roll(rate, at_ms);
    if (!rate->count)
        return true;
    return (!max->count || rate->count < max->count) && (!max->bytes || rate->bytes + bytes <= max->bytes);
}

void rate_take(Rate *rate, const RateMax *max, int64_t bytes, int64_t at_ms)
{
    roll(rate, at_ms);
    rate->count++;
    rate->bytes += bytes;
    if (!max->bytes)
        return;
    int64_t ends_ms = rate->begun_ms + rate->bytes * SECOND_MS / max->bytes;
    if (ends_ms > rate->ends_ms)
        rate->ends_ms = ends_ms;
}
