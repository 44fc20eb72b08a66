/* avro_resolve.c - Avro's schema resolution, asked without data. Specification: "A reader of Avro data … can always
 * parse that data because the original schema must be provided along with the data. However, the reader may be
 * programmed to read data into a different schema": the rules below are that section's, in its order. */
#include "avro.h"

typedef struct Pair {
    const AvroSchema *reader, *writer;
    struct Pair *next;
} Pair;

typedef struct Resolver {
    Arena *arena;
    Pair *assumed; /* record pairs being looked at, or found good: a recursive schema meets them again */
    Bytes reason;
    Bytes path;
} Resolver;

static bool can_read(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer);

static bool refuse(Resolver *resolver, const char *what, Bytes name)
{
    if (!present(resolver->reason))
        resolver->reason = arena_text(resolver->arena, "%s " BYTES_FMT " at /" BYTES_FMT, what, BYTES_ARG(name),
                                      BYTES_ARG(resolver->path));
    return false;
}

static Bytes short_name(Bytes full_name)
{
    ptrdiff_t dot = bytes_find_last(full_name, '.');
    return dot < 0 ? full_name : bytes_slice(full_name, (size_t)dot + 1, full_name.len - (size_t)dot - 1);
}

/* "both schemas are records with the same (unqualified) name", or the reader calls the writer's name an alias of its
 * own. */
static bool same_name(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    if (bytes_equal(short_name(reader->full_name), short_name(writer->full_name)))
        return true;
    for (size_t i = 0; i < reader->aliases_count; i++)
        if (bytes_equal(reader->aliases[i], writer->full_name))
            return true;
    return refuse(resolver, "the name differs:", reader->full_name);
}

static bool is_promoted(AvroKind reader, AvroKind writer)
{
    switch (writer) {
    case AVRO_INT:
        return reader == AVRO_LONG || reader == AVRO_FLOAT || reader == AVRO_DOUBLE;
    case AVRO_LONG:
        return reader == AVRO_FLOAT || reader == AVRO_DOUBLE;
    case AVRO_FLOAT:
        return reader == AVRO_DOUBLE;
    case AVRO_STRING:
        return reader == AVRO_BYTES;
    case AVRO_BYTES:
        return reader == AVRO_STRING;
    default:
        return false;
    }
}

static const AvroField *find_field(const AvroSchema *record, Bytes name)
{
    for (size_t i = 0; i < record->count; i++)
        if (bytes_equal(record->fields[i].name, name))
            return &record->fields[i];
    return NULL;
}

static const AvroField *writers_field(const AvroSchema *writer, const AvroField *reader)
{
    const AvroField *found = find_field(writer, reader->name);
    for (size_t i = 0; !found && i < reader->aliases_count; i++)
        found = find_field(writer, reader->aliases[i]);
    return found;
}

static bool is_assumed(const Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    for (const Pair *pair = resolver->assumed; pair; pair = pair->next)
        if (pair->reader == reader && pair->writer == writer)
            return true;
    return false;
}

static bool can_read_record(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    if (is_assumed(resolver, reader, writer))
        return true;
    if (!same_name(resolver, reader, writer))
        return false;
    Pair *before = resolver->assumed;
    Pair *pair = arena_new_of(resolver->arena, Pair);
    *pair = (Pair){reader, writer, before};
    resolver->assumed = pair;
    Bytes above = resolver->path;
    for (size_t i = 0; i < reader->count; i++) {
        const AvroField *field = &reader->fields[i], *written = writers_field(writer, field);
        resolver->path = arena_text(resolver->arena, BYTES_FMT "%s" BYTES_FMT, BYTES_ARG(above), above.len ? "/" : "",
                                    BYTES_ARG(field->name));
        bool good = written ? can_read(resolver, field->type, written->type) : field->has_default;
        if (!good) {
            if (!written)
                refuse(resolver, "a field without a default is not in the other schema:", field->name);
            resolver->assumed = before;
            resolver->path = above;
            return false;
        }
    }
    resolver->path = above;
    return true;
}

static bool can_read_enum(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    if (!same_name(resolver, reader, writer))
        return false;
    for (size_t i = 0; !reader->has_default && i < writer->count; i++) {
        bool known = false;
        for (size_t j = 0; !known && j < reader->count; j++)
            known = bytes_equal(reader->symbols[j], writer->symbols[i]);
        if (!known)
            return refuse(resolver, "an enum symbol is missing:", writer->symbols[i]);
    }
    return true;
}

static bool can_read_fixed(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    if (!same_name(resolver, reader, writer))
        return false;
    return reader->size == writer->size || refuse(resolver, "the size differs of fixed", reader->full_name);
}

/* Each branch the writer may have chosen must find a reader. */
static bool can_read_written_union(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    for (size_t i = 0; i < writer->count; i++)
        if (!can_read(resolver, reader, writer->branches[i]))
            return false;
    return true;
}

static bool can_read_into_union(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    Bytes reason = resolver->reason;
    for (size_t i = 0; i < reader->count; i++) {
        if (can_read(resolver, reader->branches[i], writer)) {
            resolver->reason = reason;
            return true;
        }
        resolver->reason = reason;
    }
    return refuse(resolver, "the union has no branch for what was written", (Bytes){"", 0});
}

static bool can_read(Resolver *resolver, const AvroSchema *reader, const AvroSchema *writer)
{
    if (writer->kind == AVRO_UNION)
        return can_read_written_union(resolver, reader, writer);
    if (reader->kind == AVRO_UNION)
        return can_read_into_union(resolver, reader, writer);
    if (reader->kind != writer->kind)
        return is_promoted(reader->kind, writer->kind) || refuse(resolver, "the type differs", (Bytes){"", 0});
    switch (reader->kind) {
    case AVRO_RECORD:
        return can_read_record(resolver, reader, writer);
    case AVRO_ENUM:
        return can_read_enum(resolver, reader, writer);
    case AVRO_FIXED:
        return can_read_fixed(resolver, reader, writer);
    case AVRO_ARRAY:
    case AVRO_MAP:
        return can_read(resolver, reader->branches[0], writer->branches[0]);
    default:
        return true;
    }
}

bool avro_can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer, Bytes *ret_reason)
{
    Resolver resolver = {.arena = arena, .path = TEXT("")};
    bool good = can_read(&resolver, reader, writer);
    *ret_reason = resolver.reason;
    return good;
}
