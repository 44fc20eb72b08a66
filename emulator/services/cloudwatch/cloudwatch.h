/* cloudwatch.h - CloudWatch metrics. */
#pragma once
#include "call.h"

typedef struct Cloudwatch Cloudwatch;

extern const Service cloudwatch_service;

#define CLOUDWATCH_SAMPLE_DIMENSIONS_MAX 3

/* What a service measured of its own: one data point of a metric of its namespace. */
typedef struct CloudwatchSample {
    Bytes name_space, name; /* "AWS/Kinesis", "IncomingBytes" */
    Bytes unit;             /* "Bytes" */
    Bytes dimension_names[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX], dimension_values[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX];
    int dimensions_count;
    int64_t time_ms;
    double count, sum, minimum, maximum;
} CloudwatchSample;
/* Where metric streams go: Firehose, which lies above us and says when it opens. put: one record into a delivery stream
 * of the scope's place, in the turn that is on. STORE_NOT_FOUND: none of the name takes any. */
typedef struct CloudwatchOutlet {
    int (*put)(void *service, const Scope *scope, Bytes name, Bytes record);
    void *service;
} CloudwatchOutlet;
void cloudwatch_set_outlet(Cloudwatch *cloudwatch, CloudwatchOutlet outlet);

/* scope: of the Cloudwatch, where the metric lies; in the turn that is on. The store's codes. */
MUST_CHECK int cloudwatch_record(const Scope *scope, const CloudwatchSample *sample);
