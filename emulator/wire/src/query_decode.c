/* query_decode.c - awsQuery: a form's flat names (MetricData.member.1.Dimensions.member.2.Name) into the struct of a
 * shape. The parameters are sorted: those of one member or element lie together, and are found in what lies below
 * their owner by binary search. Names are never put together, so a form takes no memory but its parameters. */
#include "base64.h"
#include "budget.h"
#include "limits.h"
#include "value.h"
#include <stdio.h>
#include <stdlib.h>

#define WRONG_VALUE_SHOWN_BYTES 100 /* of a value in a message */
#define PART_BYTES_MAX          128 /* of a part of a name: a member's, or member.N */
#define NUMBER_BYTES_MAX        100 /* of a number or a time */

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

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False where a % is not followed by two hex digits. */
static bool percent_decode(Arena *arena, Bytes text, Bytes *ret)
{
    if (bytes_find(text, '%') < 0 && bytes_find(text, '+') < 0)
        return *ret = text, true;
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            bool whole = text.len - i > 2;
            int high = whole ? hex_value(text.ptr[i + 1]) : -1, low = whole ? hex_value(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        out[len++] = c;
    }
    *ret = (Bytes){out, len};
    return true;
}

Bytes query_parameter(Arena *arena, Bytes form, Bytes key)
{
    Bytes rest = form;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = bytes_cut(&value, '='), decoded;
        if (!bytes_equal(name, key))
            continue;
        if (!present(value))
            return (Bytes){"", 0};
        return percent_decode(arena, value, &decoded) ? decoded : value;
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
        if (!percent_decode(reader->arena, name, &parameter->name) ||
            !percent_decode(reader->arena, present(value) ? value : TEXT(""), &parameter->value) ||
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

static int read_blob(FormReader *reader, const Shape *shape, Bytes text, Bytes *out)
{
    char *bytes = arena_take_raw(reader->arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(bytes, text);
    *out = (Bytes){bytes, len < 0 ? 0 : (size_t)len};
    return len < 0 ? wrong_type(reader, shape, text) : WIRE_OK;
}

/* 2026-11-23T10:00:00[.123](Z|+hh:mm), or seconds since the epoch. */
static bool read_time(const char *text, int64_t *ret_ms)
{
    int year, month, day, hour, minute, used = 0;
    double second;
    char *end;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute, &second, &used) != 6)
        return seconds_to_ms(strtod(text, &end), ret_ms) && end != text && !*end;
    int zone_hour = 0, zone_minute = 0;
    char sign = 'Z';
    if (text[used] && text[used] != 'Z' && sscanf(text + used, "%c%2d:%2d", &sign, &zone_hour, &zone_minute) != 3)
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        !(second >= 0 && second < 61))
        return false;
    /* Days since the epoch of a civil date: Hinnant, "chrono-compatible low-level date algorithms". */
    int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    int64_t offset = (sign == '-' ? -1 : 1) * (zone_hour * 60 + zone_minute);
    int64_t ms;
    if (!seconds_to_ms(second, &ms))
        return false;
    *ret_ms = ((days * 24 + hour) * 60 + minute - offset) * 60000 + ms;
    return is_time(*ret_ms);
}

static bool read_scalar(const Shape *shape, Bytes text, void *out)
{
    char copy[NUMBER_BYTES_MAX + 1] = "";
    char *end;
    int64_t whole;
    double number;
    if (shape->kind == KIND_STRING)
        return *(Bytes *)out = text, true;
    if (text.len > NUMBER_BYTES_MAX || bytes_find(text, 0) >= 0)
        return false;
    memcpy(copy, text.ptr, text.len);
    switch (shape->kind) {
    case KIND_BOOLEAN:
        *(bool *)out = bytes_is(text, "true");
        return bytes_is(text, "true") || bytes_is(text, "false");
    case KIND_INTEGER:
        if (!bytes_to_int64(text, &whole) || whole < INT32_MIN || whole > INT32_MAX)
            return false;
        *(int32_t *)out = (int32_t)whole;
        return true;
    case KIND_LONG:
        return bytes_to_int64(text, out);
    case KIND_TIMESTAMP:
        return read_time(copy, out);
    default:
        number = strtod(copy, &end);
        if (end == copy || *end)
            return false;
        if (shape->kind == KIND_FLOAT)
            *(float *)out = (float)number;
        else
            *(double *)out = number;
        return true;
    }
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
    if (shape->kind == KIND_BLOB)
        return read_blob(reader, shape, text, out);
    return read_scalar(shape, text, out) ? WIRE_OK : wrong_type(reader, shape, text);
}

int query_decode(Arena *arena, const Shape *shape, Bytes form, void *ret, Bytes *ret_message)
{
    FormReader reader = {.arena = arena, .message = ret_message};
    Place all = {0};
    int code = read_parameters(&reader, form, &all.to);
    return code == WIRE_OK ? read_structure(&reader, shape, &all, ret) : code;
}
