/* conditions.h - If-Match and its like. aws: API Reference, GetObject, PutObject, CopyObject; RFC 9110, 13.2.2. */
#pragma once
#include "object.h"

typedef struct Conditions {
    Bytes if_match, if_none_match;
    int64_t if_modified_since, if_unmodified_since;
    bool has_if_modified_since, has_if_unmodified_since;
} Conditions;
#define CONDITIONS_OF(in)                                                                                              \
    {                                                                                                                  \
        (in)->if_match, (in)->if_none_match, (in)->if_modified_since, (in)->if_unmodified_since,                       \
            (in)->has_if_modified_since, (in)->has_if_unmodified_since                                                 \
    }
#define COPY_CONDITIONS_OF(in)                                                                                         \
    {                                                                                                                  \
        (in)->copy_source_if_match, (in)->copy_source_if_none_match, (in)->copy_source_if_modified_since,              \
            (in)->copy_source_if_unmodified_since, (in)->has_copy_source_if_modified_since,                            \
            (in)->has_copy_source_if_unmodified_since                                                                  \
    }

/* PreconditionFailed, or NotModified (304). */
MUST_CHECK Status conditions_for_read(Call *call, const Conditions *conditions, const Object *object);
/* PreconditionFailed alone, of a copy's source. */
MUST_CHECK Status conditions_for_copy(Call *call, const Conditions *conditions, const Object *source);
/* If-None-Match: *, If-Match: an ETag, of what the key names before it is written. */
MUST_CHECK Status conditions_for_write(Call *call, const Bucket *bucket, Bytes key, Bytes if_match,
                                       Bytes if_none_match);
bool etag_matches(Bytes etags, Bytes etag);
Bytes http_date(Call *call, int64_t ms); /* "Fri, 27 Nov 2026 00:00:00 GMT" */
