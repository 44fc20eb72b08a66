/* seal.h - the records of encrypted streams, as they lie in the buffer. */
#pragma once
#include "delivery_stream.h"

#define RECORD_IS_SEALED 1u /* LogRecord.flags */

Bytes record_seal(const Firehose *firehose, Arena *arena, const DeliveryStream *stream, Bytes data);
/* false: it isn't as it was sealed. */
MUST_CHECK bool record_unseal(const Firehose *firehose, Arena *arena, const DeliveryStream *stream, Bytes *data);
MUST_CHECK int seal_load_secret(Firehose *firehose);
