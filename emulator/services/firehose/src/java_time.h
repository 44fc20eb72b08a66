/* java_time.h - times as Java's DateTimeFormatter spells them, in English.
 * aws: Developer Guide, "Custom prefixes for Amazon S3 objects": "valid strings … are a Java DateTimeFormatter". */
#pragma once
#include "buffer.h"

typedef struct JavaTime {
    int64_t at_ms;
    int32_t offset_s; /* of the zone then */
    Bytes zone;       /* its name; empty is UTC */
} JavaTime;

/* false: a letter that means nothing, or a quote that does not end; then out holds some of it. */
MUST_CHECK bool java_time_append(Buffer *out, Bytes pattern, const JavaTime *time);
