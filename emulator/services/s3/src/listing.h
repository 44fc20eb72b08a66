/* listing.h - keys in order, what they have in common up to a delimiter told once: one range of a table's tree, and a
 * seek behind each common prefix, however many keys have it. */
#pragma once
#include "object.h"

#define LIST_KEYS_MAX 1000

typedef struct Listing {
    Bytes prefix, delimiter; /* empty: none */
    Bytes after; /* keys behind this one; empty: from the first. In one of the prefixes: behind all its keys */
    size_t max;
    void (*add_object)(void *context, const Object *object);
    void *context;
    /* What came of it. */
    S3CommonPrefixList prefixes;
    size_t count;      /* objects and prefixes */
    bool is_truncated; /* there are more */
    Bytes last;        /* the last key or prefix that was told */
} Listing;
MUST_CHECK Status listing_run(Call *call, const Bucket *bucket, Listing *listing);

/* Of a key, the prefix that it shares; absent: none. Both of listings of versions and uploads, too. */
Bytes common_prefix(Bytes key, Bytes prefix, Bytes delimiter);
/* The first text behind all that begin with it. */
Bytes behind_prefix(Arena *arena, Bytes prefix);
Bytes behind_key(Arena *arena, Bytes key); /* the smallest that is larger */
/* InvalidArgument unless it is "url" or absent. */
MUST_CHECK Status encoding_check(Call *call, Bytes encoding);
Bytes encoded(Call *call, Bytes encoding, Bytes text);             /* as it says */
Bytes delimiter_told(Call *call, Bytes encoding, Bytes delimiter); /* an empty one is none */
MUST_CHECK Status max_check(Call *call, const char *name, bool is_given, int64_t given, size_t *ret_max);
S3Owner *owner_of_bucket(Call *call, const Bucket *bucket);
