/* iterator.h - shard iterators: a place in a shard, as text. */
#pragma once
#include "dynamodbstreams_model.h"
#include "table_stream.h"

extern const ErrorModel DYNAMODBSTREAMS_VALIDATION; /* ValidationException, as DynamoDB spells it */

/* The stream of an ARN, or AWS's words of why there is none. */
MUST_CHECK Status stream_of_arn(Call *call, Bytes arn, TableStream *ret_stream);

Bytes stream_iterator_make(Call *call, const TableStream *stream, const StreamShard *shard, int64_t from);
/* Refused: no iterator of ours, too old, of a stream that is gone. */
MUST_CHECK Status stream_iterator_follow(Call *call, Bytes iterator, TableStream *ret_stream, StreamShard *ret_shard,
                                         int64_t *ret_from);
/* aws: API Reference: "The upper limit is 100" (or 1000) */
MUST_CHECK Status limit_check(Call *call, bool has_limit, int32_t limit, int32_t max);
