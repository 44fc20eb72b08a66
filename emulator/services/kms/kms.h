/* kms.h - what other services and main may ask of the Key Management Service. */
#pragma once
#include "call.h"

typedef struct Kms Kms;

extern const Service kms_service;

typedef enum KmsKeyState { KMS_KEY_ENABLED, KMS_KEY_DISABLED, KMS_KEY_PENDING_DELETION } KmsKeyState;

typedef struct KmsKey {
    Bytes id, arn;
    KmsKeyState state;
    Bytes manager; /* "AWS" or "CUSTOMER" */
    Bytes description;
    Bytes material_id;               /* 64 hex digits */
    int64_t created_ms, deletion_ms; /* deletion_ms: when PENDING_DELETION */
} KmsKey;

enum { KMS_KEY_FOUND = 0, KMS_KEY_ABSENT = 1 };

/* scope: of the Kms that is asked. name: a key's id or ARN, or an alias' name ("alias/aws/kinesis") or ARN. The
 * AWS-managed key behind alias/aws/kinesis is there in every account and region. KMS_KEY_FOUND, KMS_KEY_ABSENT, or the
 * negative code of the store. Writes where the keys of account and region are not furnished yet: that stays, even if
 * the call is refused afterwards (call_keep_writes). */
MUST_CHECK int kms_find_key(const Scope *scope, Bytes name, KmsKey *ret_key);
/* The same for a key that was found before: never writes. */
MUST_CHECK int kms_look_up_key(const Scope *scope, Bytes name, KmsKey *ret_key);
/* Another number whenever a key or an alias may have changed: what was found before is still so while it stays. */
uint64_t kms_generation(const Kms *kms);
