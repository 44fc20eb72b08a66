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
};
