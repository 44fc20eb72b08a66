/* maths.h - metric maths. aws: CloudWatch User Guide, Using math expressions with CloudWatch metrics. */
#pragma once
#include "maths_node.h"

/* Reads the expressions; names what is wrong with one, or with the ids they use. */
MUST_CHECK Status maths_begin(Call *call, const CloudwatchMetricDataQueries *queries, Maths *ret);
/* As AWS refuses what came up while it was worked out. */
MUST_CHECK Status maths_check(const Maths *maths);

/* aws: PutMetricAlarm, Metrics: exactly one of them returns data, and it is one time series. */
MUST_CHECK Status maths_check_alarm(Call *call, const CloudwatchMetricDataQueries *queries);
/* The one that returns data. Of queries that maths_check_alarm has let in. The store's codes. */
MUST_CHECK int maths_alarm_series(const Scope *scope, const CloudwatchMetricDataQueries *queries, const Window *window,
                                  Series *ret);

MUST_CHECK Status query_check_id(Call *call, const CloudwatchMetricDataQueries *queries, size_t at);
bool query_is_wanted(const CloudwatchMetricDataQuery *query);
/* The shortest of the metrics; a minute where there are none. */
int32_t queries_period(const CloudwatchMetricDataQueries *queries);
