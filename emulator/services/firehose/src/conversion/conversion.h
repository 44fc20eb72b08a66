/* conversion.h - records of JSON become Parquet, by the columns of a table of Glue's Data Catalog.
 * aws: Developer Guide, "Convert input data format in Amazon Data Firehose". */
#pragma once
#include "deliveries.h"
#include "destination.h"
#include "json_row.h"

#define CONVERSION_SIZE_MB_MIN     64
#define CONVERSION_SIZE_MB_DEFAULT 128

struct Conversion;

bool conversion_is_enabled(const Destination *destination);
/* Members that the update tells take the places of those that were. */
FirehoseDataFormatConversionConfiguration *conversion_merged(Arena *arena,
                                                             const FirehoseDataFormatConversionConfiguration *before,
                                                             const FirehoseDataFormatConversionConfiguration *in);
/* InvalidArgumentException, or what is not built. */
MUST_CHECK Status conversion_check(Call *call, const Destination *destination);

/* Of a delivery. *ret NULL: its destination converts nothing. Codes of the store. */
MUST_CHECK int conversion_new(Delivery *delivery, struct Conversion **ret);
struct Conversion *conversion_free(struct Conversion *conversion); /* NULL is fine; returns NULL */
/* is_one_of_many: holds little at a time. NULL: there are no columns, and no record will be taken. */
ParquetWriter *conversion_writer(const struct Conversion *conversion, bool is_one_of_many);
/* False: the record failed. */
MUST_CHECK bool conversion_add(struct Conversion *conversion, ParquetWriter *writer, Bytes record, Buffer *out,
                               RowFault *ret_fault);
/* What a record costs beside its bytes: of steps of a delivery. */
int64_t conversion_weight(const struct Conversion *conversion);
/* Of objects: Content-Encoding; NULL: none. */
const char *conversion_encoding(const struct Conversion *conversion);
/* The line of a record that failed. */
void conversion_append_failure(const struct Conversion *conversion, const Failing *failing, int64_t now_ms,
                               Buffer *out);
