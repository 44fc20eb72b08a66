/* kms.h - what other services and main may ask of the Key Management Service. */
#pragma once
#include "call.h"

typedef struct Kms Kms;

extern const Service kms_service;

typedef enum KmsKeyState {
    KMS_KEY_ENABLED,
    KMS_KEY_DISABLED,
    KMS_KEY_PENDING_DELETION,
    KMS_KEY_PENDING_IMPORT,
    KMS_KEY_PENDING_REPLICA_DELETION
} KmsKeyState;

typedef enum KmsMultiRegion { KMS_SINGLE_REGION, KMS_PRIMARY, KMS_REPLICA } KmsMultiRegion;

typedef struct KmsKey {
    Bytes id, arn;
    KmsKeyState state;
    Bytes manager; /* "AWS" or "CUSTOMER" */
    Bytes description;
    Bytes material_id;               /* 64 hex digits of the current one; empty: none was there yet */
    int64_t created_ms, deletion_ms; /* deletion_ms: when PENDING_DELETION */
    Bytes spec, usage, origin;       /* as KeyMetadata spells them */
    KmsMultiRegion multi_region;
    Bytes primary_region;     /* of a multi-Region key */
    int32_t rotation_days;    /* 0: it isn't rotated by itself */
    int64_t rotation_next_ms; /* when it is the next time */
    int64_t expires_ms;       /* of imported material: when the first expires; 0: never; -1: none is imported */
    int32_t pending_days;     /* the waiting period that was asked for */
} KmsKey;

enum { KMS_KEY_FOUND = 0, KMS_KEY_ABSENT = 1 };

/* scope: of the Kms that is asked. name: a key's id or ARN, or an alias' name ("alias/aws/kinesis") or ARN. The
 * AWS-managed key behind alias/aws/kinesis is there in every account and region; those behind the aliases of other
 * services are made when they are first asked for. KMS_KEY_FOUND, KMS_KEY_ABSENT, or the negative code of the store.
 * Writes where keys are made: that stays, even if the call is refused afterwards (call_keep_writes). */
MUST_CHECK int kms_find_key(const Scope *scope, Bytes name, KmsKey *ret_key);
/* The same for a key that was found before: never writes. */
MUST_CHECK int kms_look_up_key(const Scope *scope, Bytes name, KmsKey *ret_key);
/* Data keys: `plain` sealed under the key's current material; only with the same `bound` it opens again.
 * KMS_KEY_ABSENT: the material is gone, or the key is none to encrypt with. */
MUST_CHECK int kms_new_data_key(const Scope *scope, const KmsKey *key, Bytes bound, Bytes plain, Bytes *ret_sealed);
MUST_CHECK int kms_open_data_key(const Scope *scope, Bytes sealed, Bytes bound, Bytes *ret_plain);
/* Another number whenever a key or an alias may have changed: what was found before is still so while it stays. */
uint64_t kms_generation(const Kms *kms);
/* What is said of a key that can't be used now: "<arn> is disabled."; NULL: it can. */
const char *kms_state_trouble(KmsKeyState state);
