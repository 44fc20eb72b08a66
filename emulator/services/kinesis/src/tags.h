/* tags.h - tags of streams and consumers. */
#pragma once
#include "stream.h"
#include "tagging.h"

/* owner: a stream's id, or a consumer's below 0. */
TagOwner tags_of(int64_t owner);
/* Those of a new thing. name: of the stream, for the message. */
MUST_CHECK Status tags_check(Call *call, KinesisStreamName name, const KinesisTagMap *tags);
/* Those that are added to what is there. */
MUST_CHECK Status tags_check_more(Call *call, const Stream *stream, const TagOwner *owner, const KinesisTagMap *tags);
