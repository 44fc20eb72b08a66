/* kms.h - what other services and main may ask of the Key Management Service. */
#pragma once
#include "call.h"

typedef struct Kms Kms;

extern const Service kms_service;

Kms *kms_open(Host *host);
Kms *kms_close(Kms *kms); /* returns NULL */

typedef struct KmsKey {
    Bytes id, arn, state; /* state: "Enabled", "Disabled", "PendingDeletion" */
    Bytes manager;        /* "AWS" or "CUSTOMER" */
    Bytes description;
    int64_t created_ms;
} KmsKey;

enum { KMS_KEY_FOUND = 0, KMS_KEY_ABSENT = 1 };

/* name: a key's id or ARN, or an alias' name ("alias/aws/kinesis") or ARN. The AWS-managed key behind alias/aws/kinesis
 * is there in every account and region. KMS_KEY_FOUND, KMS_KEY_ABSENT, or the negative code of the store. Bytes lie in
 * the arena. */
MUST_CHECK int kms_find_key(Kms *kms, Call *call, Bytes name, KmsKey *ret_key);
