/* tag.h - tags of tables. aws: DynamoDB Developer Guide, "Tagging restrictions". */
#pragma once
#include "table.h"
#include "tagging.h"

/* Keys that are allowed, each once. */
MUST_CHECK Status table_tags_check(Call *call, const DynamodbTagList *tags);
/* All it has. */
MUST_CHECK int table_tags_all(const Scope *scope, int64_t table_id, Tags *ret_tags);
/* Adds or replaces; LimitExceeded is the caller's to look for before. */
MUST_CHECK int table_tags_put(const Scope *scope, int64_t table_id, const DynamodbTagList *tags);
