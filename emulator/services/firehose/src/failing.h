/* failing.h - records that could not be processed, as AWS tells them in objects under the error prefix. */
#pragma once
#include "buffer.h"
#include "processing.h"

/* Where a record's columns were to be found. Absent: null. */
typedef struct FailedTable {
    Bytes catalog_id, database, table, region, version;
} FailedTable;
/* A line of JSON. aws: Developer Guide, "Handle error in data format conversion". */
void failing_append_conversion(Buffer *out, const Failing *failing, const FailedTable *table, int64_t now_ms);

/* A line of JSON. aws: Developer Guide, "Handle failure in data transformation": attemptsMade, arrivalTimestamp,
 * errorCode, errorMessage, attemptEndingTimestamp, rawData ("The base64-encoded record data"). */
void failing_append(Buffer *out, const Failing *failing, int64_t now_ms);
