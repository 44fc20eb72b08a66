/* accept.c - is all that was written by one schema read by another? What was written is taken apart (its anyOf and
 * oneOf branch by branch, its lists of values one by one) before what is read is looked at. */
#include "accept.h"
#include "budget.h"
#include <stdarg.h>
#include <stdio.h>

#define STEPS_MAX  1500000 /* of some 20 ns */
#define STEPS_NODE 40

typedef struct Pending {
    const struct Pending *above;
    const JsonSchema *reader;
    const Written *written;
} Pending;

bool not_read(Check *check, const Step *at, const char *format, ...)
{
    Told *told = check->told;
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(told->what, sizeof told->what, format, arguments);
    va_end(arguments);
    told->path_len = step_path_into(at, told->path);
    told->what_len = (size_t)len < sizeof told->what
                         ? (size_t)len
                         : bytes_utf8_prefix((Bytes){told->what, sizeof told->what - 1}, sizeof told->what - 5).len;
    check->effort.steps -= 10;
    return false;
}

bool too_large(Check *check, const Step *at)
{
    return not_read(check, at, "the schemas are too large to be compared");
}

typedef struct TypeNames {
    char text[100];
} TypeNames;

static TypeNames type_names(unsigned types)
{
    static const char *const names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
    TypeNames all = {""};
    size_t len = 0;
    if ((types & TYPE_NUMBER) == TYPE_NUMBER)
        types &= ~(unsigned)TYPE_INTEGER;
    for (int i = 0; i < 7; i++)
        if (types & (1U << i))
            len += (size_t)snprintf(all.text + len, sizeof all.text - len, "%s%s", len ? " or " : "", names[i]);
    return all;
}

static bool accepts_types(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (reader->is_false)
        return not_read(check, at, "written, but nothing is read here");
    if (!(written->types & ~reader->types))
        return true;
    return not_read(check, at, "written as %s, read as %s", type_names(written->types).text,
                    type_names(reader->types).text);
}

/* Lists of values stand on the writer's side only as long as the others are not finite: see accepts_values. */
static bool accepts_listed(Check *check, const JsonSchema *reader, const Step *at)
{
    if (reader->enumeration || reader->constant)
        return not_read(check, at, "any value was written, read is only what %s lists",
                        reader->enumeration ? "enum" : "const");
    return true;
}

static bool accepts_node(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    return accepts_types(check, reader, written, at) && accepts_listed(check, reader, at) &&
           accepts_range(check, reader, written, at) && accepts_array(check, reader, written, at) &&
           accepts_object(check, reader, written, at) && accepts_combined(check, reader, written, at);
}

static bool same_written(const Written *a, const Written *b)
{
    const Excluded *left = a->excluded, *right = b->excluded;
    while (left && right && left->list == right->list && left->taken == right->taken)
        left = left->next, right = right->next;
    return left == right && a->types == b->types && a->all.count == b->all.count &&
           (!a->all.count || !memcmp(a->all.items, b->all.items, a->all.count * sizeof *a->all.items));
}

static bool accepts_undivided(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    Pending here = {check->pending, reader, written};
    for (const Pending *above = check->pending; above; above = above->above)
        if (above->reader == reader && same_written(above->written, written))
            return true;
    check->pending = &here;
    bool good = accepts_node(check, reader, written, at);
    check->pending = here.above;
    return good;
}

/* The next anyOf or oneOf of what was written that no branch was taken of. */
static const SchemaList *next_choice(Written *written)
{
    while (written->split < 2 * written->all.count) {
        const JsonSchema *schema = written->all.items[written->split / 2];
        const SchemaList *list = written->split++ % 2 ? &schema->one : &schema->any;
        if (list->count)
            return list;
    }
    return NULL;
}

/* Of oneOf: what holds to one branch holds to no other. */
static void exclude_others(Check *check, Written *written, const SchemaList *list, size_t taken)
{
    Excluded *excluded = arena_new_of(check->effort.arena, Excluded);
    *excluded = (Excluded){written->excluded, list, taken};
    written->excluded = excluded;
}

