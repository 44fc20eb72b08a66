/* sequence.h - AWS's sequence numbers: 186 bits, told as 56 decimal digits. In hexadecimal digits from the left, with
 * how many there are of each:
 *
 *   2 (1), second the shard was created (9), last digit of the shard's index (1), index of the record (16), 0 (2),
 *   second of arrival (9), shard's index (8), version (1)
 *
 * aws: numbers that the service has given and AWS has published show it, as in the Lambda Developer Guide's example
 * event of Kinesis. Version 2 is what streams have had since 2014; version 0 is only recognised, for its refusals.
 *
 * Within a shard the index alone orders them. A child's are above its parents' because its second of creation is. */
#pragma once
#include "arena.h"

#define SEQUENCE_DIGITS      56
#define SEQUENCE_INDEX_MAX   INT64_MAX /* of a closed shard's EndingSequenceNumber */
#define SEQUENCE_VERSION     2
#define SEQUENCE_VERSION_OLD 0

/* The part that is one for all numbers of a shard, made once. */
typedef struct SequenceOrigin {
    uint64_t limbs[3]; /* base 10^19, least first */
    int64_t created_s;
    uint32_t shard_index;
} SequenceOrigin;

typedef struct SequenceNumber {
    int64_t created_s;
    int64_t arrived_s;
    uint64_t index;
    uint32_t shard_index;
    int version;
} SequenceNumber;

SequenceOrigin sequence_origin(int64_t created_s, uint32_t shard_index);
void sequence_write(char out[static SEQUENCE_DIGITS], const SequenceOrigin *origin, uint64_t index, int64_t arrived_s);
Bytes sequence_text(Arena *arena, const SequenceOrigin *origin, uint64_t index, int64_t arrived_s);
/* False where it is none: wrong version, or a part out of its range. */
MUST_CHECK bool sequence_parse(Bytes text, SequenceNumber *ret);
