/* monitoring.h - shard-level metrics, as a set of bits in the order of the model's names. */
#pragma once
#include "stream.h"

KinesisMetricsNameList shard_metrics_list(Arena *arena, unsigned metrics);
