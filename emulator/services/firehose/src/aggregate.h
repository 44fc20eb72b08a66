/* aggregate.h - records that the Kinesis Producer Library has put together.
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
#pragma once
#include "bytes.h"

/* Walks through the user records of a Kinesis record; one that was not put together is its own only one.
 *     for (Aggregate aggregate = aggregate_of(data); aggregate_next(&aggregate, &record);) */
typedef struct Aggregate {
    Bytes rest;
    bool is_whole; /* rest is one record as it is */
} Aggregate;
Aggregate aggregate_of(Bytes data);
bool aggregate_next(Aggregate *aggregate, Bytes *ret_record);
