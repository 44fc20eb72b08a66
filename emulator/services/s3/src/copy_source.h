/* copy_source.h - what x-amz-copy-source names. */
#pragma once
#include "conditions.h"

typedef struct CopySource {
    Bucket bucket;
    Object object;
    Bytes key, version; /* version absent: what the key names */
} CopySource;

/* text: "bucket/key?versionId=…", percent-encoded; refuses what isn't there, or where the conditions don't hold. */
MUST_CHECK Status copy_source_find(Call *call, Bytes text, Bytes owner, const Conditions *conditions,
                                   CopySource *ret_source);
