/* protobuf.c - .proto files: two of them, apart by a NUL. Each reads what it wrote itself, and so does its canonical
 * form. They come out of a decoded request: UTF-8. */
#include "protobuf/protobuf.h"
#include "fuzz.h"

static const ProtoFile *parse(Arena *arena, Bytes definition)
{
    Bytes reason = {0};
    Mismatch mismatch;
    if (!bytes_is_utf8(definition))
        return NULL;
    const ProtoFile *file = proto_parse(arena, definition, &reason);
    if (!file) {
        EXPECT(present(reason) && bytes_is_utf8(reason));
        return NULL;
    }
    Bytes canonical = proto_canonical(arena, definition);
    EXPECT(bytes_equal(canonical, proto_canonical(arena, canonical)));
    const ProtoFile *again = proto_parse(arena, canonical, &reason);
    EXPECT(again);
    EXPECT(proto_can_read(arena, again, file, &mismatch) && proto_can_read(arena, file, again, &mismatch));
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Bytes second = {(const char *)data, size}, first = bytes_cut(&second, '\0');
    Mismatch mismatch = {0};
    const ProtoFile *reader = parse(arena, first);
    const ProtoFile *writer = present(second) ? parse(arena, second) : NULL;
    if (reader && writer && !proto_can_read(arena, reader, writer, &mismatch))
        EXPECT(present(mismatch.path) && bytes_is_utf8(mismatch.path) && bytes_is_utf8(mismatch.what));
    arena_free(arena);
    return 0;
}
