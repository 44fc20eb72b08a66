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
} PrefixValues;

typedef enum PrefixFault {
    PREFIX_FINE,
    PREFIX_UNENDED,       /* "!{" without "}" */
    PREFIX_UNKNOWN,       /* no such name space, or no such name in it */
    PREFIX_BAD_TIME,      /* no pattern of Java's */
    PREFIX_NO_ERROR_HERE, /* error-output-type outside of an error's prefix */
    PREFIX_PARTITION_KEY, /* a key of dynamic partitioning */
} PrefixFault;

bool prefix_has_expressions(Bytes prefix);
bool prefix_has_times(Bytes prefix); /* else YYYY/MM/dd/HH/ is put behind it */
bool prefix_has_error_type(Bytes prefix);
/* Its expressions evaluated, and nothing else. */
MUST_CHECK PrefixFault prefix_append(Buffer *out, Bytes prefix, const PrefixValues *values);
/* As objects' names begin with it; of an error's, where `error` is absent, that which follows from the other. */
MUST_CHECK PrefixFault prefix_evaluate(Buffer *out, Bytes prefix, const PrefixValues *values);
MUST_CHECK PrefixFault prefix_evaluate_error(Buffer *out, Bytes prefix, Bytes error, const PrefixValues *values);
