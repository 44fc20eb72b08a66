/* maths.h - metric maths. aws: CloudWatch User Guide, Using math expressions with CloudWatch metrics. */
#pragma once
#include "series.h"

/* aws: PutMetricAlarm, Metrics: exactly one of them returns data, and it is one time series. */
MUST_CHECK Status maths_check_alarm(Call *call, const CloudwatchMetricDataQueries *queries);
/* The one that returns data. Of queries that maths_check_alarm has let in. The store's codes. */
MUST_CHECK int maths_alarm_series(const Scope *scope, const CloudwatchMetricDataQueries *queries, const Window *window,
                                  Series *ret);
