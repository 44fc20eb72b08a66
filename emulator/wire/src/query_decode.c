/* query_decode.c - awsQuery: a form's flat names (MetricData.member.1.Dimensions.member.2.Name) into the struct of a
 * shape. The parameters are sorted: those of one member or element lie together, and are found in what lies below
 * their owner by binary search. Names are never put together, so a form takes no memory but its parameters. */
#include "budget.h"
#include "limits.h"
#include "text_value.h"
#include <stdio.h>
#include <stdlib.h>

#define WRONG_VALUE_SHOWN_BYTES 100 /* of a value in a message */
#define PART_BYTES_MAX          128 /* of a part of a name: a member's, or member.N */

typedef struct Parameter {
    Bytes name, value;
} Parameter;

typedef struct FormReader {
    Parameter *parameters; /* by name */
    Arena *arena;
    Bytes *message;
    int depth;
} FormReader;

/* What a form has for one value. */
typedef struct Place {
    const Parameter *itself; /* the parameter of this very name; NULL: none */
    size_t from, to;         /* those below it ("name.…") */
    size_t prefix_len;       /* of their names, what leads to it: "name." */
} Place;

static int read_value(FormReader *reader, const Shape *shape, const Place *place, void *out);

Bytes query_parameter(Arena *arena, Bytes form, Bytes key)
{
    Bytes rest = form;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = bytes_cut(&value, '='), decoded;
        if (!bytes_equal(name, key))
            continue;
        if (!present(value))
            return (Bytes){"", 0};
        return percent_decode(arena, value, true, &decoded) ? decoded : value;
    }
    return (Bytes){0};
}

static int by_name(const void *a, const void *b)
{
    return bytes_compare(((const Parameter *)a)->name, ((const Parameter *)b)->name);
}

static int malformed(FormReader *reader)
{
    return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, "The body is not a well-formed form");
}

static bool is_in_order(const Parameter *parameters, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (by_name(&parameters[i - 1], &parameters[i]) > 0)
            return false;
    return true;
}

static size_t count_pairs(Bytes form)
{
    size_t count = 1;
    for (const char *at = form.ptr, *end = form.ptr + form.len; at < end && (at = memchr(at, '&', (size_t)(end - at)));)
        at++, count++;
    return count;
}

static int read_parameters(FormReader *reader, Bytes form, size_t *ret_count)
{
    size_t count = 0, pairs = count_pairs(form);
    Bytes rest = form;
    budget_work(reader->arena, pairs);
    reader->parameters = arena_new_array(reader->arena, Parameter, pairs);
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = bytes_cut(&value, '=');
        if (!name.len)
            continue;
        Parameter *parameter = &reader->parameters[count++];
        if (!percent_decode(reader->arena, name, true, &parameter->name) ||
            !percent_decode(reader->arena, present(value) ? value : TEXT(""), true, &parameter->value) ||
            !bytes_is_utf8(parameter->value))
            return malformed(reader);
    }
    if (!is_in_order(reader->parameters, count))
        qsort(reader->parameters, count, sizeof *reader->parameters, by_name);
    *ret_count = count;
    return WIRE_OK;
}

