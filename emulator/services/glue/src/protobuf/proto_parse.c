/* proto_parse.c - a .proto file, and its canonical form. */
#include "budget.h"
#include "proto_parser.h"

const char *proto_kind_name(ProtoKind kind)
{
    static const char *const names[] = {"",         "double", "float",  "int32",   "int64",   "uint32",
                                        "uint64",   "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
                                        "sfixed64", "bool",   "string", "bytes",   "enum",    "message"};
    return names[kind];
}

const ProtoFile *proto_parse(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    ProtoParser parser = {.arena = arena, .file = arena_new_of(arena, ProtoFile)};
    budget_work(arena, definition.len);
    parser.definition = definition;
    parser.text = bytes_of(arena_cstr(arena, definition));
    if (parser.text.len != definition.len)
        proto_refuse(&parser, "It has a NUL", (Bytes){0});
    else
        proto_grammar_run(&parser);
    if (!present(parser.reason) && proto_check(&parser))
        return parser.file;
    *ret_reason = parser.reason;
    return NULL;
}

Bytes proto_canonical(Arena *arena, Bytes definition)
{
    Bytes text = bytes_of(arena_cstr(arena, definition));
    const char *at = text.ptr;
    char *canonical = arena_take_raw(arena, 2 * text.len + 1), *end = canonical;
    ProtoToken token;
    while ((token = proto_token_next(&at, text.ptr + text.len)).type > 0) {
        if (end > canonical)
            *end++ = ' ';
        memcpy(end, token.text.ptr, token.text.len);
        end += token.text.len;
    }
    return (Bytes){canonical, (size_t)(end - canonical)};
}
