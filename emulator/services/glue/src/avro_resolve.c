/* avro_resolve.c - Avro's schema resolution, asked without data. Specification: "A reader of Avro data … can always
 * parse that data because the original schema must be provided along with the data. However, the reader may be
 * programmed to read data into a different schema": the rules below are that section's, in its order.
 * aws: runs Apache Avro 1.11.4, whose SchemaCompatibility asks the same; it does not look at logical types, not even at
 * the scale and precision of decimals, and neither do we. */
#include "avro.h"
#include "map.h"

typedef enum PairState { PAIR_FORGOTTEN, PAIR_ASSUMED, PAIR_GOOD, PAIR_BAD } PairState;

/* Two records that were, or are being, looked at. A recursive schema meets them again: then they are taken to be good
 * until something proves otherwise, which also takes back what was found good meanwhile. */
typedef struct Pair {
    PairState state;
    struct Pair *before;
} Pair;

typedef struct Resolver {
    Arena *arena;
    Map *pairs; /* reader's and writer's address → Pair */
    Pair *last;
    Mismatch mismatch;
    int quiet; /* inside a union's branch that may fail: another one may fit */
} Resolver;

typedef struct Both {
    const AvroSchema *reader, *writer;
} Both;

static bool can_read(Resolver *resolver, Both both, const Step *at);

static Bytes name_of(const AvroSchema *schema)
{
    return present(schema->full_name) ? schema->full_name : bytes_of(avro_kind_name(schema->kind));
}

static bool must_tell(const Resolver *resolver)
{
    return !resolver->quiet && !present(resolver->mismatch.what);
}

/* "<what> <name>" */
static bool refuse(Resolver *resolver, const Step *at, const char *what, Bytes name)
{
    if (must_tell(resolver))
        resolver->mismatch = (Mismatch){step_path(resolver->arena, at),
                                        arena_text(resolver->arena, "%s " BYTES_FMT, what, BYTES_ARG(name))};
    return false;
}

static bool refuse_both(Resolver *resolver, const Step *at, Both both)
{
    if (must_tell(resolver))
        resolver->mismatch = (Mismatch){step_path(resolver->arena, at),
                                        arena_text(resolver->arena, "written as " BYTES_FMT ", read as " BYTES_FMT,
                                                   BYTES_ARG(name_of(both.writer)), BYTES_ARG(name_of(both.reader)))};
    return false;
}

static Bytes short_name(Bytes full_name)
{
    ptrdiff_t dot = bytes_find_last(full_name, '.');
    return dot < 0 ? full_name : bytes_slice(full_name, (size_t)dot + 1, full_name.len - (size_t)dot - 1);
}

/* "both schemas are records with the same (unqualified) name", or the reader calls the writer's name an alias of its
 * own. */
static bool same_name(Resolver *resolver, Both both, const Step *at)
{
    if (bytes_equal(short_name(both.reader->full_name), short_name(both.writer->full_name)))
        return true;
    for (size_t i = 0; i < both.reader->aliases_count; i++)
        if (bytes_equal(both.reader->aliases[i], both.writer->full_name))
            return true;
    return refuse_both(resolver, at, both);
}

