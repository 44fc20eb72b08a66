/* proto_read.c - fields are matched by their numbers, as on the wire; names of fields say nothing there. */
#include "budget.h"
#include "protobuf.h"
#include <stdarg.h>
#include <stdio.h>

#define PAIRS_MAX 50000 /* of messages that are compared; rings of messages can give more than anyone waits for */
#define DEPTH_MAX 500

/* Kinds of one family look alike on the wire. */
typedef enum Family {
    FAMILY_VARINT,
    FAMILY_ZIGZAG,
    FAMILY_FIXED32,
    FAMILY_FIXED64,
    FAMILY_FLOAT,
    FAMILY_DOUBLE,
    FAMILY_BOOL,
    FAMILY_ENUM,
    FAMILY_STRING,
    FAMILY_BYTES,
    FAMILY_MESSAGE,
} Family;

static const unsigned char families[] = {
    [PROTO_DOUBLE] = FAMILY_DOUBLE,   [PROTO_FLOAT] = FAMILY_FLOAT,      [PROTO_INT32] = FAMILY_VARINT,
    [PROTO_INT64] = FAMILY_VARINT,    [PROTO_UINT32] = FAMILY_VARINT,    [PROTO_UINT64] = FAMILY_VARINT,
    [PROTO_SINT32] = FAMILY_ZIGZAG,   [PROTO_SINT64] = FAMILY_ZIGZAG,    [PROTO_FIXED32] = FAMILY_FIXED32,
    [PROTO_FIXED64] = FAMILY_FIXED64, [PROTO_SFIXED32] = FAMILY_FIXED32, [PROTO_SFIXED64] = FAMILY_FIXED64,
    [PROTO_BOOL] = FAMILY_BOOL,       [PROTO_STRING] = FAMILY_STRING,    [PROTO_BYTES] = FAMILY_BYTES,
    [PROTO_ENUM] = FAMILY_ENUM,       [PROTO_MESSAGE] = FAMILY_MESSAGE,
};

typedef struct Pair {
    const ProtoMessage *reader, *writer;
    const Step *at;
} Pair;

typedef struct Reading {
    Arena *arena;
    Mismatch *mismatch;
    Map *seen; /* pairs of messages that were looked at, or are being */
    int depth;
} Reading;

static bool message_reads(Reading *reading, const ProtoMessage *reader, const ProtoMessage *writer, const Step *at);

