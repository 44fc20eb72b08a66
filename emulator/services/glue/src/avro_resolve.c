/* avro_resolve.c - Avro's schema resolution, asked without data. Specification: "A reader of Avro data … can always
 * parse that data because the original schema must be provided along with the data. However, the reader may be
 * programmed to read data into a different schema": the rules below are that section's, in its order.
 * aws: runs Apache Avro 1.11.4, whose SchemaCompatibility asks the same; it does not look at logical types, not even at
 * the scale and precision of decimals, and neither do we. */
#include "avro.h"
#include "budget.h"

#define DEPTH_MAX  500 /* of schemas in schemas; rings of records can give more than any stack holds */
#define STEPS_PAIR 30  /* that a pair is worth */

typedef enum PairState { PAIR_FORGOTTEN, PAIR_ASSUMED, PAIR_GOOD, PAIR_BAD } PairState;

/* Two records, or enums, that were, or are being, looked at. A recursive schema meets them again: then they are taken
 * to be good until something proves otherwise, which also takes back what was found good meanwhile. */
typedef struct Pair {
    PairState state;
    struct Pair *before;
} Pair;

typedef struct Resolver {
    Arena *arena;
    Map *pairs; /* reader's and writer's address → Pair */
    Pair *last;
    Mismatch mismatch, too_deep;
    int depth;
    int quiet; /* inside a union's branch that may fail: another one may fit */
} Resolver;

typedef struct Both {
    const AvroSchema *reader, *writer;
} Both;

static bool can_read(Resolver *resolver, Both both, const Step *at);

static Bytes name_of(const Resolver *resolver, const AvroSchema *schema)
{
    return schema->name.space ? avro_name_text(resolver->arena, schema->name) : bytes_of(avro_kind_name(schema->kind));
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

static bool refuse_schema(Resolver *resolver, const Step *at, const char *what, const AvroSchema *schema)
{
    return must_tell(resolver) && refuse(resolver, at, what, name_of(resolver, schema));
}

/* Whatever comes of it: the answer is no, and not for what stands there. */
static bool refuse_depth(Resolver *resolver, const Step *at)
{
    if (!present(resolver->too_deep.what))
        resolver->too_deep = (Mismatch){step_path(resolver->arena, at),
                                        TEXT("the schemas are nested too deeply in each other to be compared")};
    return false;
}

static bool refuse_both(Resolver *resolver, const Step *at, Both both)
{
    if (must_tell(resolver))
        resolver->mismatch = (Mismatch){step_path(resolver->arena, at),
                                        arena_text(resolver->arena, "written as " BYTES_FMT ", read as " BYTES_FMT,
                                                   BYTES_ARG(name_of(resolver, both.writer)),
                                                   BYTES_ARG(name_of(resolver, both.reader)))};
    return false;
}

/* "both schemas are records with the same (unqualified) name", or the reader calls the writer's name an alias of its
 * own. */
static bool is_same_name(const Resolver *resolver, Both both)
{
    if (bytes_equal(both.reader->name.name, both.writer->name.name))
        return true;
    budget_work(resolver->arena, both.reader->aliases_count);
    for (size_t i = 0; i < both.reader->aliases_count; i++)
        if (avro_names_equal(both.reader->aliases[i], both.writer->name))
            return true;
    return false;
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
        budget_work(resolver->arena, 2 * (1 + both.reader->fields[i].aliases_count));
        Step step = {at, both.reader->fields[i].name};
        if (!can_read_field(resolver, &both.reader->fields[i], both.writer, &step))
            return false;
    }
    return true;
}

/* pair NULL: seen for the first time. */
static Pair *begin_pair(Resolver *resolver, Pair *pair, Bytes key)
{
    budget_work(resolver->arena, STEPS_PAIR);
    if (!pair) {
        pair = arena_new_of(resolver->arena, Pair);
        map_put(resolver->pairs, key, pair);
    }
    *pair = (Pair){PAIR_ASSUMED, resolver->last};
    resolver->last = pair;
    return pair;
}

static bool end_pair(Resolver *resolver, Pair *pair, bool is_good)
{
    pair->state = is_good ? PAIR_GOOD : PAIR_BAD;
    if (is_good)
        return true;
    for (; resolver->last != pair; resolver->last = resolver->last->before)
        if (resolver->last->state == PAIR_GOOD)
            resolver->last->state = PAIR_FORGOTTEN;
    resolver->last = pair->before;
    return false;
}

