/* query_decode.c - awsQuery: a form's flat names (MetricData.member.1.Dimensions.member.2.Name) into the struct of a
 * shape. The parameters are sorted, so that "is there anything below this name" is one binary search. */
#include "base64.h"
#include "limits.h"
#include "value.h"
#include <stdio.h>
#include <stdlib.h>

#define WRONG_VALUE_SHOWN_BYTES 100 /* of a value in a message */

typedef struct Parameter {
    Bytes name, value;
} Parameter;

typedef struct FormReader {
    Parameter *parameters;
    size_t count;
    Arena *arena;
    Bytes *message;
    int depth;
} FormReader;

static int read_value(FormReader *reader, const Shape *shape, Bytes name, void *out);

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

static int read_parameters(FormReader *reader, Bytes form)
{
    Growing list = growing_new(reader->arena, sizeof(Parameter));
    Bytes rest = form;
    while (present(rest)) {
        Bytes value = bytes_cut(&rest, '&'), name = bytes_cut(&value, '=');
        if (!name.len)
            continue;
        Parameter *parameter = growing_add(&list);
        if (!percent_decode(reader->arena, name, &parameter->name) ||
            !percent_decode(reader->arena, present(value) ? value : TEXT(""), &parameter->value))
            return malformed(reader);
        if (!bytes_is_utf8(parameter->value))
            return malformed(reader);
    }
    reader->parameters = growing_list(&list).items;
    reader->count = list.count;
    qsort(reader->parameters, reader->count, sizeof *reader->parameters, by_name);
    return WIRE_OK;
}

/* The first parameter that is not before the name. */
static size_t lower_bound(const FormReader *reader, Bytes name)
{
    size_t low = 0, high = reader->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bytes_compare(reader->parameters[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const Parameter *find(const FormReader *reader, Bytes name)
{
    size_t at = lower_bound(reader, name);
    return at < reader->count && bytes_equal(reader->parameters[at].name, name) ? &reader->parameters[at] : NULL;
}

/* Is there a parameter of this name, or one below it ("name.…")? */
static bool has(const FormReader *reader, Bytes name)
{
    if (find(reader, name))
        return true;
    Bytes below = arena_text(reader->arena, BYTES_FMT ".", BYTES_ARG(name));
    size_t at = lower_bound(reader, below);
    return at < reader->count && bytes_starts_with(reader->parameters[at].name, below);
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
    return true;
}

static bool read_scalar(FormReader *reader, const Shape *shape, Bytes text, void *out)
{
    const char *copy = arena_cstr(reader->arena, text);
    char *end;
    int64_t whole;
    double number;
    switch (shape->kind) {
    case KIND_STRING:
        *(Bytes *)out = text;
        return true;
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

static int read_structure(FormReader *reader, const Shape *shape, Bytes name, void *out)
{
    for (size_t i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        Bytes member = name.len
                           ? arena_text(reader->arena, BYTES_FMT "." BYTES_FMT, BYTES_ARG(name), BYTES_ARG(field->name))
                           : field->name;
        if (!has(reader, member))
            continue;
        int code = read_value(reader, field->shape, member, field_slot(reader->arena, shape, field, out));
        if (code != WIRE_OK)
            return code;
    }
    return WIRE_OK;
}

static int read_list(FormReader *reader, const Shape *shape, Bytes name, AnyList *out)
{
    Growing items = growing_new(reader->arena, shape->member->size);
    int code = WIRE_OK;
    for (size_t n = 1; code == WIRE_OK; n++) {
        Bytes item =
            arena_text(reader->arena, BYTES_FMT "%s.%zu", BYTES_ARG(name), shape->flattened ? "" : ".member", n);
        if (!has(reader, item))
            break;
        code = read_value(reader, shape->member, item, growing_add(&items));
    }
    *out = growing_list(&items);
    return code;
}

static int read_map(FormReader *reader, const Shape *shape, Bytes name, AnyList *out)
{
    Growing entries = growing_new(reader->arena, shape->entry_size);
    int code = WIRE_OK;
    for (size_t n = 1; code == WIRE_OK; n++) {
        Bytes item =
            arena_text(reader->arena, BYTES_FMT "%s.%zu", BYTES_ARG(name), shape->flattened ? "" : ".entry", n);
        const Parameter *key = find(reader, arena_text(reader->arena, BYTES_FMT ".key", BYTES_ARG(item)));
        if (!key)
            break;
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = key->value;
        code = read_value(reader, shape->member, arena_text(reader->arena, BYTES_FMT ".value", BYTES_ARG(item)),
                          entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return code;
}

static int read_below(FormReader *reader, const Shape *shape, Bytes name, void *out)
{
    if (++reader->depth > LIMIT_NESTING)
        return malformed(reader);
    int code = shape->kind == KIND_LIST  ? read_list(reader, shape, name, out)
               : shape->kind == KIND_MAP ? read_map(reader, shape, name, out)
                                         : read_structure(reader, shape, name, out);
    reader->depth--;
    return code;
}

static int read_value(FormReader *reader, const Shape *shape, Bytes name, void *out)
{
    if (shape->kind >= KIND_STRUCTURE)
        return read_below(reader, shape, name, out);
    const Parameter *parameter = find(reader, name);
    Bytes text = parameter ? parameter->value : TEXT("");
    if (shape->kind == KIND_BLOB)
        return read_blob(reader, shape, text, out);
    return read_scalar(reader, shape, text, out) ? WIRE_OK : wrong_type(reader, shape, text);
}

int query_decode(Arena *arena, const Shape *shape, Bytes form, void *ret, Bytes *ret_message)
{
    FormReader reader = {.arena = arena, .message = ret_message};
    int code = read_parameters(&reader, form);
    return code == WIRE_OK ? read_structure(&reader, shape, (Bytes){0}, ret) : code;
}
