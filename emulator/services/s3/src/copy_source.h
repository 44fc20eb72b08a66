/* copy_source.h - what x-amz-copy-source names. */
#pragma once
#include "conditions.h"

typedef struct CopySource {
    Bucket bucket;
    Object object;
    Bytes key, version; /* version absent: what the key names */
} CopySource;

/* "bucket/key?versionId=…", percent-encoded, into "bucket/key" and the version, absent where it names none; false: it
 * is not well-formed. */
bool copy_source_read(Arena *arena, Bytes text, Bytes *ret_path, Bytes *ret_version);
/* text: "bucket/key?versionId=…", percent-encoded; refuses what isn't there, or where the conditions don't hold. */
MUST_CHECK Status copy_source_find(Call *call, Bytes text, Bytes owner, const Conditions *conditions,
                                   CopySource *ret_source);
