/* tags.h - tags of delivery streams. */
#pragma once
#include "delivery_stream.h"
#include "tagging.h"

TagOwner stream_tags(const DeliveryStream *stream);
/* In the model a value may be absent: it is empty. */
Tags tags_filled(Arena *arena, Tags tags);
/* Those of a new stream. */
MUST_CHECK Status stream_tags_check(Call *call, Tags tags);
