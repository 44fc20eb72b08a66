/* point.h - the data points of a metric, as they are kept: one row for a unit and a span of time, added up as they
 * come, coarser as they grow old. So what a metric takes of the file has a bound, however often it is put.
 *
 * aws: GetMetricStatistics: "Data points with a period of less than 60 seconds are available for 3 hours …, 60 seconds
 * (1-minute) for 15 days, 300 seconds (5-minute) for 63 days, 3600 seconds (1 hour) for 455 days. Data points that are
 * initially published with a shorter period are aggregated together for long-term storage." */
#pragma once
#include "metric.h"

typedef struct ValueCount {
    double value, count;
} ValueCount;

/* Values, how often each came; ascending. */
typedef struct Values {
    ValueCount *items;
    size_t len;
} Values;

/* Sorts, adds up what is equal; where more than `most` are left, neighbours become one, of the greater value: a
 * percentile then tells a value that stands near it. */
void values_settle(Values *values, size_t most);

typedef struct DataPoint {
    int64_t time_ms;
    Bytes unit;
    int32_t resolution_s; /* 1, 60, 300, 3600 */
    double count, sum, minimum, maximum;
    Values values; /* none: one value only, or of a statistic set: not known */
} DataPoint;

#define VALUES_KEPT 512 /* of a row */

/* Adds it to what is there of its time, and makes coarser what has grown old of its unit. The store's codes. */
MUST_CHECK int point_add(Store *store, Arena *arena, int64_t now_ms, int64_t metric_id, const DataPoint *point);

/* cloudwatch.c: what came of a metric is added to it, and noted for metric streams. */
MUST_CHECK int metric_take(const Scope *scope, const Metric *metric, const DataPoint *point);
