/* cbor_decode.c - CBOR (RFC 8949) into the struct of a shape, in the dialects of Kinesis and of smithy-rpc-v2-cbor. */
#include "budget.h"
#include "cbor.h"
#include "limits.h"
#include "value.h"
#include <math.h>

typedef struct CborReader {
    const unsigned char *at, *end;
    Arena *arena;
    Bytes *message;
    CborDialect dialect;
    int depth;
} CborReader;

typedef struct Head {
    int major, information;
    uint64_t argument; /* of a simple value: its raw bits */
} Head;

static int read_value(CborReader *reader, const Shape *shape, void *out);
static int skip_value(CborReader *reader);

static int malformed(CborReader *reader)
{
    return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, "The body is not valid CBOR");
}

static int wrong_type(CborReader *reader, const Shape *shape)
{
    return wire_fail(reader->arena, reader->message, WIRE_WRONG_TYPE, "The value cannot be converted to %s",
                     shape->name);
}

static int read_head(CborReader *reader, Head *ret)
{
    if (reader->at == reader->end)
        return malformed(reader);
    *ret = (Head){*reader->at >> 5, *reader->at & 31, 0};
    reader->at++;
    if (ret->information < 24) {
        ret->argument = (uint64_t)ret->information;
        return WIRE_OK;
    }
    if (ret->information > 27)
        return ret->information == CBOR_INDEFINITE ? WIRE_OK : malformed(reader);
    size_t len = (size_t)1 << (ret->information - 24);
    if ((size_t)(reader->end - reader->at) < len)
        return malformed(reader);
    for (size_t i = 0; i < len; i++)
        ret->argument = ret->argument << 8 | *reader->at++;
    return WIRE_OK;
}

static bool take_break(CborReader *reader)
{
    if (reader->at == reader->end || *reader->at != 0xff)
        return false;
    reader->at++;
    return true;
}

static bool take_null(CborReader *reader)
{
    if (reader->at == reader->end || (*reader->at != 0xf6 && *reader->at != 0xf7))
        return false;
    reader->at++;
    return true;
}

static int enter(CborReader *reader)
{
    budget_descend(reader->arena);
    if (++reader->depth > LIMIT_NESTING)
        return wire_fail(reader->arena, reader->message, WIRE_MALFORMED, "The body is nested deeper than %d levels",
                         LIMIT_NESTING);
    return WIRE_OK;
}

/* More members or elements? Counts down a definite length; takes the break of an indefinite one. */
static int more_items(CborReader *reader, Head *head, bool *ret_more)
{
    bool is_indefinite = head->information == CBOR_INDEFINITE;
    *ret_more = is_indefinite ? !take_break(reader) : head->argument != 0;
    if (!*ret_more)
        reader->depth--;
    else if (!is_indefinite)
        head->argument--;
    return reader->at == reader->end && *ret_more ? malformed(reader) : WIRE_OK;
}

static int read_chunk(CborReader *reader, uint64_t len, Bytes *ret)
{
    if (len > (size_t)(reader->end - reader->at))
        return malformed(reader);
    *ret = (Bytes){(const char *)reader->at, (size_t)len};
    reader->at += len;
    return WIRE_OK;
}

/* The pieces up to the break, copied to `joined` where that is given; how long they are together. */
static int walk_chunks(CborReader *reader, int major, char *joined, size_t *ret_len)
{
    *ret_len = 0;
    while (!take_break(reader)) {
        Head head;
        Bytes chunk = {0};
        int code = read_head(reader, &head);
        if (code == WIRE_OK && (head.major != major || head.information == CBOR_INDEFINITE))
            code = malformed(reader);
        if (code == WIRE_OK)
            code = read_chunk(reader, head.argument, &chunk);
        if (code != WIRE_OK)
            return code;
        if (joined && chunk.len)
            memcpy(joined + *ret_len, chunk.ptr, chunk.len);
        *ret_len += chunk.len;
    }
    return WIRE_OK;
}

