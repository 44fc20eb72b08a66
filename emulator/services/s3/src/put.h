/* put.h - what a PUT and a browser's form have in common: a body that has come becomes an object. */
#pragma once
#include "object.h"

/* What the head alone can be refused for; the head as it will be kept. */
MUST_CHECK Status upload_check(Call *call, const S3PutObjectInput *in, Bucket *ret_bucket, ObjectHead *ret_head);
/* The upload, which has been judged, under the request's key. */
MUST_CHECK Status upload_keep(Call *call, const S3PutObjectInput *in, const Bucket *bucket, ObjectHead *head,
                              Upload *upload, Object *ret_object);
