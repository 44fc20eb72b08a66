/* processing.h - what becomes of a record on its way out: processors, one behind the other; each takes a record and
 * gives any number of them to the next, or says that it failed.
 *
 * aws: Developer Guide, "Data coming into Firehose will be processed in the following order: Deaggregation → Data
 * Transformation via Lambda → Partitioning Keys"; what CloudWatch Logs sends is decompressed before all that. A
 * processor is one function and one row of `kinds`. Partition keys are told of many records at once, behind these. */
#pragma once
#include "delivery_stream.h"

#define PROCESSORS_MAX     6
#define DECOMPRESSED_MAX   ((size_t)8 * 1024 * 1024)
#define SUB_RECORDS_MAX    500 /* aws: "Record deaggregation … is capped at 500 per record" */
#define CODE_DECOMPRESSION TEXT("Decompression.Failed")
#define CODE_LOG_MESSAGES  TEXT("CloudWatchLogProcessing.Failed")
#define CODE_SUB_RECORDS   TEXT("RecordDeAggregation.Failed")

typedef struct Passing {
    Bytes data;
    int64_t arrival_ms;
} Passing;

typedef struct Failing {
    Passing record;
    Bytes code, message;
    int64_t attempts;
} Failing;

struct Processing;
typedef struct Stage {
    void (*run)(struct Processing *processing, const struct Stage *at, const Passing *record); /* NULL: the end */
    const FirehoseProcessor *settings;
} Stage;

/* What the records of one delivery go through; its memory lies in the arena. */
typedef struct Processing {
    Arena *arena; /* of one record: what the sinks want to keep, they copy */
    Stage stages[PROCESSORS_MAX + 1];
    void (*passed)(void *context, const Passing *record);
    void (*failed)(void *context, const Failing *failing);
    void *context;
} Processing;

/* Sets the stages. What is not enabled passes records as they are. */
void processing_of(Processing *processing, const FirehoseProcessingConfiguration *settings);
void processing_run(Processing *processing, const Passing *record);
/* For stages: to the next of them, or to a sink. */
void processing_pass(Processing *processing, const Stage *from, const Passing *record);
void processing_fail(Processing *processing, const Passing *record, Bytes code, const char *message);

/* The parameter, or absent. */
Bytes processor_parameter(const FirehoseProcessor *processor, Bytes name);
/* The one of that type; NULL: there is none, or none is enabled. */
const FirehoseProcessor *processor_of(const FirehoseProcessingConfiguration *settings, Bytes type);
/* InvalidArgumentException, or what is not built. */
MUST_CHECK Status processors_check(Call *call, const FirehoseProcessingConfiguration *settings);
/* What AppendDelimiterToRecord puts behind each record; empty: nothing. */
Bytes processing_delimiter(Arena *arena, const FirehoseProcessingConfiguration *settings);

/* The stages. */
void decompress_record(Processing *processing, const Stage *at, const Passing *record);
void take_log_messages(Processing *processing, const Stage *at, const Passing *record);
void split_record(Processing *processing, const Stage *at, const Passing *record);
