/* tags.h - tags of groups, destinations and the other things that have an ARN. */
#pragma once
#include "state.h"
#include "tagging.h"

/* In the model a value may be absent: it is empty. */
Tags log_tags_of(Arena *arena, const LogsTags *map);
TagOwner log_tags(Bytes arn);
/* Refuses those of a new thing. */
MUST_CHECK Status log_tags_check(Call *call, Tags tags);
MUST_CHECK int log_tags_forget(const Scope *scope, Bytes arn);
