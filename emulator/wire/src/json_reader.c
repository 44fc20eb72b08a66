/* json_reader.c */
#include "json_reader.h"
#include "budget.h"
#include "json_escape.h"
#include "limits.h"
#include <endian.h>

int json_malformed(JsonReader *reader)
{
    return wire_fail(reader->arena, reader->message, WIRE_MALFORMED,
                     "Unexpected character or end of the body at byte %zu: not valid JSON",
                     (size_t)(reader->at - reader->start));
}

/* Like a switch on the character, without its jumps. */
const uint8_t json_tokens[256] = {
    ['"'] = JSON_STRING, ['{'] = JSON_OBJECT, ['['] = JSON_ARRAY,  ['t'] = JSON_TRUE,   ['f'] = JSON_FALSE,
    ['n'] = JSON_NULL,   ['-'] = JSON_NUMBER, ['0'] = JSON_NUMBER, ['1'] = JSON_NUMBER, ['2'] = JSON_NUMBER,
    ['3'] = JSON_NUMBER, ['4'] = JSON_NUMBER, ['5'] = JSON_NUMBER, ['6'] = JSON_NUMBER, ['7'] = JSON_NUMBER,
    ['8'] = JSON_NUMBER, ['9'] = JSON_NUMBER,
};

/* The quote that ends the string, from its first escape on; the body's end where there is none. */
static const char *closing_quote(const JsonReader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && *at != '"')
        at += *at == '\\' && reader->end - at > 1 ? 2 : 1;
    return at;
}

/* From the first escape on; what stood before it is copied. An escape is never shorter than what it stands for. */
static int take_escaped(JsonReader *reader, const char *start, Bytes *ret)
{
    char *text = arena_take_raw(reader->arena, (size_t)(closing_quote(reader) - start)), *out = text;
    memcpy(out, start, (size_t)(reader->at - start));
    out += reader->at - start;
    while (reader->at < reader->end && *reader->at != '"') {
        if ((unsigned char)*reader->at < 0x20)
            return json_malformed(reader);
        if (*reader->at != '\\') {
            *out++ = *reader->at++;
            continue;
        }
        reader->at++;
        out = json_escape_read(&reader->at, reader->end, out);
        if (!out)
            return json_malformed(reader);
    }
    if (reader->at == reader->end)
        return json_malformed(reader);
    reader->at++;
    *ret = (Bytes){text, (size_t)(out - text)};
    return WIRE_OK;
}

int json_take_raw_string(JsonReader *reader, Bytes *ret)
{
    const char *start = ++reader->at;
    const char *quote = memchr(start, '"', (size_t)(reader->end - start));
    const char *escape = quote ? memchr(start, '\\', (size_t)(quote - start)) : NULL;
    if (!quote) {
        reader->at = reader->end;
        return json_malformed(reader);
    }
    if (escape) {
        reader->at = escape;
        return take_escaped(reader, start, ret);
    }
    reader->at = quote + 1;
    *ret = (Bytes){start, (size_t)(quote - start)};
    return WIRE_OK;
}

static bool has_control_character(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20)
            return true;
    return false;
}

/* The high bits of the bytes that a string doesn't just hold as they are: quote, escape, control, not ASCII. Above one
 * that is set others may be set that aren't: only the lowest counts. */
static uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', escape = word ^ ones * '\\';
    return (((quote - ones) & ~quote) | ((escape - ones) & ~escape) | (word - ones * 0x20) | word) & tops;
}

/* The common case, in one pass: plain ASCII up to its quote, some bytes before the body's end. */
static bool take_plain(JsonReader *reader, Bytes *ret)
{
    const char *start = reader->at + 1, *at = start;
    uint64_t word;
    for (; reader->end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        uint64_t special = special_bytes(le64toh(word));
        if (!special)
            continue;
        at += __builtin_ctzll(special) / 8;
        if (*at != '"')
            return false;
        *ret = (Bytes){start, (size_t)(at - start)};
        reader->at = at + 1;
        return true;
    }
    return false;
}

