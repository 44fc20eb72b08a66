/* avro.c - schema definitions: two of them, apart by a NUL. Each reads what it wrote itself, and so does its canonical
 * form; but where a field's alias is another field's name. They come out of a decoded request: UTF-8. */
#include "avro.h"
#include "canonical.h"
#include "fuzz.h"

static bool can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer)
{
    Mismatch mismatch = {0};
    return avro_can_read(arena, reader, writer, &mismatch) ||
           bytes_starts_with(mismatch.what, TEXT("the name and the aliases fit several fields"));
}

static const AvroSchema *parse(Arena *arena, Bytes definition)
{
    Bytes reason = {0};
    if (!bytes_is_utf8(definition))
        return NULL;
    const AvroSchema *schema = avro_parse(arena, definition, &reason);
    if (!schema) {
        EXPECT(bytes_is_utf8(reason));
        return NULL;
    }
    Bytes canonical = canonical_json(arena, definition);
    EXPECT(present(canonical) && bytes_equal(canonical, canonical_json(arena, canonical)));
    const AvroSchema *again = avro_parse(arena, canonical, &reason);
    EXPECT(again);
    EXPECT(can_read(arena, again, schema) && can_read(arena, schema, again));
    return schema;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Bytes second = {(const char *)data, size}, first = bytes_cut(&second, '\0');
    Mismatch mismatch = {0};
    const AvroSchema *reader = parse(arena, first);
    const AvroSchema *writer = present(second) ? parse(arena, second) : NULL;
    if (reader && writer && !avro_can_read(arena, reader, writer, &mismatch))
        EXPECT(present(mismatch.path) && bytes_is_utf8(mismatch.path) && bytes_is_utf8(mismatch.what));
    arena_free(arena);
    return 0;
}
