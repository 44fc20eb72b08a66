/* bucket.h - buckets: their names, rows and configurations. A name is one for all accounts, as at AWS; whoever names a
 * bucket may use it, as policies are not evaluated. */
#pragma once
#include "errors.h"
#include "s3_model.h"

typedef enum Versioning { VERSIONING_NEVER, VERSIONING_ENABLED, VERSIONING_SUSPENDED } Versioning;

typedef struct Bucket {
    int64_t id;
    Bytes name, account, region;
    Bytes location; /* as LocationConstraint named it; empty: us-east-1 */
    int64_t created_ms;
    Versioning versioning;
} Bucket;

/* aws: User Guide, "General purpose bucket naming rules". */
bool bucket_name_is_valid(Bytes name);
/* STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int bucket_find(Call *call, Bytes name, Bucket *ret_bucket);
/* NoSuchBucket; AccessDenied where `owner` (x-amz-expected-bucket-owner) is given and is another. */
MUST_CHECK Status bucket_for(Call *call, Bytes name, Bytes owner, Bucket *ret_bucket);
MUST_CHECK Status bucket_is_empty(Call *call, const Bucket *bucket, bool *ret_is_empty);
MUST_CHECK Status bucket_set_versioning(Call *call, const Bucket *bucket, Versioning versioning);
/* The 64 digits that S3 knows an account by. */
Bytes canonical_id(Call *call, Bytes account);

/* A document of a bucket's, by its kind ("cors"). Absent: none. */
MUST_CHECK Status config_get(Call *call, const Bucket *bucket, const char *kind, Bytes *ret_document);
MUST_CHECK Status config_put(Call *call, const Bucket *bucket, const char *kind, Bytes document);
MUST_CHECK Status config_remove(Call *call, const Bucket *bucket, const char *kind);