int json_take_string(JsonReader *reader, Bytes *ret)
{
    if (take_plain(reader, ret))
        return WIRE_OK;
    const char *start = reader->at;
    int code = json_take_raw_string(reader, ret);
    if (code != WIRE_OK)
        return code;
    bool is_in_body = ret->ptr == start + 1;
    if ((is_in_body && has_control_character(*ret)) || !bytes_is_utf8(*ret)) {
        reader->at = start;
        return json_malformed(reader);
    }
    return WIRE_OK;
}

static bool take_digits(JsonReader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > start;
}

static bool take_char(JsonReader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

int json_take_number(JsonReader *reader, Bytes *ret)
{
    const char *start = reader->at;
    (void)take_char(reader, '-');
    if (!take_char(reader, '0') && !take_digits(reader))
        return json_malformed(reader);
    if (take_char(reader, '.') && !take_digits(reader))
        return json_malformed(reader);
    if (take_char(reader, 'e') || take_char(reader, 'E')) {
        if (!take_char(reader, '+'))
            (void)take_char(reader, '-');
        if (!take_digits(reader))
            return json_malformed(reader);
    }
    *ret = (Bytes){start, (size_t)(reader->at - start)};
    return WIRE_OK;
}

int json_open(JsonReader *reader)
{
    budget_descend(reader->arena);
    reader->at++;
    if (++reader->depth > LIMIT_NESTING)
        return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, "The body is nested deeper than %d levels",
                         LIMIT_NESTING);
    return WIRE_OK;
}

/* At the end, or behind the comma where one is owed. */
static int next(JsonReader *reader, char closing, bool is_first, bool *ret_more)
{
    json_skip_space(reader);
    *ret_more = !take_char(reader, closing);
    if (!*ret_more) {
        reader->depth--;
        return WIRE_OK;
    }
    return is_first || take_char(reader, ',') ? WIRE_OK : json_malformed(reader);
}

int json_next_element(JsonReader *reader, bool is_first, bool *ret_more)
{
    return next(reader, ']', is_first, ret_more);
}

int json_next_member(JsonReader *reader, bool is_first, bool *ret_more, Bytes *ret_name)
{
    int code = next(reader, '}', is_first, ret_more);
    if (code != WIRE_OK || !*ret_more)
        return code;
    if (json_peek(reader) != JSON_STRING)
        return json_malformed(reader);
    code = json_take_string(reader, ret_name);
    json_skip_space(reader);
    if (code == WIRE_OK && !take_char(reader, ':'))
        return json_malformed(reader);
    return code;
}

static int skip_object(JsonReader *reader)
{
    Bytes name;
    bool more;
    int code = json_open(reader);
    for (bool first = true; code == WIRE_OK; first = false) {
        code = json_next_member(reader, first, &more, &name);
        if (code != WIRE_OK || !more)
            return code;
        code = json_skip(reader);
    }
    return code;
}

static int skip_array(JsonReader *reader)
{
    bool more;
    int code = json_open(reader);
    for (bool first = true; code == WIRE_OK; first = false) {
        code = json_next_element(reader, first, &more);
        if (code != WIRE_OK || !more)
            return code;
        code = json_skip(reader);
    }
    return code;
}

int json_skip(JsonReader *reader)
{
    Bytes ignored;
    switch (json_peek(reader)) {
    case JSON_STRING:
        return json_take_string(reader, &ignored);
    case JSON_NUMBER:
        return json_take_number(reader, &ignored);
    case JSON_TRUE:
        return json_take_word(reader, "true");
    case JSON_FALSE:
        return json_take_word(reader, "false");
    case JSON_NULL:
        return json_take_word(reader, "null");
    case JSON_OBJECT:
        return skip_object(reader);
    case JSON_ARRAY:
        return skip_array(reader);
    default:
        return json_malformed(reader);
    }
}

int json_end(JsonReader *reader)
{
    json_skip_space(reader);
    return reader->at == reader->end ? WIRE_OK : json_malformed(reader);
}
