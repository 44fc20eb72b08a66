/* monitoring.h - shard-level metrics, as a set of bits; enhanced_monitoring.c has their names in the same order. */
#pragma once
#include "stream.h"

enum {
    SHARD_METRIC_INCOMING_BYTES = 1 << 0,
    SHARD_METRIC_INCOMING_RECORDS = 1 << 1,
    SHARD_METRIC_OUTGOING_BYTES = 1 << 2,
    SHARD_METRIC_OUTGOING_RECORDS = 1 << 3,
    SHARD_METRIC_WRITE_EXCEEDED = 1 << 4,
    SHARD_METRIC_READ_EXCEEDED = 1 << 5,
    SHARD_METRIC_AGE = 1 << 6,
};

KinesisMetricsNameList shard_metrics_list(Arena *arena, unsigned metrics);
