/* prefix.h - prefixes of objects' names, and the expressions in them.
 * aws: Developer Guide, "Custom prefixes for Amazon S3 objects". */
#pragma once
#include "buffer.h"
#include "java_time.h"
#include "random.h"

#define PREFIX_EVALUATED_MAX 512

typedef struct PrefixValues {
    JavaTime time;    /* arrival of the oldest record in the object */
    Random *random;   /* NULL: only to check */
    Bytes error_type; /* "processing-failed"; absent where it is no error's prefix */
    /* The value of a partition's key; NULL: there are no partitions. */
    bool (*partition_key)(const void *keys, Bytes name, Bytes *ret);
    const void *partition_keys;
} PrefixValues;

typedef enum PrefixFault {
    PREFIX_FINE,
    PREFIX_UNENDED,       /* "!{" without "}" */
    PREFIX_UNKNOWN,       /* no such name space, or no such name in it */
    PREFIX_BAD_TIME,      /* no pattern of Java's */
    PREFIX_NO_ERROR_HERE, /* error-output-type outside of an error's prefix */
    PREFIX_PARTITION_KEY, /* a key of dynamic partitioning, where there is none */
} PrefixFault;

bool prefix_has_expressions(Bytes prefix);
bool prefix_has_times(Bytes prefix); /* else YYYY/MM/dd/HH/ is put behind it */
bool prefix_has_error_type(Bytes prefix);
bool prefix_has_keys(Bytes prefix); /* of partitions: then nothing is put behind it */
bool prefix_has_key(Bytes prefix, Bytes name);
/* The next name in partitionKeyFromQuery from *at on. */
bool prefix_next_key(Bytes prefix, size_t *at, Bytes *ret_name);
/* Its expressions evaluated, and nothing else. */
MUST_CHECK PrefixFault prefix_append(Buffer *out, Bytes prefix, const PrefixValues *values);
/* As objects' names begin with it; of an error's, where `error` is absent, that which follows from the other. */
MUST_CHECK PrefixFault prefix_evaluate(Buffer *out, Bytes prefix, const PrefixValues *values);
MUST_CHECK PrefixFault prefix_evaluate_error(Buffer *out, Bytes prefix, Bytes error, const PrefixValues *values);
