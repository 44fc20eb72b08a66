/* metric.h - a metric is a namespace, a name and dimensions. */
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

/* Dimensions in one order, so that the same ones are the same metric: name, 0x1f, value, 0x1e for each. */
Bytes metric_dimensions_text(Arena *arena, const CloudwatchDimensions *dimensions);
CloudwatchDimensions metric_dimensions_parse(Arena *arena, Bytes text);

/* The metric's id; it is made at its first data point. What nobody has put anything of for 455 days is forgotten bit by
 * bit, as others are made. */
MUST_CHECK int metric_touch(Store *store, const Metric *metric, int64_t now_ms, int64_t *ret_id);
/* STORE_NOT_FOUND: nobody ever put it. */
MUST_CHECK int metric_find(Store *store, const Metric *metric, int64_t *ret_id);

/* Those of the scope's account and region behind an id, in the order they were first seen: STORE_ROW, then
 * statement_end. Columns: id, namespace, name, dimensions, last_ms. */
Statement *metrics_after(const Scope *scope, int64_t after_id);
