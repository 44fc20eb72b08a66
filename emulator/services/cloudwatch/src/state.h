/* state.h - what the service holds in memory. */
#pragma once
#include "cloudwatch.h"

struct Cloudwatch {
    Runtime *runtime;
    Timer *alarms; /* NULL: no alarm is due ever */
    int64_t alarms_due_ms;
    LoopTimer alarm_steps;
    uint64_t alarms_turn; /* in which `evaluated` alarms were looked at */
    int evaluated;
    CloudwatchOutlet outlet;
    int64_t running_streams; /* of metrics; below 0: not counted */
    Timer *streams;          /* when what was noted for them is sent; NULL: nothing is */
    LoopTimer stream_steps;
};
