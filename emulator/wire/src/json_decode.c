/* json_decode.c - JSON text into the struct of a shape. The words for a value of the wrong type are those that AWS's
 * services answer with in a SerializationException ("NUMBER_VALUE cannot be converted to String"). */
#include "base64.h"
#include "json_reader.h"
#include "text_value.h"
#include <stdlib.h>

static int read_value(JsonReader *reader, const Shape *shape, void *out);

static const char *token_name(JsonToken token)
{
    static const char *const names[] = {[JSON_STRING] = "STRING_VALUE",
                                        [JSON_NUMBER] = "NUMBER_VALUE",
                                        [JSON_TRUE] = "TRUE_VALUE",
                                        [JSON_FALSE] = "FALSE_VALUE",
                                        [JSON_NULL] = "NULL_VALUE"};
    return names[token];
}

static const char *java_name(const Shape *shape)
{
    static const char *const names[] = {
        [KIND_STRING] = "String", [KIND_BLOB] = "ByteBuffer", [KIND_BOOLEAN] = "Boolean", [KIND_INTEGER] = "Integer",
        [KIND_LONG] = "Long",     [KIND_FLOAT] = "Float",     [KIND_DOUBLE] = "Double",   [KIND_TIMESTAMP] = "Date"};
    return names[shape->kind];
}

static int wrong_type(JsonReader *reader, const Shape *shape, JsonToken token)
{
    Arena *arena = reader->arena;
    if (token == JSON_NONE)
        return json_malformed(reader);
    if (token == JSON_OBJECT)
        return wire_fail(arena, reader->message, WIRE_WRONG_TYPE, "Start of structure or map found where not expected");
    if (token == JSON_ARRAY)
        return wire_fail(arena, reader->message, WIRE_WRONG_TYPE, "Start of list found where not expected");
    if (shape->kind >= KIND_STRUCTURE)
        return wire_fail(arena, reader->message, WIRE_WRONG_TYPE, "Unexpected field type");
    return wire_fail(arena, reader->message, WIRE_WRONG_TYPE, "%s cannot be converted to %s", token_name(token),
                     java_name(shape));
}

static int read_blob(JsonReader *reader, Bytes *out)
{
    Bytes text;
    int code = json_take_raw_string(reader, &text);
    if (code != WIRE_OK)
        return code;
    if (text.len % 4)
        return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE,
                         "Base64 encoded length is expected a multiple of 4 bytes but found: %zu", text.len);
    char *bytes = arena_take_raw(reader->arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(bytes, text);
    if (len < 0)
        return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE,
                         "Invalid Base64 character in the value of a blob");
    *out = (Bytes){bytes, (size_t)len};
    return WIRE_OK;
}

static double to_double(Bytes text)
{
    char copy[64];
    if (text.len >= sizeof copy)
        text.len = sizeof copy - 1; /* more digits than a double has change nothing that matters here */
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strtod(copy, NULL);
}

/* 5, and also 5.0 and 5e0; what has a fraction or does not fit is refused. */
static bool to_whole(Bytes text, int64_t least, int64_t most, int64_t *ret)
{
    int64_t value;
    if (!bytes_to_int64(text, &value)) {
        double number = to_double(text);
        if (!(number >= -9007199254740992.0 && number <= 9007199254740992.0) || number != (double)(int64_t)number)
            return false;
        value = (int64_t)number;
    }
    if (value < least || value > most)
        return false;
    *ret = value;
    return true;
}

/* A time that is a string. */
static bool is_time_text(const Shape *shape)
{
    return shape->kind == KIND_TIMESTAMP && (shape->time == TIME_ISO_8601 || shape->time == TIME_HTTP_DATE);
}

static int read_time_text(JsonReader *reader, const Shape *shape, void *out)
{
    Bytes text;
    int code = json_take_string(reader, &text);
    if (code == WIRE_OK && !time_read(shape->time, text, out))
        return wrong_type(reader, shape, JSON_STRING);
    return code;
}

static int read_number(JsonReader *reader, const Shape *shape, void *out)
{
    Bytes text;
    int64_t whole = 0;
    int code = json_take_number(reader, &text);
    if (code != WIRE_OK)
        return code;
    bool fits = true;
    if (shape->kind == KIND_INTEGER && (fits = to_whole(text, INT32_MIN, INT32_MAX, &whole)))
        *(int32_t *)out = (int32_t)whole;
    else if (shape->kind == KIND_LONG && (fits = to_whole(text, INT64_MIN, INT64_MAX, &whole)))
        *(int64_t *)out = whole;
    else if (shape->kind == KIND_FLOAT)
        *(float *)out = (float)to_double(text);
    else if (shape->kind == KIND_DOUBLE)
        *(double *)out = to_double(text);
    else if (shape->kind == KIND_TIMESTAMP)
        fits = !is_time_text(shape) && seconds_to_ms(to_double(text), out);
    if (!fits)
        return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "%.*s cannot be converted to %s",
                         (int)(text.len < 40 ? text.len : 40), text.ptr, java_name(shape));
    return WIRE_OK;
}

/* aws: doubles that JSON has no number for come as the strings NaN, Infinity and -Infinity. */
static int read_named_double(JsonReader *reader, const Shape *shape, void *out)
{
    Bytes text;
    int code = json_take_string(reader, &text);
    if (code != WIRE_OK)
        return code;
    double value = bytes_is(text, "NaN")        ? strtod("nan", NULL)
                   : bytes_is(text, "Infinity") ? strtod("inf", NULL)
                                                : strtod("-inf", NULL);
    if (!bytes_is(text, "NaN") && !bytes_is(text, "Infinity") && !bytes_is(text, "-Infinity"))
        return wrong_type(reader, shape, JSON_STRING);
    if (shape->kind == KIND_FLOAT)
        *(float *)out = (float)value;
    else
        *(double *)out = value;
    return WIRE_OK;
}

