/* put.h - records into a stream's buffer: in the store with the turn's commit, from then on delivered once. */
#pragma once
#include "delivery_stream.h"

/* Behind what the buffer holds; the stream's edges are moved, not written: put_end does that, once for all of a call.
 */
MUST_CHECK int put_record_into(const Scope *scope, DeliveryStream *stream, Bytes data);
MUST_CHECK int put_end(const Scope *scope, DeliveryStream *stream);

/* For CloudWatch's metric streams: cloudwatch.h. */
int put_of_metric_stream(void *service, const Scope *scope, Bytes name, Bytes record);
