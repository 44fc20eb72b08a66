/* aggregate.h - the data points of a metric, added up by period and unit. */
#pragma once
#include "metric.h"

typedef struct AggregateQuery {
    const Metric *metric;     /* account, region, namespace, name, dimensions */
    int64_t start_ms, end_ms; /* the end outside */
    int64_t origin_ms;        /* where some period begins */
    int32_t period_s;
    Bytes unit; /* absent: each by itself */
} AggregateQuery;

typedef struct Bucket {
    int64_t start_ms;
    Bytes unit;
    double count, sum, minimum, maximum;
    struct ValueCount {
        double value, count;
    } * values; /* ascending; NULL: they are not all known */
    size_t values_count;
} Bucket;

typedef struct Buckets {
    Bucket *items; /* by time, then unit */
    size_t len;
} Buckets;

/* A metric nobody ever put has none. The store's codes. */
MUST_CHECK int aggregate(Store *store, Arena *arena, const AggregateQuery *query, Buckets *ret);

typedef enum StatisticKind {
    STATISTIC_SAMPLE_COUNT,
    STATISTIC_AVERAGE,
    STATISTIC_SUM,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE
} StatisticKind;
typedef struct Statistic {
    StatisticKind kind;
    double percentile;
} Statistic;

/* "Sum", "p99.9"; false: none that is built. */
bool statistic_parse(Bytes text, Statistic *ret);
/* False: a percentile of data of which only statistic sets are known. */
bool bucket_statistic(const Bucket *bucket, const Statistic *statistic, double *ret);

/* aws: GetMetricStatistics, StartTime: it is rounded down to the minute, to five for what is older than 15 days, to the
 * hour beyond 63; Period: 1, 5, 10, 30 or a multiple of 60. */
int64_t aggregate_round_start(int64_t start_ms, int32_t period_s, int64_t now_ms);
MUST_CHECK Status aggregate_check_period(Call *call, const char *member, int32_t period_s);
MUST_CHECK Status aggregate_check_span(Call *call, int64_t start_ms, int64_t end_ms);
