/* observe.h - what is remembered of answered requests: counters and times of each operation, and the last requests. */
#pragma once
#include "pipeline.h"

typedef struct Observer Observer;

Observer *observer_new(size_t keep); /* so many requests; 0: none */
Observer *observer_free(Observer *observer);

typedef struct Observed {
    const char *service, *operation; /* "-": none was found; live as long as the program */
    Bytes account, region, request_id;
    int64_t time_ms;
    double seconds;
    int status;
    const char *error; /* NULL: none; copied */
    Bytes input, output;
} Observed;

/* pipeline.h: pipeline_notes, pipeline_write_metrics */
size_t observer_notes(const Observer *observer, uint64_t after, PipelineNote *ret_notes, size_t limit);
void observer_write_metrics(const Observer *observer, Buffer *out);
void observe(Observer *observer, const Observed *observed);
