/* meters.h - what a service measures of its own, minute by minute: added up in memory under the dimensions it has, and
 * told to CloudWatch when the minute of the emulator's clock is over, in steps where there is much. A minute that a
 * kill cuts off is not told. */
#pragma once
#include "cloudwatch.h"

typedef struct MeterMetric {
    const char *name, *unit; /* "IncomingBytes", "Bytes" */
} MeterMetric;

/* Meters of the same dimensions: a static const value. */
typedef struct MeterKind {
    const char *dimensions[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX]; /* "StreamName"; NULL behind the last */
    const MeterMetric *metrics;
    int metrics_count;
} MeterKind;

/* By names, so that a meter may outlive what it counts until it is told: what comes under the same names later is, for
 * CloudWatch, the same. No NUL is in them. */
typedef struct MeterName {
    const MeterKind *kind;
    Bytes account, region;
    Bytes values[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX]; /* of kind->dimensions */
} MeterName;

/* The sums of one name in the minute that is on. Held no longer than a call: MeterRef. */
typedef struct Meter Meter;
typedef struct Meters Meters;

/* Where what is measured keeps its meter; zeroed: nowhere yet. */
typedef struct MeterRef {
    Meter *meter;
    uint64_t minute; /* in which it holds */
} MeterRef;

/* NULL: there is no CloudWatch, and nothing is measured; meters_settle, meters_undo and meters_close take it, too. */
Meters *meters_open(Runtime *runtime, const char *name_space);
Meters *meters_close(Meters *meters);

/* The meter that ref keeps, or NULL: its minute is over, or it keeps none. */
Meter *meter_kept(const Meters *meters, const MeterRef *ref);
/* Made where it isn't there, and kept by ref from then on. ref, ret_is_new: may be NULL. */
Meter *meter_find(Meters *meters, const MeterName *name, MeterRef *ref, bool *ret_is_new);
/* metric: of its kind's metrics. Counts once the turn, or the part of it that it came in, is committed. */
void meter_take(Meters *meters, Meter *meter, int metric, double value);

/* After a commit: what was taken is counted. A turn is undone: what was taken since the last commit is not. */
void meters_settle(Meters *meters);
void meters_undo(Meters *meters);

/* Since the request came. */
double meters_latency_ms(const Call *call);
