/* xml.c - documents of restXml. The first byte chooses the shape. What was read is written and read again, and must be
 * written the same then. */
#include "xml.h"
#include "fuzz.h"
#include "tables.h"
#include "wire.h"

static void write_document(Buffer *out, const Shape *shape, const void *value)
{
    xml_append_root(out, &(XmlRoot){.name = shape->name}, shape, value);
}

static void check_round_trip(Arena *arena, const Shape *shape, const void *value)
{
    Buffer once = {0}, twice = {0};
    Bytes message = {0};
    void *again = arena_take(arena, shape->size);
    write_document(&once, shape, value);
    EXPECT(xml_decode(arena, shape->name, shape, buffer_bytes(&once), again, &message) == WIRE_OK);
    write_document(&twice, shape, again);
    EXPECT(bytes_equal(buffer_bytes(&once), buffer_bytes(&twice)));
    buffer_done(&once);
    buffer_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    while (TABLES_OF_REST_XML.operations[count])
        count++;
    if (!size)
        return 0;
    const Shape *shape = TABLES_OF_REST_XML.operations[data[0] % count]->input;
    Arena *arena = arena_new();
    Bytes message = {0};
    void *value = arena_take(arena, shape->size);
    if (xml_decode(arena, NULL, shape, (Bytes){(const char *)data + 1, size - 1}, value, &message) == WIRE_OK)
        check_round_trip(arena, shape, value);
    else
        EXPECT(present(message) && bytes_is_utf8(message));
    arena_free(arena);
    return 0;
}
