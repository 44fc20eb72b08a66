/* metric.h - a metric is a namespace, a name and dimensions; its data points are kept as statistic sets, with the
 * values they came from where there were several. */
#pragma once
#include "cloudwatch.h"
#include "cloudwatch_model.h"

extern const ErrorModel cloudwatch_validation;

typedef struct Metric {
    int64_t id;
    Bytes account, region;
    Bytes name_space, name;
    Bytes dimensions; /* metric_dimensions_text */
    int64_t last_ms;  /* of its newest data point */
} Metric;

typedef struct DataPoint {
    int64_t time_ms;
    Bytes unit;
    int32_t resolution_s;
    double count, sum, minimum, maximum;
    Bytes values; /* value, count, value, count …: doubles as they lie in memory; absent for one value or a statistic
                     set */
} DataPoint;

/* Dimensions in one order, so that the same ones are the same metric: name, 0x1f, value, 0x1e for each. */
Bytes metric_dimensions_text(Arena *arena, const CloudwatchDimensions *dimensions);
CloudwatchDimensions metric_dimensions_parse(Arena *arena, Bytes text);

/* The metric's id; it is made at its first data point. */
MUST_CHECK int metric_touch(Store *store, const Metric *metric, int64_t *ret_id);
MUST_CHECK int metric_add_point(Store *store, int64_t id, const DataPoint *point);

typedef struct MetricFilter {
    Bytes name_space, name; /* absent: any */
    int64_t active_since_ms;
    int64_t after_id;
} MetricFilter;
/* The next metric behind filter->after_id, in the order they were first seen: STORE_ROW or STORE_NOT_FOUND. */
MUST_CHECK int metric_next(Call *call, const MetricFilter *filter, Metric *ret_metric);
