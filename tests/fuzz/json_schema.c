/* json_schema.c - JSON Schemas: two of them, apart by a NUL. Each reads what it wrote itself. They come out of a
 * decoded request: UTF-8. */
#include "json_schema/json_schema.h"
#include "fuzz.h"

static const JsonSchema *parse(Arena *arena, Bytes definition)
{
    Bytes reason = {0};
    if (!bytes_is_utf8(definition))
        return NULL;
    const JsonSchema *schema = json_schema_parse(arena, definition, &reason);
    EXPECT(schema || (present(reason) && bytes_is_utf8(reason)));
    return schema;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Bytes second = {(const char *)data, size}, first = bytes_cut(&second, '\0');
    Mismatch mismatch = {0};
    const JsonSchema *reader = parse(arena, first);
    const JsonSchema *writer = present(second) ? parse(arena, second) : NULL;
    if (reader)
        EXPECT(json_schema_can_read(arena, reader, reader, &mismatch));
    if (reader && writer && !json_schema_can_read(arena, reader, writer, &mismatch))
        EXPECT(present(mismatch.path) && bytes_is_utf8(mismatch.path) && bytes_is_utf8(mismatch.what));
    arena_free(arena);
    return 0;
}
