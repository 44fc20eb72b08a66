/* lifecycle.h - what lifecycle rules do with objects, versions and uploads, on the emulator's clock. */
#pragma once
#include "object.h"
#include "state.h"

/* x-amz-expiration of an object that its key names: when, and by which rule. Absent: no rule meets it. */
MUST_CHECK Status lifecycle_expiration(Call *call, const Bucket *bucket, const Object *object, Bytes *ret_told);

/* Sweeps at each midnight (UTC), some hundred rows a turn. */
void lifecycle_open(S3 *s3);
void lifecycle_close(S3 *s3);
void lifecycle_again(S3 *s3); /* what a sweep has done is undone: from the beginning */
