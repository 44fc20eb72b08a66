/* put.h - what PutRecord and PutRecords check. */
#pragma once
#include "record.h"

/* May records come without a key: is this a stream that spreads them? Whether it is there at all is checked later. */
MUST_CHECK Status put_may_lack_key(Call *call, StreamRef ref, bool *ret);
/* Key and data together against the stream's own maximum. */
MUST_CHECK Status put_check_size(Call *call, const Stream *stream, const NewRecord *record);
/* The open shard of its key, or the next one in turn where the stream spreads its records; prepared. */
MUST_CHECK Status put_find_shard(Call *call, Stream *stream, const NewRecord *record, Shard **ret_shard);
/* aws: Kinesis API, PutRecord: "Guarantees strictly increasing sequence numbers, for puts from the same client and to
 * the same partition key". One writer gives all numbers of a shard and a child's are above its parents', so a number
 * that this stream gave is always below the next one: what is left to do is to refuse numbers it has not given yet. */
MUST_CHECK Status put_check_ordering(Call *call, const Stream *stream, Bytes sequence_number);
/* Of the records now put: absent where there is none. */
Bytes put_encryption(const Stream *stream);
