/* bucket.c */
#include "bucket.h"

#define SECOND_MS      1000
#define PEAK_WINDOW_MS INT64_C(1800000)

/* A clock that was moved back brings nothing. */
void bucket_fill(Bucket *bucket, int64_t at_ms)
{
    if (at_ms > bucket->at_ms)
        bucket->units += bucket->rate * (double)(at_ms - bucket->at_ms) / SECOND_MS;
    if (bucket->units > bucket->most)
        bucket->units = bucket->most;
    bucket->at_ms = at_ms;
}

void bucket_set(Bucket *bucket, double rate, double seconds, int64_t at_ms)
{
    bool is_new = bucket->rate == 0; /* no rate is 0 */
    bucket->rate = rate;
    bucket->most = rate * seconds;
    if (is_new) {
        bucket->units = bucket->most;
        bucket->at_ms = at_ms;
    }
    bucket_fill(bucket, at_ms);
}

bool bucket_has_room(const Bucket *bucket, double units)
{
    const double rounding = 1e-6;
    double wanted = units < bucket->rate ? units : bucket->rate;
    return bucket->units + rounding >= wanted;
}

void bucket_take(Bucket *bucket, double units)
{
    bucket->units -= units;
}

bool bucket_is_full(Bucket *bucket, int64_t at_ms)
{
    bucket_fill(bucket, at_ms);
    return bucket->units >= bucket->most;
}

void peak_roll(Peak *peak, int64_t at_ms)
{
    if (at_ms - peak->second_ms >= SECOND_MS || at_ms < peak->second_ms) {
        peak->second_ms = at_ms;
        peak->in_second = 0;
    }
    if (!peak->window_ms)
        peak->window_ms = at_ms;
    if (at_ms - peak->window_ms < PEAK_WINDOW_MS)
        return;
    peak->window_ms = at_ms;
    if (peak->in_window > peak->before)
        peak->before = peak->in_window;
    peak->in_window = 0;
}

void peak_note(Peak *peak, double units)
{
    peak->in_second += units;
    if (peak->in_second > peak->in_window)
        peak->in_window = peak->in_second;
}
