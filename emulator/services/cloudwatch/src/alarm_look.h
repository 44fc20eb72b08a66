/* alarm_look.h - what one look at a metric alarm sees, between its evaluation and the words for it. */
#pragma once
#include "alarm.h"
#include "series.h"

typedef struct Look {
    const CloudwatchMetricAlarm *alarm;
    int64_t at_ms;
    Series points; /* those that count: the newest, at most EvaluationPeriods */
    size_t needed; /* DatapointsToAlarm */
    size_t breaching, missing;
    Bytes missing_as; /* TreatMissingData */
    bool fills;       /* missing ones count as breaching, or as not */
} Look;

bool look_is_breaching(const CloudwatchMetricAlarm *alarm, double value);
Bytes look_reason(Arena *arena, const Look *look, const char *state);
Bytes look_reason_data(Arena *arena, const Look *look);