static bool accepts_choices(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    Written rest = *written;
    const SchemaList *list = next_choice(&rest);
    if (!list)
        return accepts_undivided(check, reader, written, at);
    for (size_t i = 0; i < list->count; i++) {
        Written branch = written_copy(check, &rest);
        written_add(check, &branch, list->items[i]);
        written_settle(check, &branch);
        if (branch.split % 2 == 0) /* it was a oneOf */
            exclude_others(check, &branch, list, i);
        if (branch.types && !accepts(check, reader, &branch, at))
            return false;
    }
    return true;
}

static bool accepts_value(Check *check, const JsonSchema *reader, const Written *written, const JsonValue *value)
{
    return !written_has(check, written, value) || check_validates(check, reader, value);
}

static bool accepts_values(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    JsonValue few[] = {json_value_of_few(VALUE_NULL, false), json_value_of_few(VALUE_BOOLEAN, false),
                       json_value_of_few(VALUE_BOOLEAN, true)};
    const JsonValue all_few = {.kind = VALUE_ARRAY, .count = 3, .items = few};
    JsonValue single;
    const JsonValue *values = written_values(written, &single);
    if (!values)
        values = &all_few;
    for (size_t i = 0; i < values->count && check->effort.steps >= 0; i++)
        if (!accepts_value(check, reader, written, &values->items[i]))
            return not_read(check, at, "the value " BYTES_FMT " was written, but is not read",
                            BYTES_ARG(json_value_text(check->effort.arena, &values->items[i])));
    return check->effort.steps >= 0 || too_large(check, at);
}

static bool is_finite(const Written *written)
{
    JsonValue single;
    return !(written->types & ~(unsigned)(TYPE_NULL | TYPE_BOOLEAN)) || written_values(written, &single);
}

/* null, true and false are looked at by themselves where they are written beside others: a reader's enum may have them.
 */
static bool accepts_divided(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    unsigned few = written->types & (TYPE_NULL | TYPE_BOOLEAN);
    if (is_finite(written)) {
        if (written->types & ~reader->types && !written_values(written, &(JsonValue){0}))
            return accepts_types(check, reader, written, at);
        return accepts_values(check, reader, written, at);
    }
    if (few && (reader->enumeration || reader->constant)) {
        Written part = *written;
        part.types = few;
        if (!accepts_values(check, reader, &part, at))
            return false;
        part.types = written->types & ~few;
        return accepts_choices(check, reader, &part, at);
    }
    return accepts_choices(check, reader, written, at);
}

static bool accepts_target(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    if (!reader || !written->types || written_lacks(check, written))
        return true;
    check->effort.steps -= STEPS_NODE + 2 * (int64_t)written->all.count;
    if (check->effort.steps < 0 || check->depth >= DEPTH_MAX)
        return too_large(check, at);
    check->depth++;
    bool good = accepts_divided(check, reader, written, at);
    check->depth--;
    return good;
}

bool accepts(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    budget_descend(check->effort.arena);
    check->effort.steps--;
    return check->effort.steps < 0 ? too_large(check, at)
                                   : accepts_target(check, json_schema_target(reader), written, at);
}

bool accepts_schema(Check *check, const JsonSchema *reader, const JsonSchema *writer, const Step *at)
{
    Written written = written_new();
    written_add(check, &written, writer);
    written_settle(check, &written);
    return accepts(check, reader, &written, at);
}

static bool is_same(Arena *arena, const JsonSchema *reader, const JsonSchema *writer)
{
    budget_work(arena, reader->source->hash == writer->source->hash ? reader->source->weight : 0);
    return json_value_equal(reader->source, writer->source);
}

bool json_schema_can_read(Arena *arena, const JsonSchema *reader, const JsonSchema *writer, Mismatch *ret_mismatch)
{
    Told told = {.path_len = 0};
    Check check = {.told = &told, .effort = effort_new(arena, STEPS_MAX)};
    if (is_same(arena, reader, writer))
        return true;
    bool is_good = accepts_schema(&check, reader, writer, NULL) && (check.effort.steps >= 0 || too_large(&check, NULL));
    budget_work(arena, (uint64_t)(check.effort.steps < 0 ? STEPS_MAX : STEPS_MAX - check.effort.steps));
    if (!is_good)
        *ret_mismatch = (Mismatch){arena_copy(arena, (Bytes){told.path, told.path_len}),
                                   arena_copy(arena, (Bytes){told.what, told.what_len})};
    return is_good;
}
