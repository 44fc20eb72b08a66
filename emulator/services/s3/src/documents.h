/* documents.h - what a bucket keeps and gives back as it was given: CORS rules, lifecycle, logging and their like. All
 * are rows of one table in documents.c: operations, what a new bucket has, the error where there is none, a check. */
#pragma once
#include "bucket.h"

/* Of the document of that kind ("cors"), what the operation's output or document shape has: `ret` is its struct,
 * zeroed. Where none was put: what a new bucket has; false where it has none. */
MUST_CHECK Status document_read(Call *call, const Bucket *bucket, const char *kind, const Shape *shape, void *ret,
                                bool *ret_is_there);
MUST_CHECK Status document_keep(Call *call, const Bucket *bucket, const char *kind, const Shape *shape,
                                const void *value);

/* Checks of documents before they are kept, in AWS's words. *ret_is_nothing: it says that there is none from now on. */
typedef Status DocumentCheck(Call *call, const Bucket *bucket, void *document, bool *ret_is_nothing);
MUST_CHECK DocumentCheck cors_check, ownership_check, encryption_document_check, website_check, logging_check,
    notification_check, replication_check, accelerate_check, lifecycle_check, object_lock_check, inventory_check,
    public_access_check;
bool is_ownership(Bytes name); /* "BucketOwnerEnforced", … */
