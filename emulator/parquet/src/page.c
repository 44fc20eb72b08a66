/* page.c */
#include "page.h"
#include "levels.h"
#include "snappy.h"
#include "thrift.h"
#include <stdlib.h>
#include <zlib.h>

enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2, PAGE_DATA_2 = 3 };
#define GZIP_WINDOW (15 + 16) /* zlib: the largest, in gzip's form */
#define GZIP_MEMORY 8

static void append_gzip(Buffer *out, Bytes bytes)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t most = deflateBound(&stream, bytes.len);
    stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream.avail_in = (uInt)bytes.len;
    stream.next_out = (Bytef *)buffer_reserve(out, most);
    stream.avail_out = (uInt)most;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    out->len += stream.total_out;
    deflateEnd(&stream);
}

static void append_pressed(Buffer *out, ParquetCodec codec, Bytes bytes)
{
    if (codec == PARQUET_SNAPPY)
        snappy_append(out, bytes);
    else if (codec == PARQUET_GZIP)
        append_gzip(out, bytes);
    else
        buffer_append(out, bytes);
}

/* Data pages of version 1 have their length before them. Returns the length without it. */
static size_t append_levels(Buffer *out, const char *levels, size_t count, int largest, bool has_length)
{
    size_t at = out->len;
    if (has_length)
        buffer_append_le(out, 0, 4);
    LevelWriter writer = levels_begin(out, bits_for((uint32_t)largest));
    for (size_t i = 0; i < count; i++)
        levels_add(&writer, (unsigned char)levels[i]);
    levels_end(&writer);
    size_t len = out->len - at - (has_length ? 4 : 0);
    for (int i = 0; has_length && i < 4; i++)
        out->ptr[at + (size_t)i] = (char)(len >> (8 * i));
    return len;
}

static void append_booleans(Buffer *out, Bytes plain)
{
    for (size_t i = 0; i < plain.len; i += 8) {
        unsigned bits = 0;
        for (size_t bit = 0; bit < 8 && i + bit < plain.len; bit++)
            bits |= (unsigned)(plain.ptr[i + bit] != 0) << bit;
        buffer_append_char(out, (char)bits);
    }
}

static void append_values(Buffer *out, const Column *column, const PageSlice *slice)
{
    if (!slice->indexes) {
        if (column->type == TYPE_BOOLEAN)
            append_booleans(out, slice->plain);
        else
            buffer_append(out, slice->plain);
        return;
    }
    int bits = bits_for(slice->dictionary_len - 1);
    buffer_append_char(out, (char)bits);
    LevelWriter writer = levels_begin(out, bits);
    for (size_t i = 0; i < slice->values; i++)
        levels_add(&writer, slice->indexes[i]);
    levels_end(&writer);
}

typedef struct PageForm {
    int type;
    size_t len, pressed_len;
} PageForm;

static ThriftStruct begin_header(Buffer *out, PageForm form)
{
    ThriftStruct header = thrift_begin(out);
    thrift_integer(&header, 1, THRIFT_I32, form.type);
    thrift_integer(&header, 2, THRIFT_I32, (int64_t)form.len);
    thrift_integer(&header, 3, THRIFT_I32, (int64_t)form.pressed_len);
    return header;
}

/* Header, then what stands before it uncompressed, then what is pressed. */
static int64_t append_page(Buffer *out, const Buffer *header, Bytes before, const Buffer *pressed, size_t len)
{
    buffer_append(out, buffer_bytes(header));
    buffer_append(out, before);
    buffer_append(out, buffer_bytes(pressed));
    return (int64_t)(header->len + before.len + len);
}

