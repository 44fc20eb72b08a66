/* failing.h - records that could not be processed, as AWS tells them in objects under the error prefix. */
#pragma once
#include "buffer.h"
#include "processing.h"

/* A line of JSON. aws: Developer Guide, "Handle failure in data transformation": attemptsMade, arrivalTimestamp,
 * errorCode, errorMessage, attemptEndingTimestamp, rawData ("The base64-encoded record data"). */
void failing_append(Buffer *out, const Failing *failing, int64_t now_ms);
