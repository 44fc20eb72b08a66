/* s3.h - what other services and main may ask of the Simple Storage Service. */
#pragma once
#include "blob.h"
#include "call.h"

extern const Service s3_service;

/* For services that put objects. scope: of the S3 that has them; a bucket belongs to no account's name space. Codes of
 * the store below 0, and STORE_FULL, are passed up. */
enum { S3_DONE = 0, S3_NO_BUCKET = 16, S3_SEALED = 17 };
MUST_CHECK int s3_find_bucket(const Scope *scope, Bytes bucket);

/* Bytes that come over many turns and become an object in one: seen by nobody before. */
typedef struct S3Deposit S3Deposit;
MUST_CHECK int s3_deposit_begin(const Scope *scope, S3Deposit **ret_deposit);
MUST_CHECK int s3_deposit_write(S3Deposit *deposit, Bytes bytes);
void s3_deposit_encoding(S3Deposit *deposit, const char *encoding); /* Content-Encoding; must live as long */
/* (turn) As PutObject does, once; its type is application/octet-stream. S3_NO_BUCKET: there is none any more. */
MUST_CHECK int s3_deposit_keep(const Scope *scope, S3Deposit *deposit, Bytes bucket, Bytes key);
S3Deposit *s3_deposit_free(S3Deposit *deposit); /* what was not kept is given up; NULL is fine; returns NULL */

/* For services that read objects. The first key behind `after` (empty: behind none) that begins with `prefix`:
 * STORE_NOT_FOUND where there is no more, S3_NO_BUCKET. */
MUST_CHECK int s3_next_key(const Scope *scope, Bytes bucket, Bytes prefix, Bytes after, Bytes *ret_key);
/* Its bytes, for this turn and later ones, though it be replaced: the caller's to close. What a key of KMS has sealed
 * is opened. STORE_NOT_FOUND; S3_SEALED: the key is the customer's, or can't be used. */
typedef struct S3Reading S3Reading;
MUST_CHECK int s3_open(const Scope *scope, Bytes bucket, Bytes key, S3Reading **ret_reading);
MUST_CHECK int s3_read(S3Reading *reading, uint64_t at, char *to, size_t room, size_t *ret_len); /* as blob_read */
S3Reading *s3_close(S3Reading *reading); /* NULL is fine; returns NULL */
