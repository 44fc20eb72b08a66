/* format.c - the table of formats. */
#include "format.h"
#include "avro.h"
#include "canonical.h"
#include "json_schema/json_schema.h"
#include "protobuf/protobuf.h"

static const void *parse_avro(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    return avro_parse(arena, definition, ret_reason);
}

static bool can_read_avro(Arena *arena, const void *reader, const void *writer, Mismatch *ret_mismatch)
{
    return avro_can_read(arena, reader, writer, ret_mismatch);
}

static const void *parse_json(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    return json_schema_parse(arena, definition, ret_reason);
}

static bool can_read_json(Arena *arena, const void *reader, const void *writer, Mismatch *ret_mismatch)
{
    return json_schema_can_read(arena, reader, writer, ret_mismatch);
}

static const void *parse_protobuf(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    return proto_parse(arena, definition, ret_reason);
}

static bool can_read_protobuf(Arena *arena, const void *reader, const void *writer, Mismatch *ret_mismatch)
{
    return proto_can_read(arena, reader, writer, ret_mismatch);
}

static const Format formats[] = {
    {{"AVRO", 4}, parse_avro, canonical_json, can_read_avro},
    {{"JSON", 4}, parse_json, canonical_json, can_read_json},
    {{"PROTOBUF", 8}, parse_protobuf, proto_canonical, can_read_protobuf},
};

const Format *format_find(Bytes name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (bytes_equal(formats[i].name, name))
            return &formats[i];
    return NULL;
}
