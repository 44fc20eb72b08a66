/* trace.h - who put and who got which records lately: steps in a ring, in memory only. What the records are is the
 * log's to tell. */
#pragma once
#include "record.h"

typedef struct Trace Trace;

Trace *trace_free(Trace *trace); /* returns NULL */
void trace_forget(Trace *trace); /* a turn was undone, or all is another: what is remembered may not have been */

/* The record that this call has just put; the records it was given. No trace is kept: nothing is done. */
void trace_put(const Call *call, const Shard *shard);
void trace_get(const Call *call, const Shard *shard, const RecordPage *page);
void trace_push(Kinesis *kinesis, const Shard *shard, const RecordPage *page, int64_t consumer_id);
