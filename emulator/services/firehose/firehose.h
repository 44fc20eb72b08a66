/* firehose.h - Amazon Data Firehose: records that are put, or read from a Kinesis stream, become objects of a bucket.
 */
#pragma once
#include "call.h"

typedef struct Firehose Firehose;

extern const Service firehose_service;

/* How long CREATING and DELETING last, and encryption's ENABLING and DISABLING, in ms of the emulator's clock. */
void firehose_set_transition_ms(Firehose *firehose, int64_t transition_ms);
