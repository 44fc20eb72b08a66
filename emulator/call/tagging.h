/* tagging.h - tags, as the services that have them share them: which are refused, and their table. The words of a
 * refusal are the service's own.
 *
 * aws: Tagging AWS Resources, "Tag naming limits and requirements": 50 a resource; each key is there once; letters,
 * digits, spaces and "_ . : / = + - @" in any service, others in some; keys that begin with "aws:" are AWS's own. */
#pragma once
#include "scope.h"

#define TAGS_MAX 50 /* of one thing */

/* Any list or map of a model whose items are a key and a value. */
typedef struct Tags {
    const Bytes *pairs; /* key, value, key, value … */
    size_t len;
} Tags;
#define TAGS_ARE_PAIRS(list) (0 * sizeof(char[sizeof *(list)->items == 2 * sizeof(Bytes) ? 1 : -1]))
#define TAGS_OF(list)        ((Tags){(const Bytes *)(const void *)(list)->items, (list)->len + TAGS_ARE_PAIRS(list)})
/* The list becomes these. */
#define TAGS_TELL(list, tags)                                                                                          \
    ((list)->items = (void *)(uintptr_t)(tags).pairs, (list)->len = (tags).len + TAGS_ARE_PAIRS(list))

typedef enum TagsFault {
    TAGS_FINE,
    TAGS_TOO_MANY,
    TAGS_RESERVED, /* "aws:", in letters of any case */
    TAGS_DOUBLE,
    TAGS_BAD_CHARACTER, /* said of no tags that have another fault; not every service refuses them */
} TagsFault;
/* ret_key: the key at fault. */
TagsFault tags_judge(Tags tags, Bytes *ret_key);

/* The table that a service keeps them in. What has tags is told by texts, then by a number. */
typedef struct TagTable {
    Query put, remove, list;
    int texts;
    bool has_id;
} TagTable;
/* owner: the columns that say whose they are; values: ?4, ?5 … of them. */
#define TAG_QUERIES(table, owner, values)                                                                              \
    .put = {"INSERT INTO " table " (key, value, " owner ") VALUES (?1, ?2, " values ")"                                \
            " ON CONFLICT DO UPDATE SET value = excluded.value"},                                                      \
    .remove = {"DELETE FROM " table " WHERE key = ?1 AND (" owner ") = (" values ")"},                                 \
    .list = {"SELECT key, value FROM " table " WHERE (" owner ") = (" values ") AND key > ?1 ORDER BY key LIMIT ?2"}

typedef struct TagOwner {
    const TagTable *table;
    Bytes texts[3];
    int64_t id;
} TagOwner;

/* New ones are added; those that are there get the new value. */
MUST_CHECK int tags_put(const Scope *scope, const TagOwner *owner, Tags tags);
/* What isn't there is passed by. */
MUST_CHECK int tags_remove(const Scope *scope, const TagOwner *owner, const Bytes *keys, size_t keys_count);
/* By key; those behind `after`, limit of them. Absent: from the first. */
MUST_CHECK int tags_list(const Scope *scope, const TagOwner *owner, Bytes after, size_t limit, Tags *ret_tags);
/* How many it would have with these. */
MUST_CHECK int tags_count_with(const Scope *scope, const TagOwner *owner, Tags tags, size_t *ret_count);
