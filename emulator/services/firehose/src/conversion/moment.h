/* moment.h - points in time as they are spelled in JSON. */
#pragma once
#include "bytes.h"

typedef struct Moment {
    int64_t seconds; /* since 1970, of UTC */
    int32_t nanoseconds;
} Moment;

/* aws: "Choose the JSON deserializer", OpenX: yyyy-MM-dd'T'HH:mm:ss[.S]'Z'; yyyy-[M]M-[d]d HH:mm:ss[.S]; epoch seconds,
 * milliseconds, seconds with a fraction. A fraction has up to 9 digits. */
MUST_CHECK bool moment_read(Bytes text, Moment *ret);
/* As java.sql.Timestamp.valueOf: yyyy-[m]m-[d]d hh:mm:ss[.f...] alone. */
MUST_CHECK bool moment_read_sql(Bytes text, Moment *ret);
/* By a pattern of Joda-Time's DateTimeFormat; what names no zone is UTC. "millis": since 1970. */
MUST_CHECK bool moment_read_joda(Bytes pattern, Bytes text, Moment *ret);
MUST_CHECK bool joda_is_pattern(Bytes pattern); /* of letters that are known */
/* yyyy-[M]M-[d]d, as days since 1970. */
MUST_CHECK bool day_read(Bytes text, int64_t *ret_days);
