/* destination.h - where subscriptions deliver: a Kinesis stream, a delivery stream of Firehose, or a destination of
 * Logs, which stands for one of these. */
#pragma once
#include "state.h"

typedef enum TargetKind { TARGET_NONE, TARGET_KINESIS, TARGET_FIREHOSE, TARGET_DESTINATION, TARGET_LAMBDA } TargetKind;

typedef struct Target {
    TargetKind kind;
    Bytes account, region, name;
} Target;

/* By its ARN; TARGET_NONE: of nothing that can be delivered to. */
Target target_of(Bytes arn);

typedef struct Destination {
    Bytes name, target_arn, role_arn;
    Bytes policy; /* absent: none */
    int64_t created_ms;
} Destination;

/* Of the scope's account and region. STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int destination_find(const Scope *scope, Bytes name, Destination *ret_destination);

/* One record. *ret_is_taken: whoever it was for is there. */
typedef struct Parcel {
    Bytes partition_key; /* of a stream's record */
    Bytes data;
} Parcel;
MUST_CHECK int target_deliver(const Scope *scope, const Target *target, Parcel parcel, bool *ret_is_taken);
/* Delivers the message by which AWS looks whether somebody is there. */
MUST_CHECK int target_try(const Scope *scope, const Target *target, bool *ret_is_taken);
/* Is there such a role? In an account without roles any will do. */
MUST_CHECK int role_is_there(const Scope *scope, Bytes role_arn, bool *ret_is_there);
