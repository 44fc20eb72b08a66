/* s3.h - what other services and main may ask of the Simple Storage Service. */
#pragma once
#include "call.h"

extern const Service s3_service;

/* For services that put objects. scope: of the S3 that has them; a bucket belongs to no account's name space. Codes of
 * the store below 0, and STORE_FULL, are passed up. */
enum { S3_DONE = 0, S3_NO_BUCKET = 16 };
MUST_CHECK int s3_find_bucket(const Scope *scope, Bytes bucket);

/* Bytes that come over many turns and become an object in one: seen by nobody before. */
typedef struct S3Deposit S3Deposit;
MUST_CHECK int s3_deposit_begin(const Scope *scope, S3Deposit **ret_deposit);
MUST_CHECK int s3_deposit_write(S3Deposit *deposit, Bytes bytes);
/* (turn) As PutObject does, once; its type is application/octet-stream. S3_NO_BUCKET: there is none any more. */
MUST_CHECK int s3_deposit_keep(const Scope *scope, S3Deposit *deposit, Bytes bucket, Bytes key);
S3Deposit *s3_deposit_free(S3Deposit *deposit); /* what was not kept is given up; NULL is fine; returns NULL */
