/* tags.h - tags of buckets and objects: as a list, and as the text k=v&k=v that x-amz-tagging has, in which form they
 * are kept. aws: API Reference, PutObjectTagging, PutBucketTagging. */
#pragma once
#include "errors.h"
#include "tagging.h"

#define OBJECT_TAGS_MAX 10
#define BUCKET_TAGS_MAX 50

MUST_CHECK Status tag_set_check(Call *call, Tags tags, size_t max);
MUST_CHECK Status tag_set_read(Call *call, Bytes text, Tags *ret_tags);
Bytes tag_set_twin(Tags tags); /* a key that is there twice; of few tags */
/* InvalidArgument of x-amz-tagging. */
MUST_CHECK Status tag_header_is_bad(Call *call, Bytes header);
Bytes tag_set_text(Call *call, Tags tags);
