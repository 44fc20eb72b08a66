/* daily.h - what may be done to a stream only so often in 24 hours. */
#pragma once
#include "stream.h"

typedef struct Daily {
    Query count;  /* of (stream_id, at_ms): since ?2 */
    Query note;   /* once more, at ?2 */
    Query forget; /* those up to ?2 */
    int max;
    const char *words; /* "cannot be scaled more than %d times …": what the error says of the stream */
} Daily;

/* LimitExceededException where it was done `max` times in the day before. */
MUST_CHECK Status daily_check(Call *call, const Stream *stream, const Daily *daily);
MUST_CHECK int daily_note(Call *call, const Stream *stream, const Daily *daily);
