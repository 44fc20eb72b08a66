/* append.h - events into a stream, as one batch. */
#pragma once
#include "events.h"

#define EVENT_OVERHEAD_BYTES 26 /* aws: PutLogEvents: "plus 26 bytes for each log event" */

typedef struct Batch {
    const LogsInputLogEvent *events; /* in the order of their times */
    size_t count;
    EventPlace *places; /* to be told: of each; NULL: nobody asks */
} Batch;

/* Changes both rows. The group's key was looked at. */
MUST_CHECK int events_append(const Scope *scope, LogGroup *group, LogStream *stream, Batch batch);
