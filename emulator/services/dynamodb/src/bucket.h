/* bucket.h - a bucket of capacity units that fills by the emulator's clock, and what is taken out of it.
 *
 * aws: Developer Guide, "Burst capacity": "DynamoDB currently retains up to 5 minutes (300 seconds) of unused read and
 * write capacity". A new bucket is full. What costs more than a second brings passes where a second's worth is there,
 * and leaves a debt: what follows waits as long as it would have taken. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct Bucket {
    double rate, most; /* a second; at most in it */
    double units;      /* below 0: a debt */
    int64_t at_ms;     /* … then */
} Bucket;

/* What has come since it was last looked at. */
void bucket_fill(Bucket *bucket, int64_t at_ms);
/* The rate is this one since it was last looked at; what is in it stays, up to the new most. Fills it. */
void bucket_set(Bucket *bucket, double rate, double seconds, int64_t at_ms);
bool bucket_has_room(const Bucket *bucket, double units);
void bucket_take(Bucket *bucket, double units);
bool bucket_is_full(Bucket *bucket, int64_t at_ms);

/* What a table on demand was asked for. aws: Developer Guide, "On-demand capacity mode": "instantly accommodates up to
 * double the previous peak traffic"; throttling can occur "if you exceed double your previous peak within 30 minutes".
 * Peaks are those of whole seconds. */
typedef struct Peak {
    int64_t second_ms, window_ms; /* when they began */
    double in_second, in_window;
    double before; /* the highest of all earlier windows */
} Peak;
void peak_roll(Peak *peak, int64_t at_ms);
void peak_note(Peak *peak, double units);
