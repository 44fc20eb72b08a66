/* cloudwatch.h - CloudWatch metrics. */
#pragma once
#include "call.h"

typedef struct Cloudwatch Cloudwatch;

extern const Service cloudwatch_service;

/* What a service measured of its own: one data point of a metric of its namespace. */
typedef struct CloudwatchSample {
    Bytes name_space, name; /* "AWS/Kinesis", "IncomingBytes" */
    Bytes unit;             /* "Bytes" */
    Bytes dimension_names[2], dimension_values[2];
    int dimensions_count;
    int64_t time_ms;
    double count, sum, minimum, maximum;
} CloudwatchSample;
/* scope: of the Cloudwatch, where the metric lies; in the turn that is on. The store's codes. */
MUST_CHECK int cloudwatch_record(const Scope *scope, const CloudwatchSample *sample);
