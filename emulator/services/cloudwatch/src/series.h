/* series.h - the data points of a metric as GetMetricData, expressions and alarms use them: held, ascending. */
#pragma once
#include "aggregate.h"

typedef struct Series {
    Bytes id, label;
    int64_t *times;
    double *values;
    double *counts; /* of samples; NULL: not asked for */
    size_t len, capacity;
    int32_t period_s;
    const struct CloudwatchMetricDataQuery *query; /* what it was read for; NULL: none of its own */
    Bytes unit;                                    /* of a metric's; absent: it has no data, or of an expression */
    Bytes units;                                   /* all that there are, where there is more than one */
} Series;

typedef struct Window {
    int64_t start_ms, end_ms; /* the end outside */
    int64_t origin_ms;        /* where some period begins */
    bool has_counts;
    size_t *room;   /* points that still may be read; NULL: as many as there are */
    uint64_t *rows; /* read so far */
} Window;

void series_add(Arena *arena, Series *series, int64_t time_ms, double value);

/* The statistic is one that statistic_parse takes. Where `room` ends, so does the series. The store's codes. */
MUST_CHECK int series_read(const Scope *scope, const CloudwatchMetricStat *stat, const Window *window, Series *ret);
