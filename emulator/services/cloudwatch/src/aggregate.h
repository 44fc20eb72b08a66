/* aggregate.h - the data points of a metric, added up by period. */
#pragma once
#include "point.h"

typedef struct Bucket {
    int64_t start_ms;
    double count, sum, minimum, maximum;
    Values values; /* with AggregateQuery.values; none: they are not all known */
} Bucket;

/* Room for the values of one bucket, for one query after the other. */
Values *values_room(Arena *arena);

typedef struct AggregateQuery {
    int64_t metric_id;
    Bytes unit;
    int64_t start_ms, end_ms; /* the end outside */
    int64_t origin_ms;        /* where some period begins */
    int32_t period_s;
    bool is_descending;
    Values *values; /* values_room; NULL: only percentiles need them */
    /* Each bucket in the order asked for; false: no more. What it points to is gone afterwards. */
    bool (*take)(void *context, const Bucket *bucket);
    void *context;
} AggregateQuery;

/* The store's codes. *rows counts what was read, rows with many values for several. */
MUST_CHECK int aggregate(Store *store, Arena *arena, const AggregateQuery *query, uint64_t *rows);

#define UNITS_MAX 32 /* the model's enum has 27 */
typedef struct Units {
    Bytes items[UNITS_MAX];
    size_t len;
} Units;
/* Which units the metric has data of in query's time, by name; a unit of query is the only one. */
MUST_CHECK int metric_units(Store *store, Arena *arena, const AggregateQuery *query, Units *ret);

typedef enum StatisticKind {
    STATISTIC_SAMPLE_COUNT,
    STATISTIC_AVERAGE,
    STATISTIC_SUM,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE, /* this one and what follows need values */
    STATISTIC_TRIMMED_MEAN,
    STATISTIC_WINSORIZED_MEAN,
    STATISTIC_TRIMMED_COUNT,
    STATISTIC_TRIMMED_SUM,
    STATISTIC_PERCENTILE_RANK
} StatisticKind;
typedef struct Statistic {
    StatisticKind kind;
    double percentile;
    /* Of the others: between which percents of the samples, or which values. */
    double from, to;
    bool are_percents;
} Statistic;

/* "Sum", "p99.9", "tm90", "TM(10%:90%)", "PR(100:2000)", "IQM"; false: none there is. */
bool statistic_parse(Bytes text, Statistic *ret);
bool statistic_needs_values(const Statistic *statistic);
/* False: a percentile of data of which only statistic sets are known. */
bool bucket_statistic(const Bucket *bucket, const Statistic *statistic, double *ret);

/* aws: GetMetricStatistics, StartTime: it is rounded down to the minute, to five for what is older than 15 days, to the
 * hour beyond 63; Period: 1, 5, 10, 30 or a multiple of 60. */
int64_t aggregate_round_start(int64_t start_ms, int32_t period_s, int64_t now_ms);
MUST_CHECK Status aggregate_check_period(Call *call, const char *member, int32_t period_s);
MUST_CHECK Status aggregate_check_span(Call *call, int64_t start_ms, int64_t end_ms);