static int64_t append_data_1(Buffer *out, const Column *column, const ParquetOptions *options, const PageSlice *slice)
{
    Buffer body = {0}, pressed = {0}, head = {0};
    if (slice->repeated)
        append_levels(&body, slice->repeated, slice->levels, column->field->repeated, true);
    if (slice->defined)
        append_levels(&body, slice->defined, slice->levels, column->field->defined, true);
    append_values(&body, column, slice);
    append_pressed(&pressed, options->codec, buffer_bytes(&body));
    ThriftStruct header = begin_header(&head, (PageForm){PAGE_DATA, body.len, pressed.len});
    ThriftStruct data = thrift_struct(&header, 5);
    thrift_integer(&data, 1, THRIFT_I32, (int64_t)slice->levels);
    thrift_integer(&data, 2, THRIFT_I32, slice->indexes ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN);
    thrift_integer(&data, 3, THRIFT_I32, ENCODING_RLE);
    thrift_integer(&data, 4, THRIFT_I32, ENCODING_RLE);
    thrift_end(&data);
    thrift_end(&header);
    int64_t len = append_page(out, &head, TEXT(""), &pressed, body.len);
    buffer_done(&body);
    buffer_done(&pressed);
    buffer_done(&head);
    return len;
}

/* Levels are not pressed, so that rows can be counted without it. */
static int64_t append_data_2(Buffer *out, const Column *column, const ParquetOptions *options, const PageSlice *slice)
{
    Buffer levels = {0}, body = {0}, pressed = {0}, head = {0};
    size_t repeated_len = 0, defined_len = 0;
    if (slice->repeated)
        repeated_len = append_levels(&levels, slice->repeated, slice->levels, column->field->repeated, false);
    if (slice->defined)
        defined_len = append_levels(&levels, slice->defined, slice->levels, column->field->defined, false);
    append_values(&body, column, slice);
    append_pressed(&pressed, options->codec, buffer_bytes(&body));
    ThriftStruct header = begin_header(&head, (PageForm){PAGE_DATA_2, levels.len + body.len, levels.len + pressed.len});
    ThriftStruct data = thrift_struct(&header, 8);
    thrift_integer(&data, 1, THRIFT_I32, (int64_t)slice->levels);
    thrift_integer(&data, 2, THRIFT_I32, (int64_t)(slice->levels - slice->values));
    thrift_integer(&data, 3, THRIFT_I32, (int64_t)slice->rows);
    thrift_integer(&data, 4, THRIFT_I32, slice->indexes ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN);
    thrift_integer(&data, 5, THRIFT_I32, (int64_t)defined_len);
    thrift_integer(&data, 6, THRIFT_I32, (int64_t)repeated_len);
    thrift_bool(&data, 7, options->codec != PARQUET_UNCOMPRESSED);
    thrift_end(&data);
    thrift_end(&header);
    int64_t len = append_page(out, &head, buffer_bytes(&levels), &pressed, body.len);
    buffer_done(&levels);
    buffer_done(&body);
    buffer_done(&pressed);
    buffer_done(&head);
    return len;
}

int64_t page_append_data(Buffer *out, const Column *column, const ParquetOptions *options, const PageSlice *slice)
{
    return options->is_version_2 ? append_data_2(out, column, options, slice)
                                 : append_data_1(out, column, options, slice);
}

int64_t page_append_dictionary(Buffer *out, const ParquetOptions *options, Bytes plain, size_t count)
{
    Buffer pressed = {0}, head = {0};
    append_pressed(&pressed, options->codec, plain);
    ThriftStruct header = begin_header(&head, (PageForm){PAGE_DICTIONARY, plain.len, pressed.len});
    ThriftStruct dictionary = thrift_struct(&header, 7);
    thrift_integer(&dictionary, 1, THRIFT_I32, (int64_t)count);
    thrift_integer(&dictionary, 2, THRIFT_I32, ENCODING_PLAIN);
    thrift_end(&dictionary);
    thrift_end(&header);
    int64_t len = append_page(out, &head, TEXT(""), &pressed, plain.len);
    buffer_done(&pressed);
    buffer_done(&head);
    return len;
}
