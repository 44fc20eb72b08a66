/* firehose.h - Amazon Data Firehose: records that are put, or read from a Kinesis stream, become objects of a bucket.
 */
#pragma once
#include "event.h"

typedef struct Firehose Firehose;

extern const Service firehose_service;

/* How long CREATING and DELETING last, and encryption's ENABLING and DISABLING, in ms of the emulator's clock. */
void firehose_set_transition_ms(Firehose *firehose, int64_t transition_ms);

/* For services that write to delivery streams. scope: of the Firehose that has them. One record, in this turn's
 * transaction. FIREHOSE_NO_STREAM: none that takes records now; codes of the store below 0 are passed up. */
enum { FIREHOSE_DONE = 0, FIREHOSE_NO_STREAM = 16 };
MUST_CHECK int firehose_append(const Scope *scope, Bytes stream, Bytes data);

/* A line of a delivery stream's error log, for the group and stream of Logs that it names. */
extern const EventKind FIREHOSE_SAID;
typedef struct FirehoseSaid {
    Bytes account, region, group, stream, message;
} FirehoseSaid;
