/* tags.h - tags of streams and consumers. owner: a stream's id, or a consumer's below 0. */
#pragma once
#include "stream.h"

MUST_CHECK Status tags_check(Call *call, const KinesisTagMap *tags);
MUST_CHECK Status tags_too_many(Call *call, KinesisStreamName name);
/* New ones are added, those that are there get the new value. */
MUST_CHECK int tags_put(Kinesis *kinesis, int64_t owner, const KinesisTagMap *tags);
MUST_CHECK int tags_remove(Kinesis *kinesis, int64_t owner, const KinesisTagKeyList *keys);
/* Those behind `after`, by key. */
MUST_CHECK int tags_list(Call *call, int64_t owner, Bytes after, size_t limit, KinesisTagList *ret_tags,
                         bool *ret_has_more);
/* Would these make too many? stream: whose, for the message. */
MUST_CHECK Status tags_check_count(Call *call, const Stream *stream, int64_t owner, const KinesisTagMap *tags);