static bool is_promoted(Both both)
{
    AvroKind reader = both.reader->kind;
    switch (both.writer->kind) {
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

/* *ret_field NULL: the writer has no such field. False: the reader's name and aliases mean several of them, of which
 * Avro for Java takes none. */
static bool find_written(const AvroSchema *writer, const AvroField *reader, const AvroField **ret_field)
{
    *ret_field = avro_find_field(writer, reader->name);
    for (size_t i = 0; i < reader->aliases_count; i++) {
        const AvroField *found = avro_find_field(writer, reader->aliases[i]);
        if (found && *ret_field && found != *ret_field)
            return false;
        if (found)
            *ret_field = found;
    }
    return true;
}

static bool can_read_field(Resolver *resolver, const AvroField *field, const AvroSchema *writer, const Step *at)
{
    const AvroField *written;
    if (!find_written(writer, field, &written))
        return refuse(resolver, at, "the name and the aliases fit several fields that were written:", field->name);
    if (!written)
        return field->has_default || refuse(resolver, at, "was not written, and has no default: field", field->name);
    return can_read(resolver, (Both){field->type, written->type}, at);
}

static bool can_read_fields(Resolver *resolver, Both both, const Step *at)
{
    for (size_t i = 0; i < both.reader->count; i++) {
        Step step = {at, both.reader->fields[i].name};
        if (!can_read_field(resolver, &both.reader->fields[i], both.writer, &step))
            return false;
    }
    return true;
}

static Pair *begin_pair(Resolver *resolver, Bytes key)
{
    Pair *pair = arena_new_of(resolver->arena, Pair);
    *pair = (Pair){PAIR_ASSUMED, resolver->last};
    resolver->last = pair;
    map_put(resolver->pairs, key, pair);
    return pair;
}

static bool end_pair(Resolver *resolver, Pair *pair, bool is_good)
{
    for (Pair *since = resolver->last; !is_good && since != pair; since = since->before)
        if (since->state == PAIR_GOOD)
            since->state = PAIR_FORGOTTEN;
    pair->state = is_good ? PAIR_GOOD : PAIR_BAD;
    return is_good;
}

static bool can_read_record(Resolver *resolver, Both both, const Step *at)
{
    Bytes key = {(const char *)&both, sizeof both};
    Pair *pair = map_get(resolver->pairs, key);
    if (pair && pair->state == PAIR_BAD)
        return refuse_both(resolver, at, both);
    if (pair && pair->state != PAIR_FORGOTTEN)
        return true;
    pair = begin_pair(resolver, key);
    return end_pair(resolver, pair, same_name(resolver, both, at) && can_read_fields(resolver, both, at));
}

static bool can_read_enum(Resolver *resolver, Both both, const Step *at)
{
    if (!same_name(resolver, both, at))
        return false;
    for (size_t i = 0; !both.reader->has_default && i < both.writer->count; i++)
        if (!avro_has_symbol(both.reader, both.writer->symbols[i]))
            return refuse(resolver, at, "the enum has no default, and not the symbol", both.writer->symbols[i]);
    return true;
}

static bool can_read_fixed(Resolver *resolver, Both both, const Step *at)
{
    if (!same_name(resolver, both, at))
        return false;
    return both.reader->size == both.writer->size ||
           refuse(resolver, at, "another size of fixed", both.reader->full_name);
}

/* Each branch the writer may have chosen must find a reader. */
static bool can_read_written_union(Resolver *resolver, Both both, const Step *at)
{
    for (size_t i = 0; i < both.writer->count; i++)
        if (!can_read(resolver, (Both){both.reader, both.writer->branches[i]}, at))
            return false;
    return true;
}

static bool can_read_into_union(Resolver *resolver, Both both, const Step *at)
{
    bool is_good = false;
    resolver->quiet++;
    for (size_t i = 0; !is_good && i < both.reader->count; i++)
        is_good = can_read(resolver, (Both){both.reader->branches[i], both.writer}, at);
    resolver->quiet--;
    return is_good || refuse(resolver, at, "the union has no branch that reads", name_of(both.writer));
}

static bool can_read(Resolver *resolver, Both both, const Step *at)
{
    if (both.writer->kind == AVRO_UNION)
        return can_read_written_union(resolver, both, at);
    if (both.reader->kind == AVRO_UNION)
        return can_read_into_union(resolver, both, at);
    if (both.reader->kind != both.writer->kind)
        return is_promoted(both) || refuse_both(resolver, at, both);
    switch (both.reader->kind) {
    case AVRO_RECORD:
        return can_read_record(resolver, both, at);
    case AVRO_ENUM:
        return can_read_enum(resolver, both, at);
    case AVRO_FIXED:
        return can_read_fixed(resolver, both, at);
    case AVRO_ARRAY:
    case AVRO_MAP: {
        Step step = {at, both.reader->kind == AVRO_ARRAY ? TEXT("items") : TEXT("values")};
        return can_read(resolver, (Both){both.reader->branches[0], both.writer->branches[0]}, &step);
    }
    default:
        return true;
    }
}

bool avro_can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer, Mismatch *ret_mismatch)
{
    Resolver resolver = {.arena = arena, .pairs = map_new()};
    bool good = can_read(&resolver, (Both){reader, writer}, NULL);
    map_free(resolver.pairs);
    if (!good)
        *ret_mismatch = resolver.mismatch;
    return good;
}
