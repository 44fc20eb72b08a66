/* tags.h - tags of streams: what CreateStream and AddTagsToStream share. */
#pragma once
#include "stream.h"

MUST_CHECK Status tags_check(Call *call, const KinesisTagMap *tags);
MUST_CHECK Status tags_too_many(Call *call, KinesisStreamName name);
/* New ones are added, those that are there get the new value. */
MUST_CHECK int tags_put(Kinesis *kinesis, const Stream *stream, const KinesisTagMap *tags);