static bool no(Reading *reading, const Step *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool no(Reading *reading, const Step *at, const char *format, ...)
{
    char text[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *reading->mismatch = (Mismatch){step_path(reading->arena, at),
                                    arena_copy(reading->arena, bytes_utf8_prefix(bytes_of(text), sizeof text))};
    return false;
}

static bool is_numeric(const ProtoField *field)
{
    return families[field->kind] < FAMILY_STRING;
}

/* Language Guide, "Updating A Message Type": "int32, uint32, int64, uint64, and bool are all compatible"; "enum is
 * compatible with int32, uint32, int64, and uint64 in terms of wire format"; "string and bytes are compatible as long
 * as the bytes are valid UTF-8", which they are taken to be; "Embedded messages are compatible with bytes if the bytes
 * contain an encoded version of the message": bytes may hold something else. */
static bool family_reads(Family reader, Family writer)
{
    if (reader == writer)
        return true;
    if (reader == FAMILY_VARINT || writer == FAMILY_VARINT) {
        Family other = reader == FAMILY_VARINT ? writer : reader;
        return other == FAMILY_BOOL || other == FAMILY_ENUM;
    }
    if (reader == FAMILY_STRING)
        return writer == FAMILY_BYTES;
    return reader == FAMILY_BYTES && (writer == FAMILY_STRING || writer == FAMILY_MESSAGE);
}

/* "For string, bytes, and message fields, singular is compatible with repeated. … this is not generally safe for
 * numeric types, including bools and enums. Repeated fields of numeric types are serialized in the packed format by
 * default, which will not be parsed correctly when a singular field is expected." */
static bool label_reads(const ProtoField *reader, const ProtoField *writer)
{
    return reader->label == LABEL_REPEATED || writer->label != LABEL_REPEATED || !is_numeric(writer) ||
           !writer->is_packed;
}

static const char *kind_text(const ProtoField *field)
{
    return field->is_map ? "map" : proto_kind_name(field->kind);
}

static bool field_reads(Reading *reading, const ProtoField *reader, const ProtoField *writer, const Step *at)
{
    if (!family_reads(families[reader->kind], families[writer->kind]))
        return no(reading, at, "field %lld was written as %s, is read as %s", (long long)reader->number,
                  kind_text(writer), kind_text(reader));
    if (!label_reads(reader, writer))
        return no(reading, at, "field %lld was written packed and repeated, is read as one", (long long)reader->number);
    if (reader->label == LABEL_REQUIRED && writer->label != LABEL_REQUIRED)
        return no(reading, at, "field %lld is required, but was not always written", (long long)reader->number);
    return reader->kind != PROTO_MESSAGE || writer->kind != PROTO_MESSAGE ||
           message_reads(reading, reader->message, writer->message, at);
}

/* Can both have been written in one message? */
static bool may_meet(const ProtoField *one, const ProtoField *other)
{
    return one != other && (!one->oneof || one->oneof != other->oneof);
}

/* "Move fields into or out of a oneof: You may lose some of your information (some fields will be cleared) after the
 * message is serialized and parsed. However, you can safely move a single field into a new oneof". *ret_written: the
 * first of its fields that was written; NULL: none was. */
static bool oneof_meets(Reading *reading, Pair both, const ProtoOneof *oneof, const ProtoField **ret_written)
{
    *ret_written = NULL;
    for (const ProtoField *member = oneof->first; member && member->oneof == oneof; member = member->next) {
        const ProtoField *written = proto_find_number(both.writer, member->number);
        Step step = {both.at, member->name};
        if (written && *ret_written && may_meet(*ret_written, written))
            return no(reading, &step,
                      "field %lld may have been written together with field %lld; oneof " BYTES_FMT
                      " reads one of them",
                      (long long)(*ret_written)->number, (long long)written->number,
                      BYTES_ARG(bytes_utf8_prefix(oneof->name, 200)));
        if (!*ret_written)
            *ret_written = written;
    }
    return true;
}

/* "Be careful when adding or removing oneof fields. If checking the value of a oneof returns None/NOT_SET, it could
 * mean that the oneof has not been set or it has been set to a field in a different version of the oneof." */
static bool oneof_known(Reading *reading, Pair both, const ProtoOneof *written)
{
    for (const ProtoField *other = written->first; other && other->oneof == written; other = other->next) {
        Step step = {both.at, other->name};
        if (!proto_find_number(both.reader, other->number))
            return no(reading, &step, "oneof " BYTES_FMT " may have been written with field %lld, which is not read",
                      BYTES_ARG(bytes_utf8_prefix(written->name, 200)), (long long)other->number);
    }
    return true;
}

static bool oneof_reads(Reading *reading, Pair both, const ProtoOneof *oneof)
{
    const ProtoField *written;
    return oneof_meets(reading, both, oneof, &written) &&
           (!written || !written->oneof || oneof_known(reading, both, written->oneof));
}

static bool field_can_read(Reading *reading, Pair both, const ProtoField *field)
{
    Step step = {both.at, field->name};
    const ProtoField *written = proto_find_number(both.writer, field->number);
    if (!written && field->label == LABEL_REQUIRED)
        return no(reading, &step, "field %lld is required, but was never written", (long long)field->number);
    if (written && !field_reads(reading, field, written, &step))
        return false;
    return !field->oneof || field->oneof->first != field || oneof_reads(reading, both, field->oneof);
}

static bool fields_read(Reading *reading, Pair both)
{
    budget_descend(reading->arena);
    budget_work(reading->arena, 4 * both.reader->fields_count + 30);
    for (const ProtoField *field = both.reader->fields; field; field = field->next)
        if (!field_can_read(reading, both, field))
            return false;
    return true;
}

static bool is_seen(Reading *reading, const ProtoMessage *reader, const ProtoMessage *writer)
{
    const ProtoMessage *const key[] = {reader, writer};
    return map_put(reading->seen, (Bytes){(const char *)key, sizeof key}, reading) != NULL;
}

static bool known_reads(Reading *reading, const ProtoMessage *reader, const ProtoMessage *writer, const Step *at)
{
    return (reader->is_known && writer->is_known && bytes_equal(reader->name, writer->name)) ||
           no(reading, at, "written as " BYTES_FMT ", read as " BYTES_FMT,
              BYTES_ARG(bytes_utf8_prefix(writer->name, 200)), BYTES_ARG(bytes_utf8_prefix(reader->name, 200)));
}

static bool message_reads(Reading *reading, const ProtoMessage *reader, const ProtoMessage *writer, const Step *at)
{
    if (is_seen(reading, reader, writer))
        return true;
    if (reader->is_known || writer->is_known)
        return known_reads(reading, reader, writer, at);
    if (map_count(reading->seen) > PAIRS_MAX || reading->depth >= DEPTH_MAX)
        return no(reading, at, "the messages are too many to be compared");
    reading->depth++;
    bool good = fields_read(reading, (Pair){reader, writer, at});
    reading->depth--;
    return good;
}

/* A record may be any message of the file, also one inside another: the client libraries write which one. */
static bool all_read(Reading *reading, const ProtoScope *reader, const ProtoScope *writer, const Step *at)
{
    budget_descend(reading->arena);
    for (const ProtoMessage *written = writer->messages; written; written = written->next) {
        Step step = {at, written->name};
        const ProtoMessage *read = proto_find_message(reader, written->name);
        if (!read)
            return no(reading, &step, "the message was written, but is not there to read it");
        if (!message_reads(reading, read, written, &step) || !all_read(reading, &read->inside, &written->inside, &step))
            return false;
    }
    return true;
}

bool proto_can_read(Arena *arena, const ProtoFile *reader, const ProtoFile *writer, Mismatch *ret_mismatch)
{
    Reading reading = {.arena = arena, .mismatch = ret_mismatch, .seen = map_new_in(arena)};
    return all_read(&reading, &reader->inside, &writer->inside, NULL);
}
