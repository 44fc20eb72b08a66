/* alarm_history.h - what befell alarms: kept for 30 days, also of those that are gone.
 * aws: CloudWatch User Guide, Alarms: "CloudWatch saves alarm history for 30 days". */
#pragma once
#include "alarm.h"

typedef struct HistoryItem {
    int64_t id;
    Bytes account, region, name;
    bool is_composite;
    int64_t time_ms;
    Bytes type, summary, data; /* "StateUpdate" … */
} HistoryItem;

MUST_CHECK int history_add(const Scope *scope, const Alarm *alarm, const HistoryItem *item);
