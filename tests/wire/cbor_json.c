#include "cbor_json.h"
#include "base64.h"
#include <math.h>
#include <stdlib.h>

enum { MAJOR_UINT, MAJOR_NEGATIVE, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG, MAJOR_SIMPLE };
#define INDEFINITE UINT64_MAX
#define BREAK      0xff
#define BASE64     "base64:"

static void write_head(Buffer *out, int major, uint64_t value)
{
    if (value < 24) {
        buffer_append_char(out, (char)(major << 5 | (int)value));
        return;
    }
    buffer_append_char(out, (char)(major << 5 | 27));
    buffer_append_be64(out, value);
}

static void write_text(Buffer *out, Bytes text)
{
    if (!bytes_starts_with(text, TEXT(BASE64))) {
        write_head(out, MAJOR_TEXT, text.len);
        buffer_append(out, text);
        return;
    }
    Bytes encoded = bytes_slice(text, strlen(BASE64), text.len - strlen(BASE64));
    char *decoded = malloc(base64_decoded_max(encoded.len) + 1);
    ptrdiff_t len = decoded ? base64_decode(decoded, encoded) : -1;
    if (len < 0)
        abort();
    write_head(out, MAJOR_BYTES, (size_t)len);
    buffer_append(out, (Bytes){decoded, (size_t)len});
    free(decoded);
}

static void write_real(Buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buffer_append_char(out, (char)(MAJOR_SIMPLE << 5 | 27));
    buffer_append_be64(out, bits);
}

static void write_integer(Buffer *out, json_int_t value)
{
    write_head(out, value < 0 ? MAJOR_NEGATIVE : MAJOR_UINT, (uint64_t)(value < 0 ? -(value + 1) : value));
}

void cbor_write(Buffer *out, const json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_head(out, MAJOR_MAP, json_object_size(value));
        json_object_foreach((json_t *)(uintptr_t)value, key, item)
        {
            write_head(out, MAJOR_TEXT, strlen(key));
            buffer_append_text(out, key);
            cbor_write(out, item);
        }
        break;
    case JSON_ARRAY:
        write_head(out, MAJOR_ARRAY, json_array_size(value));
        json_array_foreach(value, i, item) cbor_write(out, item);
        break;
    case JSON_STRING:
        write_text(out, (Bytes){json_string_value(value), json_string_length(value)});
        break;
    case JSON_INTEGER:
        write_integer(out, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, json_real_value(value));
        break;
    default:
        write_head(out, MAJOR_SIMPLE, json_is_true(value) ? 21 : json_is_false(value) ? 20 : 22);
        break;
    }
}

typedef struct Reader {
    const unsigned char *at, *end;
} Reader;

/* False: it ends too early. */
static bool read_head(Reader *reader, int *ret_major, int *ret_info, uint64_t *ret_value)
{
    if (reader->at == reader->end)
        return false;
    *ret_major = *reader->at >> 5;
    *ret_info = *reader->at++ & 31;
    *ret_value = (uint64_t)*ret_info;
    if (*ret_info == 31)
        *ret_value = INDEFINITE;
    if (*ret_info < 24 || *ret_info == 31)
        return true;
    size_t width = (size_t)1 << (*ret_info - 24);
    *ret_value = 0;
    if (*ret_info > 27 || (size_t)(reader->end - reader->at) < width)
        return false;
    while (width--)
        *ret_value = *ret_value << 8 | *reader->at++;
    return true;
}

static bool takes_break(Reader *reader)
{
    bool is_there = reader->at < reader->end && *reader->at == BREAK;
    reader->at += is_there;
    return is_there;
}

static json_t *read_value(Reader *reader);

static json_t *read_string(Reader *reader, int major, uint64_t len)
{
    if (len > (uint64_t)(reader->end - reader->at)) /* nobody here sends them in pieces */
        return NULL;
    Bytes bytes = {(const char *)reader->at, (size_t)len};
    reader->at += len;
    if (major == MAJOR_TEXT)
        return json_stringn(bytes.ptr, bytes.len);
    char *text = malloc(strlen(BASE64) + base64_encoded_len(bytes.len) + 1);
    if (!text)
        abort();
    memcpy(text, BASE64, strlen(BASE64));
    json_t *value = json_stringn(text, strlen(BASE64) + base64_encode(text + strlen(BASE64), bytes));
    free(text);
    return value;
}

static json_t *read_array(Reader *reader, uint64_t count)
{
    json_t *array = json_array();
    for (uint64_t i = 0; i < count && !(count == INDEFINITE && takes_break(reader)); i++)
        if (json_array_append_new(array, read_value(reader)))
            return json_decref(array), NULL;
    return array;
}

static json_t *read_map(Reader *reader, uint64_t count)
{
    json_t *object = json_object();
    for (uint64_t i = 0; i < count && !(count == INDEFINITE && takes_break(reader)); i++) {
        json_t *key = read_value(reader);
        bool is_put = json_is_string(key) && !json_object_set_new(object, json_string_value(key), read_value(reader));
        json_decref(key);
        if (!is_put)
            return json_decref(object), NULL;
    }
    return object;
}

static json_t *read_simple(int info, uint64_t value)
{
    double real;
    uint32_t narrow = (uint32_t)value;
    float single;
    if (info == 20 || info == 21)
        return json_boolean(info == 21);
    if (info == 26)
        return memcpy(&single, &narrow, sizeof single), json_real((double)single);
    if (info == 27)
        return memcpy(&real, &value, sizeof real), json_real(real);
    return info == 22 || info == 23 ? json_null() : NULL;
}

static json_t *read_value(Reader *reader)
{
    int major, info;
    uint64_t value;
    if (!read_head(reader, &major, &info, &value))
        return NULL;
    switch (major) {
    case MAJOR_UINT:
        return json_integer((json_int_t)value);
    case MAJOR_NEGATIVE:
        return json_integer(-1 - (json_int_t)value);
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return read_string(reader, major, value);
    case MAJOR_ARRAY:
        return read_array(reader, value);
    case MAJOR_MAP:
        return read_map(reader, value);
    case MAJOR_TAG:
        return read_value(reader);
    default:
        return read_simple(info, value);
    }
}

json_t *cbor_read(Bytes cbor)
{
    Reader reader = {(const unsigned char *)cbor.ptr, (const unsigned char *)cbor.ptr + cbor.len};
    json_t *value = read_value(&reader);
    if (value && reader.at != reader.end)
        return json_decref(value), NULL;
    return value;
}
