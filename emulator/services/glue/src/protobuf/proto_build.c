/* proto_build.c - what the grammar's actions do: messages, enums and fields into their lists. */
#include "proto_parser.h"
#include <stdlib.h>

#define DEPTH_MAX 64 /* of messages in messages */

/* Behind the last of a linked list. */
#define APPEND(owner, list, item)                                                                                      \
    do {                                                                                                               \
        if (!(owner)->list##_end)                                                                                      \
            (owner)->list##_end = &(owner)->list;                                                                      \
        *(owner)->list##_end = (item);                                                                                 \
        (owner)->list##_end = &(item)->next;                                                                           \
    } while (0)

void proto_refuse(ProtoParser *parser, const char *what, Bytes name)
{
    if (!present(parser->reason))
        parser->reason = arena_text(parser->arena, "%s%s" BYTES_FMT, what, name.len ? ": " : "",
                                    BYTES_ARG(bytes_utf8_prefix(name, 200)));
}

void proto_syntax_error(ProtoParser *parser)
{
    int line = 1;
    size_t len = (size_t)(parser->token.text.ptr - parser->text.ptr);
    for (size_t i = 0; i < len; i++)
        line += parser->definition.ptr[i] == '\n';
    Bytes word = bytes_utf8_prefix(parser->token.text, 100);
    if (!word.len)
        proto_refuse(parser, "The end was not expected", (Bytes){0});
    else
        proto_refuse(parser, "Not expected",
                     arena_text(parser->arena, "line %d: " BYTES_FMT, line,
                                BYTES_ARG(bytes_is_utf8(word) ? word : TEXT("a letter that no name has"))));
}

/* In its place: a package's name may be as long as the file, and would be copied with each of its words. */
Bytes proto_join(Bytes first, Bytes last)
{
    char *end = (char *)first.ptr + first.len;
    *end = '.';
    memmove(end + 1, last.ptr, last.len);
    return (Bytes){first.ptr, first.len + 1 + last.len};
}

/* Names and paths have no escapes. */
Bytes proto_unquote(ProtoParser *parser, Bytes literal)
{
    (void)parser;
    return bytes_slice(literal, 1, literal.len - 2);
}

int64_t proto_integer(ProtoParser *parser, Bytes digits, bool is_negative)
{
    char *end;
    const char *text = arena_cstr(parser->arena, digits);
    unsigned long long number = strtoull(text, &end, 0);
    if (*end || number > (unsigned long long)INT32_MAX + is_negative) {
        proto_refuse(parser, "A number is out of range", digits);
        return 0;
    }
    return is_negative ? -(int64_t)number : (int64_t)number;
}

void proto_syntax(ProtoParser *parser, Bytes version)
{
    parser->file->is_proto3 = bytes_is(version, "proto3");
    if (!parser->file->is_proto3 && !bytes_is(version, "proto2"))
        proto_refuse(parser, "syntax is neither proto2 nor proto3", version);
    if (parser->file->inside.messages || parser->file->inside.enums || parser->file->imports ||
        present(parser->file->package))
        proto_refuse(parser, "syntax must come first", (Bytes){0});
}

void proto_import(ProtoParser *parser, Bytes path)
{
    ProtoName *import = arena_new_of(parser->arena, ProtoName);
    import->name = path;
    for (const ProtoName *other = parser->file->imports; other; other = other->next)
        if (bytes_equal(other->name, path))
            proto_refuse(parser, "An import is listed twice", path);
    APPEND(parser->file, imports, import);
    if (!proto_is_known_file(path))
        proto_refuse(parser, "An import cannot be resolved", path);
}

void proto_package(ProtoParser *parser, Bytes name)
{
    if (present(parser->file->package))
        proto_refuse(parser, "There is more than one package", name);
    parser->file->package = name;
}

void proto_option(ProtoParser *parser, Bytes name, Bytes value)
{
    if (bytes_is(name, "default"))
        parser->has_default = true;
    if (bytes_is(name, "packed")) {
        parser->has_packed = true;
        parser->is_packed = bytes_is(value, "true");
    }
    if (bytes_is(name, "allow_alias"))
        parser->allows_alias = bytes_is(value, "true");
}

static ProtoScope *scope_of(ProtoParser *parser)
{
    return parser->scope ? &parser->scope->inside : &parser->file->inside;
}

void proto_begin_message(ProtoParser *parser, Bytes name)
{
    ProtoMessage *message = arena_new_of(parser->arena, ProtoMessage);
    *message = (ProtoMessage){.name = name, .above = parser->scope};
    APPEND(scope_of(parser), messages, message);
    parser->scope = message;
    if (++parser->depth > DEPTH_MAX)
        proto_refuse(parser, "Messages are nested too deeply", name);
}

void proto_end_message(ProtoParser *parser)
{
    parser->depth--;
    parser->scope = parser->scope->above;
}

void proto_begin_enum(ProtoParser *parser, Bytes name)
{
    ProtoEnum *values = arena_new_of(parser->arena, ProtoEnum);
    *values = (ProtoEnum){.name = name};
    APPEND(scope_of(parser), enums, values);
    parser->values = values;
    parser->allows_alias = false;
}

void proto_end_enum(ProtoParser *parser)
{
    parser->values->allows_alias = parser->allows_alias;
    parser->values = NULL;
}

void proto_enum_value(ProtoParser *parser, Bytes name, int64_t number)
{
    ProtoName *value = arena_new_of(parser->arena, ProtoName);
    *value = (ProtoName){.name = name, .number = number};
    APPEND(parser->values, values, value);
    parser->values->values_count++;
}

void proto_begin_oneof(ProtoParser *parser, Bytes name)
{
    parser->oneof = arena_new_of(parser->arena, ProtoOneof);
    parser->oneof->name = name;
}

void proto_end_oneof(ProtoParser *parser)
{
    if (!parser->oneof->count)
        proto_refuse(parser, "A oneof must have a field", parser->oneof->name);
    parser->oneof = NULL;
}

static ProtoKind scalar_kind(Bytes type)
{
    for (int kind = PROTO_DOUBLE; kind <= PROTO_BYTES; kind++)
        if (bytes_is(type, proto_kind_name((ProtoKind)kind)))
            return (ProtoKind)kind;
    return PROTO_NAMED;
}

/* Outside any message (in an extend) it goes nowhere. */
ProtoField *proto_field(ProtoParser *parser, Bytes type, Bytes name, int64_t number)
{
    ProtoField *field = arena_new_of(parser->arena, ProtoField);
    *field = (ProtoField){
        .name = name,
        .type_name = type,
        .number = number,
        .kind = scalar_kind(type),
        .oneof = parser->oneof,
        .has_default = parser->has_default,
        .says_packed = parser->has_packed && parser->is_packed,
        .is_packed = parser->has_packed ? parser->is_packed : parser->file->is_proto3,
    };
    parser->has_default = parser->has_packed = parser->is_packed = false;
    if (parser->oneof && !parser->oneof->count++)
        parser->oneof->first = field;
    if (!parser->scope)
        return field;
    APPEND(parser->scope, fields, field);
    parser->scope->fields_count++;
    return field;
}

/* Language Guide, "Maps": "The map syntax is equivalent to the following on the wire": a repeated message of the fields
 * key = 1 and value = 2. */
void proto_map(ProtoParser *parser, Bytes key, Bytes value, ProtoField *field)
{
    ProtoMessage *entry = arena_new_of(parser->arena, ProtoMessage);
    ProtoField *pair = arena_new_array(parser->arena, ProtoField, 2);
    pair[0] =
        (ProtoField){.next = &pair[1], .name = TEXT("key"), .type_name = key, .number = 1, .kind = scalar_kind(key)};
    pair[1] = (ProtoField){.name = TEXT("value"), .type_name = value, .number = 2, .kind = scalar_kind(value)};
    const ProtoField **by_number = arena_take_array(parser->arena, 2, sizeof *by_number);
    by_number[0] = &pair[0];
    by_number[1] = &pair[1];
    *entry = (ProtoMessage){.name = field->name, .fields = pair, .by_number = by_number, .fields_count = 2};
    if (pair[0].kind == PROTO_NAMED || pair[0].kind == PROTO_DOUBLE || pair[0].kind == PROTO_FLOAT ||
        pair[0].kind == PROTO_BYTES)
        proto_refuse(parser, "A map's key must be an integer, a bool or a string", key);
    field->kind = PROTO_MESSAGE;
    field->message = entry;
    field->label = LABEL_REPEATED;
    field->is_map = true;
}

/* NULL: in an extend, which is refused. */
static ProtoReserved *reserved_of(ProtoParser *parser)
{
    if (parser->values)
        return &parser->values->reserved;
    return parser->scope ? &parser->scope->reserved : NULL;
}

void proto_reserve(ProtoParser *parser, int64_t first, int64_t last)
{
    ProtoRange *range = arena_new_of(parser->arena, ProtoRange);
    *range = (ProtoRange){.first = first, .last = last};
    if (last < first)
        proto_refuse(parser, "A reserved range ends before it begins", (Bytes){0});
    if (reserved_of(parser))
        APPEND(reserved_of(parser), ranges, range);
}

void proto_reserve_name(ProtoParser *parser, Bytes name)
{
    ProtoName *reserved = arena_new_of(parser->arena, ProtoName);
    reserved->name = name;
    if (reserved_of(parser))
        APPEND(reserved_of(parser), names, reserved);
}
