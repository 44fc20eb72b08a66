/* avro_name.c - names with their namespaces. A namespace may be as long as the schema, and stands before every name in
 * it: it is kept once. */
#include "avro.h"

#define TOLD_MAX 200 /* bytes of a name in a message */

static bool spaces_equal(const AvroSpace *one, const AvroSpace *other)
{
    return one == other || (one->hash == other->hash && bytes_equal(one->text, other->text));
}

bool avro_names_equal(AvroName one, AvroName other)
{
    return bytes_equal(one.name, other.name) && spaces_equal(one.space, other.space);
}

Bytes avro_name_text(Arena *arena, AvroName name)
{
    Bytes space = bytes_utf8_prefix(name.space->text, TOLD_MAX), last = bytes_utf8_prefix(name.name, TOLD_MAX);
    return arena_text(arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(space), space.len ? "." : "", BYTES_ARG(last));
}