static int read_boolean(JsonReader *reader, bool value, bool *out)
{
    *out = value;
    return value ? json_take_word(reader, "true") : json_take_word(reader, "false");
}

/* smithy.io, restJson1: a union holds one member; a type's name may stand beside it. */
static int skip_unknown(JsonReader *reader, const Shape *shape, Bytes name)
{
    if (reader->is_strict && shape->kind == KIND_UNION && !bytes_is(name, "__type"))
        return wrong_type(reader, shape, JSON_STRING);
    return json_skip(reader);
}

static int check_union(JsonReader *reader, const Shape *shape, const void *value)
{
    bool is_bad = reader->is_strict && shape->kind == KIND_UNION && !union_field(shape, value);
    return is_bad ? wrong_type(reader, shape, JSON_STRING) : WIRE_OK;
}

static int skip_null(JsonReader *reader, const Shape *shape)
{
    return reader->is_strict ? wrong_type(reader, shape, JSON_NULL) : json_take_word(reader, "null");
}

static int read_structure(JsonReader *reader, const Shape *shape, void *out)
{
    Bytes name;
    bool more;
    int code = json_open(reader);
    for (bool first = true; code == WIRE_OK; first = false) {
        code = json_next_member(reader, first, &more, &name);
        if (code != WIRE_OK)
            return code;
        if (!more)
            return check_union(reader, shape, out);
        const Field *field = field_find(shape, name);
        if (!field)
            code = skip_unknown(reader, shape, name);
        else if (json_peek(reader) == JSON_NULL)
            code = json_take_word(reader, "null");
        else
            code = read_value(reader, field->shape, field_slot(reader->arena, shape, field, out));
    }
    return code;
}

static int read_list(JsonReader *reader, const Shape *shape, AnyList *out)
{
    Growing items = growing_new(reader->arena, shape->member->size);
    bool more;
    int code = json_open(reader);
    for (bool first = true; code == WIRE_OK; first = false) {
        code = json_next_element(reader, first, &more);
        if (code != WIRE_OK)
            return code;
        if (!more)
            break;
        if (json_peek(reader) == JSON_NULL)
            code = skip_null(reader, shape->member);
        else
            code = read_value(reader, shape->member, growing_add(&items));
    }
    *out = growing_list(&items);
    return code;
}

static int read_map(JsonReader *reader, const Shape *shape, AnyList *out)
{
    Growing entries = growing_new(reader->arena, shape->entry_size);
    Bytes key;
    bool more;
    int code = json_open(reader);
    for (bool first = true; code == WIRE_OK; first = false) {
        code = json_next_member(reader, first, &more, &key);
        if (code != WIRE_OK)
            return code;
        if (!more)
            break;
        if (json_peek(reader) == JSON_NULL) {
            code = skip_null(reader, shape->member);
            continue;
        }
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = key;
        code = read_value(reader, shape->member, entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return code;
}

static bool is_number(const Shape *shape)
{
    return shape->kind >= KIND_INTEGER && shape->kind <= KIND_TIMESTAMP;
}

static int read_value(JsonReader *reader, const Shape *shape, void *out)
{
    JsonToken token = json_peek(reader);
    if (token == JSON_STRING && shape->kind == KIND_STRING)
        return json_take_string(reader, out);
    if (token == JSON_STRING && shape->kind == KIND_BLOB)
        return read_blob(reader, out);
    if (token == JSON_STRING && (shape->kind == KIND_DOUBLE || shape->kind == KIND_FLOAT))
        return read_named_double(reader, shape, out);
    if (token == JSON_STRING && is_time_text(shape))
        return read_time_text(reader, shape, out);
    if (token == JSON_NUMBER && is_number(shape))
        return read_number(reader, shape, out);
    if ((token == JSON_TRUE || token == JSON_FALSE) && shape->kind == KIND_BOOLEAN)
        return read_boolean(reader, token == JSON_TRUE, out);
    if (token == JSON_OBJECT && (shape->kind == KIND_STRUCTURE || shape->kind == KIND_UNION))
        return read_structure(reader, shape, out);
    if (token == JSON_OBJECT && shape->kind == KIND_MAP)
        return read_map(reader, shape, out);
    if (token == JSON_ARRAY && shape->kind == KIND_LIST)
        return read_list(reader, shape, out);
    return wrong_type(reader, shape, token);
}

static int read_body(JsonReader *reader, const Shape *shape, void *out)
{
    int code = read_value(reader, shape, out); /* no body is no JSON, for AWS too */
    return code == WIRE_OK ? json_end(reader) : code;
}

int json_decode(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message)
{
    JsonReader reader = {
        .at = body.ptr, .start = body.ptr, .end = body.ptr + body.len, .arena = arena, .message = ret_message};
    return read_body(&reader, shape, ret);
}

int json_decode_strict(Arena *arena, const Shape *shape, Bytes body, void *ret, Bytes *ret_message)
{
    JsonReader reader = {.at = body.ptr,
                         .start = body.ptr,
                         .end = body.ptr + body.len,
                         .arena = arena,
                         .message = ret_message,
                         .is_strict = true};
    return read_body(&reader, shape, ret);
}