/* A string in pieces, joined: walked twice, so that no more room is taken than it needs. */
static int read_chunks(CborReader *reader, int major, Bytes *ret)
{
    const unsigned char *start = reader->at;
    size_t len;
    int code = walk_chunks(reader, major, NULL, &len);
    if (code != WIRE_OK)
        return code;
    char *joined = arena_take_raw(reader->arena, len + 1);
    reader->at = start;
    *ret = (Bytes){joined, len};
    return walk_chunks(reader, major, joined, &ret->len);
}

static int read_string(CborReader *reader, const Head *head, Bytes *ret)
{
    int code = head->information == CBOR_INDEFINITE ? read_chunks(reader, head->major, ret)
                                                    : read_chunk(reader, head->argument, ret);
    if (code == WIRE_OK && head->major == CBOR_TEXT && !bytes_is_utf8(*ret))
        return malformed(reader);
    return code;
}

static double half_to_double(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double mantissa = (double)(bits & 1023);
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent == 31 ? (mantissa != 0 ? NAN : INFINITY)
                                    : ldexp(mantissa + 1024, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

static bool head_to_double(const Head *head, double *ret)
{
    if (head->major == CBOR_UINT)
        return *ret = (double)head->argument, true;
    if (head->major == CBOR_NEGATIVE)
        return *ret = -1 - (double)head->argument, true;
    if (head->major != CBOR_SIMPLE)
        return false;
    uint32_t bits = (uint32_t)head->argument;
    float single;
    switch (head->information) {
    case CBOR_HALF:
        *ret = half_to_double(head->argument);
        return true;
    case CBOR_FLOAT:
        memcpy(&single, &bits, sizeof single);
        *ret = (double)single;
        return true;
    case CBOR_DOUBLE:
        memcpy(ret, &head->argument, sizeof *ret);
        return true;
    default:
        return false;
    }
}

static bool head_to_whole(const Head *head, int64_t *ret)
{
    double number;
    if (head->major == CBOR_UINT || head->major == CBOR_NEGATIVE) {
        if (head->argument > INT64_MAX)
            return false;
        *ret = head->major == CBOR_UINT ? (int64_t)head->argument : -1 - (int64_t)head->argument;
        return true;
    }
    if (!head_to_double(head, &number) || !(number >= -9007199254740992.0 && number <= 9007199254740992.0) ||
        number != (double)(int64_t)number)
        return false;
    *ret = (int64_t)number;
    return true;
}

static bool store_number(CborReader *reader, const Shape *shape, const Head *head, void *out)
{
    double number;
    int64_t whole;
    switch (shape->kind) {
    case KIND_INTEGER:
        if (!head_to_whole(head, &whole) || whole < INT32_MIN || whole > INT32_MAX)
            return false;
        *(int32_t *)out = (int32_t)whole;
        return true;
    case KIND_LONG:
        return head_to_whole(head, out);
    case KIND_TIMESTAMP:
        /* Kinesis' dialect counts milliseconds, not RFC 8949's seconds. */
        if (!head_to_double(head, &number))
            return false;
        if (reader->dialect == CBOR_AMZ_1_1 && head->major != CBOR_SIMPLE)
            return head_to_whole(head, &whole) && is_time(whole) && (*(int64_t *)out = whole, true);
        return seconds_to_ms(reader->dialect == CBOR_AMZ_1_1 ? number / 1000 : number, out);
    default:
        if (!head_to_double(head, &number))
            return false;
        if (shape->kind == KIND_FLOAT)
            *(float *)out = (float)number;
        else
            *(double *)out = number;
        return true;
    }
}

static int read_structure(CborReader *reader, const Shape *shape, Head head, void *out)
{
    bool more;
    int code = enter(reader);
    while (code == WIRE_OK && (code = more_items(reader, &head, &more)) == WIRE_OK && more) {
        Head name_head;
        Bytes name;
        code = read_head(reader, &name_head);
        if (code == WIRE_OK && name_head.major != CBOR_TEXT)
            code = malformed(reader);
        if (code == WIRE_OK)
            code = read_string(reader, &name_head, &name);
        if (code != WIRE_OK)
            return code;
        const Field *field = field_find(shape, name);
        if (!field)
            code = skip_value(reader);
        else if (!take_null(reader))
            code = read_value(reader, field->shape, field_slot(reader->arena, shape, field, out));
    }
    return code;
}

static int read_list(CborReader *reader, const Shape *shape, Head head, AnyList *out)
{
    Growing items = growing_new(reader->arena, shape->member->size);
    bool more;
    int code = enter(reader);
    while (code == WIRE_OK && (code = more_items(reader, &head, &more)) == WIRE_OK && more)
        if (!take_null(reader))
            code = read_value(reader, shape->member, growing_add(&items));
    *out = growing_list(&items);
    return code;
}

static int read_map(CborReader *reader, const Shape *shape, Head head, AnyList *out)
{
    Growing entries = growing_new(reader->arena, shape->entry_size);
    bool more;
    int code = enter(reader);
    while (code == WIRE_OK && (code = more_items(reader, &head, &more)) == WIRE_OK && more) {
        Head key_head;
        Bytes key;
        code = read_head(reader, &key_head);
        if (code == WIRE_OK && key_head.major != CBOR_TEXT)
            code = malformed(reader);
        if (code == WIRE_OK)
            code = read_string(reader, &key_head, &key);
        if (code != WIRE_OK || take_null(reader))
            continue;
        char *entry = growing_add(&entries);
        *(Bytes *)(void *)entry = key;
        code = read_value(reader, shape->member, entry + shape->value_offset);
    }
    *out = growing_map(&entries);
    return code;
}

static int read_value(CborReader *reader, const Shape *shape, void *out)
{
    Head head;
    int code;
    do
        code = read_head(reader, &head);
    while (code == WIRE_OK && head.major == CBOR_TAG && head.information != CBOR_INDEFINITE);
    if (code != WIRE_OK)
        return code;
    bool is_boolean = head.major == CBOR_SIMPLE && (head.information == CBOR_TRUE || head.information == CBOR_FALSE);
    switch (shape->kind) {
    case KIND_STRING:
        return head.major == CBOR_TEXT ? read_string(reader, &head, out) : wrong_type(reader, shape);
    case KIND_BLOB:
        return head.major == CBOR_BYTES ? read_string(reader, &head, out) : wrong_type(reader, shape);
    case KIND_BOOLEAN:
        *(bool *)out = head.information == CBOR_TRUE;
        return is_boolean ? WIRE_OK : wrong_type(reader, shape);
    case KIND_STRUCTURE:
    case KIND_UNION:
        return head.major == CBOR_MAP ? read_structure(reader, shape, head, out) : wrong_type(reader, shape);
    case KIND_LIST:
        return head.major == CBOR_ARRAY ? read_list(reader, shape, head, out) : wrong_type(reader, shape);
    case KIND_MAP:
        return head.major == CBOR_MAP ? read_map(reader, shape, head, out) : wrong_type(reader, shape);
    default:
        return store_number(reader, shape, &head, out) ? WIRE_OK : wrong_type(reader, shape);
    }
}

static int skip_items(CborReader *reader, Head head)
{
    bool more;
    int code = enter(reader);
    while (code == WIRE_OK && (code = more_items(reader, &head, &more)) == WIRE_OK && more) {
        code = skip_value(reader);
        if (code == WIRE_OK && head.major == CBOR_MAP)
            code = skip_value(reader);
    }
    return code;
}

static int skip_value(CborReader *reader)
{
    Head head;
    Bytes ignored;
    int code;
    do
        code = read_head(reader, &head);
    while (code == WIRE_OK && head.major == CBOR_TAG && head.information != CBOR_INDEFINITE);
    if (code != WIRE_OK)
        return code;
    if (head.major == CBOR_BYTES || head.major == CBOR_TEXT)
        return read_string(reader, &head, &ignored);
    if (head.major == CBOR_ARRAY || head.major == CBOR_MAP)
        return skip_items(reader, head);
    return head.information == CBOR_INDEFINITE ? malformed(reader) : WIRE_OK;
}

int cbor_decode(Arena *arena, const Shape *shape, Bytes body, CborDialect dialect, void *ret, Bytes *ret_message)
{
    CborReader reader = {
        (const unsigned char *)body.ptr, (const unsigned char *)body.ptr + body.len, arena, ret_message, dialect, 0};
    if (!body.len)
        return WIRE_OK;
    int code = read_value(&reader, shape, ret);
    return code == WIRE_OK && reader.at != reader.end ? malformed(&reader) : code;
}
