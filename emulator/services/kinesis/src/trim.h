/* trim.h - what retention ends: old records, closed shards, the logs of deleted streams. The scheduler does it, a small
 * step a turn, so that no writer ever waits for it. */
#pragma once
#include "state.h"

void trim_start(Kinesis *kinesis);
void trim_stop(Kinesis *kinesis);
/* The log goes, in steps, from the next turn on. */
MUST_CHECK int trim_drop_log(Kinesis *kinesis, int64_t log_id);
/* Those of all its shards. */
MUST_CHECK int trim_drop_logs(Kinesis *kinesis, const Stream *stream);