/* The first parameter below the owner whose name goes on with `part` or what comes behind it. */
static size_t lower_bound(const FormReader *reader, const Place *owner, Bytes part)
{
    size_t low = owner->from, high = owner->to;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        Bytes name = reader->parameters[middle].name;
        if (bytes_compare(bytes_slice(name, owner->prefix_len, name.len - owner->prefix_len), part) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What the owner has of this name, itself or below it; false: nothing. */
static bool find(FormReader *reader, const Place *owner, Bytes part, Place *ret)
{
    char below[PART_BYTES_MAX];
    Place rest = *owner;
    *ret = (Place){.prefix_len = owner->prefix_len + part.len + 1};
    if (owner->from == owner->to || part.len >= sizeof below)
        return false;
    budget_work(reader->arena, 2);
    rest.from = lower_bound(reader, owner, part);
    if (rest.from < owner->to && reader->parameters[rest.from].name.len == owner->prefix_len + part.len &&
        !memcmp(reader->parameters[rest.from].name.ptr + owner->prefix_len, part.ptr, part.len))
        ret->itself = &reader->parameters[rest.from];
    memcpy(below, part.ptr, part.len);
    below[part.len] = '.';
    rest.from = ret->from = lower_bound(reader, &rest, (Bytes){below, part.len + 1});
    below[part.len] = '.' + 1;
    ret->to = lower_bound(reader, &rest, (Bytes){below, part.len + 1});
    return ret->itself || ret->from < ret->to;
}

static int wrong_type(FormReader *reader, const Shape *shape, Bytes text)
{
    return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "'" BYTES_FMT "' can not be converted to %s",
                     BYTES_ARG(bytes_utf8_prefix(text, WRONG_VALUE_SHOWN_BYTES)), shape->name);
}

static int read_structure(FormReader *reader, const Shape *shape, const Place *place, void *out)
{
    Place member;
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        if (!find(reader, place, field->name, &member))
            continue;
        int code = read_value(reader, field->shape, &member, field_slot(reader->arena, shape, field, out));
        if (code != WIRE_OK)
            return code;
    }
    return WIRE_OK;
}

/* "member.3", or "3" where the list is flattened. */
static Bytes numbered(char out[static PART_BYTES_MAX], const Shape *shape, const char *word, size_t number)
{
    int len = shape->flattened ? snprintf(out, PART_BYTES_MAX, "%zu", number)
                               : snprintf(out, PART_BYTES_MAX, "%s.%zu", word, number);
    return (Bytes){out, (size_t)len};
}

static int read_list(FormReader *reader, const Shape *shape, const Place *place, AnyList *out)
{
    Growing items = growing_new(reader->arena, shape->member->size);
    char part[PART_BYTES_MAX];
    Place item;
    int code = WIRE_OK;
    for (size_t n = 1; code == WIRE_OK && find(reader, place, numbered(part, shape, "member", n), &item); n++)
        code = read_value(reader, shape->member, &item, growing_add(&items));
    *out = growing_list(&items);
    return code;
}

static int read_map(FormReader *reader, const Shape *shape, const Place *place, AnyList *out)
{
    Growing entries = growing_new(reader->arena, shape->entry_size);
    char part[PART_BYTES_MAX];
    Place item, key, value;
    int code = WIRE_OK;
    for (size_t n = 1; code == WIRE_OK && find(reader, place, numbered(part, shape, "entry", n), &item); n++) {
        if (!find(reader, &item, TEXT("key"), &key) || !key.itself)
            break;
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = key.itself->value;
        (void)find(reader, &item, TEXT("value"), &value);
        code = read_value(reader, shape->member, &value, entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return code;
}

static int read_below(FormReader *reader, const Shape *shape, const Place *place, void *out)
{
    budget_descend(reader->arena);
    if (++reader->depth > LIMIT_NESTING)
        return malformed(reader);
    int code = shape->kind == KIND_LIST  ? read_list(reader, shape, place, out)
               : shape->kind == KIND_MAP ? read_map(reader, shape, place, out)
                                         : read_structure(reader, shape, place, out);
    reader->depth--;
    return code;
}

static int read_value(FormReader *reader, const Shape *shape, const Place *place, void *out)
{
    if (shape->kind >= KIND_STRUCTURE)
        return read_below(reader, shape, place, out);
    Bytes text = place->itself ? place->itself->value : TEXT("");
    return text_read(reader->arena, shape, TIME_USUAL, text, out) ? WIRE_OK : wrong_type(reader, shape, text);
}

int query_decode(Arena *arena, const Shape *shape, Bytes form, void *ret, Bytes *ret_message)
{
    FormReader reader = {.arena = arena, .message = ret_message};
    Place all = {0};
    int code = read_parameters(&reader, form, &all.to);
    return code == WIRE_OK ? read_structure(&reader, shape, &all, ret) : code;
}
