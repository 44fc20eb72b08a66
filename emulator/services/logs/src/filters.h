/* filters.h - filter patterns in this service: refused in AWS's words; and metric filters, which make data points of
 * events. */
#pragma once
#include "append.h"
#include "filter_pattern.h"

/* InvalidParameterException. */
MUST_CHECK Status filter_pattern_for(Call *call, Bytes text, const FilterPattern **ret_pattern);

typedef struct MetricFilter {
    int64_t group_id;
    Bytes group, name, pattern;
    Bytes metric_name, metric_namespace, metric_value, unit; /* unit: absent where none was given */
    Bytes dimensions; /* each name and selector, with a unit separator behind it; none: empty */
    double default_value;
    bool has_default;
    int64_t created_ms;
} MetricFilter;

#define METRIC_FILTERS_MAX 100 /* aws: quotas: "Metric filters: 100 per log group" */

extern const Migration logs_filters_schema;

/* Of a group, or of all groups of the scope's region where group_id is 0, behind the names; in their order. */
Statement *metric_filters_after(const Scope *scope, int64_t group_id, Bytes group, Bytes name);
void metric_filter_read(Arena *arena, Statement *row, MetricFilter *ret_filter);
MUST_CHECK int metric_filter_write(const Scope *scope, const MetricFilter *filter);
/* STORE_NOT_FOUND: it isn't there. */
MUST_CHECK int metric_filter_remove(const Scope *scope, int64_t group_id, Bytes name);
MUST_CHECK int metric_filters_count(const Scope *scope, int64_t group_id, int64_t *ret_count);
MUST_CHECK int metric_filters_forget(const Scope *scope, int64_t group_id);

/* What the batch, which is in the group now, tells CloudWatch. */
MUST_CHECK int metric_filters_take(const Scope *scope, const LogGroup *group, Batch batch);