static bool can_read_symbols(Resolver *resolver, Both both, const Step *at)
{
    budget_work(resolver->arena, both.writer->count);
    for (size_t i = 0; !both.reader->has_default && i < both.writer->count; i++)
        if (!avro_has_symbol(both.reader, both.writer->symbols[i]))
            return refuse(resolver, at, "the enum has no default, and not the symbol", both.writer->symbols[i]);
    return true;
}

/* Records and enums: each two of them are looked at once, however often they meet. */
static bool can_read_pair(Resolver *resolver, Both both, const Step *at)
{
    Bytes key = {(const char *)&both, sizeof both};
    if (!is_same_name(resolver, both))
        return refuse_both(resolver, at, both);
    Pair *pair = map_get(resolver->pairs, key);
    if (pair && pair->state == PAIR_BAD)
        return refuse_both(resolver, at, both);
    if (pair && pair->state != PAIR_FORGOTTEN)
        return true;
    pair = begin_pair(resolver, pair, key);
    bool is_record = both.reader->kind == AVRO_RECORD;
    return end_pair(resolver, pair,
                    is_record ? can_read_fields(resolver, both, at) : can_read_symbols(resolver, both, at));
}

static bool can_read_fixed(Resolver *resolver, Both both, const Step *at)
{
    if (!is_same_name(resolver, both))
        return refuse_both(resolver, at, both);
    return both.reader->size == both.writer->size || refuse_schema(resolver, at, "another size of fixed", both.reader);
}

/* Each branch the writer may have chosen must find a reader. */
static bool can_read_written_union(Resolver *resolver, Both both, const Step *at)
{
    for (size_t i = 0; i < both.writer->count; i++)
        if (!can_read(resolver, (Both){both.reader, both.writer->branches[i]}, at))
            return false;
    return true;
}

/* Most of a union's many branches are seen at once to be other things. */
static bool may_read(const Resolver *resolver, Both both)
{
    bool is_named = both.writer->name.space && both.reader->name.space;
    return !is_named || (both.reader->kind == both.writer->kind && is_same_name(resolver, both));
}

static bool can_read_into_union(Resolver *resolver, Both both, const Step *at)
{
    bool is_good = false;
    budget_work(resolver->arena, both.reader->count / 2);
    resolver->quiet++;
    for (size_t i = 0; !is_good && i < both.reader->count; i++) {
        Both branch = {both.reader->branches[i], both.writer};
        is_good = may_read(resolver, branch) && can_read(resolver, branch, at);
    }
    resolver->quiet--;
    return is_good || refuse_schema(resolver, at, "the union has no branch that reads", both.writer);
}

static bool can_read_elements(Resolver *resolver, Both both, const Step *at)
{
    Step step = {at, both.reader->kind == AVRO_ARRAY ? TEXT("items") : TEXT("values")};
    return can_read(resolver, (Both){both.reader->branches[0], both.writer->branches[0]}, &step);
}

static bool can_read_kind(Resolver *resolver, Both both, const Step *at)
{
    if (both.writer->kind == AVRO_UNION)
        return can_read_written_union(resolver, both, at);
    if (both.reader->kind == AVRO_UNION)
        return can_read_into_union(resolver, both, at);
    if (both.reader->kind != both.writer->kind)
        return is_promoted(both) || refuse_both(resolver, at, both);
    switch (both.reader->kind) {
    case AVRO_RECORD:
    case AVRO_ENUM:
        return can_read_pair(resolver, both, at);
    case AVRO_FIXED:
        return can_read_fixed(resolver, both, at);
    case AVRO_ARRAY:
    case AVRO_MAP:
        return can_read_elements(resolver, both, at);
    default:
        return true;
    }
}

static bool can_read(Resolver *resolver, Both both, const Step *at)
{
    budget_descend(resolver->arena);
    if (resolver->depth >= DEPTH_MAX)
        return refuse_depth(resolver, at);
    resolver->depth++;
    bool is_good = can_read_kind(resolver, both, at);
    resolver->depth--;
    return is_good;
}

bool avro_can_read(Arena *arena, const AvroSchema *reader, const AvroSchema *writer, Mismatch *ret_mismatch)
{
    Resolver resolver = {.arena = arena, .pairs = map_new_in(arena)};
    bool good = can_read(&resolver, (Both){reader, writer}, NULL);
    if (!good)
        *ret_mismatch = present(resolver.too_deep.what) ? resolver.too_deep : resolver.mismatch;
    return good;
}
