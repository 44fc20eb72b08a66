/* compressor.c - GZIP and ZIP by zlib; Snappy in snappy-java's stream, and in blocks as Hadoop reads them. What AWS
 * makes of each was measured by others: floci-io/floci, issue 2328. */
#include "compressor.h"
#include "firehose_model.h"
#include "snappy.h"
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

/* Its magic, its version, and the oldest that can read it. */
#define SNAPPY_JAVA_HEAD TEXT("\x82SNAPPY\0\0\0\0\1\0\0\0\1")

#define DEFLATE_LEVEL 6
#define OUT_BYTES     65536
/* A window of 4 KiB, and tables to match: zconf.h: (1 << (windowBits + 2)) + (1 << (memLevel + 9)) bytes. */
#define SMALL_WINDOW_BITS 12
#define SMALL_MEMORY      5

typedef enum Form { FORM_PLAIN, FORM_GZIP, FORM_ZIP, FORM_SNAPPY, FORM_HADOOP } Form;

struct Compressor {
    Form form;
    z_stream deflate;
    uint32_t crc;
    uint64_t in, out; /* bytes so far; out: of the deflated ones */
    char *name;
    size_t name_len;
    uint16_t dos_time, dos_date;
    Buffer block; /* of Snappy: what isn't a whole one yet */
};

static const struct {
    const char *format, *extension, *encoding;
} forms[] = {
    [FORM_PLAIN] = {"UNCOMPRESSED", "", NULL},
    [FORM_GZIP] = {"GZIP", ".gz", "gzip"},
    [FORM_ZIP] = {"ZIP", ".zip", "zip"},
    [FORM_SNAPPY] = {"Snappy", ".snappy", "snappy-java"},
    [FORM_HADOOP] = {"HADOOP_SNAPPY", ".snappy", "hadoop-snappy"},
};

static Form form_of(Bytes format)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (bytes_is(format, forms[i].format))
            return (Form)i;
    return FORM_PLAIN;
}

const char *compression_extension(Bytes format)
{
    return forms[form_of(format)].extension;
}

const char *compression_encoding(Bytes format)
{
    return forms[form_of(format)].encoding;
}

static void le16(Buffer *out, uint32_t value)
{
    buffer_append_le(out, value, 2);
}

static void le32(Buffer *out, uint32_t value)
{
    buffer_append_le(out, value, 4);
}

Compressor *compressor_new(Bytes format, Bytes name, int64_t at_ms, CompressorSize size)
{
    Compressor *compressor = calloc(1, sizeof *compressor);
    char *copy = malloc(name.len + 1);
    time_t at_s = (time_t)(at_ms / 1000);
    struct tm tm;
    if (!compressor || !copy)
        abort();
    memcpy(copy, name.ptr, name.len);
    gmtime_r(&at_s, &tm);
    compressor->form = form_of(format);
    compressor->name = copy;
    compressor->name_len = name.len;
    compressor->dos_time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
    compressor->dos_date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
    int window_bits = size == COMPRESSOR_SMALL ? SMALL_WINDOW_BITS : MAX_WBITS;
    window_bits =
        compressor->form == FORM_GZIP ? window_bits + 16 : -window_bits; /* with gzip's head and tail; neither */
    int memory = size == COMPRESSOR_SMALL ? SMALL_MEMORY : 8;
    if ((compressor->form == FORM_GZIP || compressor->form == FORM_ZIP) &&
        deflateInit2(&compressor->deflate, DEFLATE_LEVEL, Z_DEFLATED, window_bits, memory, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return compressor;
}

Compressor *compressor_free(Compressor *compressor)
{
    if (!compressor)
        return NULL;
    if (compressor->form == FORM_GZIP || compressor->form == FORM_ZIP)
        deflateEnd(&compressor->deflate);
    buffer_done(&compressor->block);
    free(compressor->name);
    free(compressor);
    return NULL;
}

static void deflate_bytes(Compressor *compressor, Bytes bytes, int flush, Buffer *out)
{
    z_stream *stream = &compressor->deflate;
    stream->next_in = (unsigned char *)(uintptr_t)bytes.ptr;
    stream->avail_in = (unsigned)bytes.len;
    do {
        stream->next_out = (unsigned char *)buffer_reserve(out, OUT_BYTES);
        stream->avail_out = OUT_BYTES;
        deflate(stream, flush);
        out->len += OUT_BYTES - stream->avail_out;
        compressor->out += OUT_BYTES - stream->avail_out;
    } while (!stream->avail_out);
}

/* What local and central head of a file share; sizes and sum are 0 in the local one: they come behind the data. */
static void zip_fields(Compressor *compressor, bool is_local, Buffer *out)
{
    le16(out, 20); /* version needed: 2.0 */
    le16(out, 8);  /* sizes follow the data */
    le16(out, 8);  /* deflated */
    le16(out, compressor->dos_time);
    le16(out, compressor->dos_date);
    le32(out, is_local ? 0 : compressor->crc);
    le32(out, is_local ? 0 : (uint32_t)compressor->out);
    le32(out, is_local ? 0 : (uint32_t)compressor->in);
    le16(out, (uint32_t)compressor->name_len);
    le16(out, 0); /* no further fields */
}

static void zip_begin(Compressor *compressor, Buffer *out)
{
    le32(out, 0x04034b50);
    zip_fields(compressor, true, out);
    buffer_append(out, (Bytes){compressor->name, compressor->name_len});
}

static void zip_end(Compressor *compressor, Buffer *out)
{
    uint32_t name_len = (uint32_t)compressor->name_len, local = 30 + name_len;
    le32(out, 0x08074b50); /* what follows the data */
    le32(out, compressor->crc);
    le32(out, (uint32_t)compressor->out);
    le32(out, (uint32_t)compressor->in);
    le32(out, 0x02014b50); /* the central directory's one entry */
    le16(out, 20);
    zip_fields(compressor, false, out);
    le16(out, 0); /* no comment */
    le16(out, 0); /* disk */
    le16(out, 0);
    le32(out, 0);
    le32(out, 0); /* where its local head is */
    buffer_append(out, (Bytes){compressor->name, compressor->name_len});
    le32(out, 0x06054b50); /* its end */
    le32(out, 0);
    le16(out, 1);
    le16(out, 1);
    le32(out, 46 + name_len);
    le32(out, local + (uint32_t)compressor->out + 16);
    le16(out, 0);
}

/* https://github.com/xerial/snappy-java, SnappyOutputStream: the length of the compressed bytes, and those; Hadoop's
 * BlockCompressorStream has the block's own length before them. */
static void end_block(Compressor *compressor, Buffer *out)
{
    Buffer packed = {0};
    Bytes block = buffer_bytes(&compressor->block);
    snappy_append(&packed, block);
    if (compressor->form == FORM_HADOOP)
        buffer_append_be32(out, (uint32_t)block.len);
    buffer_append_be32(out, (uint32_t)packed.len);
    buffer_append(out, buffer_bytes(&packed));
    buffer_done(&packed);
    compressor->block.len = 0;
}

static void snappy_add(Compressor *compressor, Bytes bytes, Buffer *out)
{
    while (bytes.len) {
        size_t room = SNAPPY_FRAGMENT - compressor->block.len, part = bytes.len < room ? bytes.len : room;
        buffer_append(&compressor->block, bytes_slice(bytes, 0, part));
        bytes = bytes_slice(bytes, part, bytes.len - part);
        if (compressor->block.len == SNAPPY_FRAGMENT)
            end_block(compressor, out);
    }
}

void compressor_add(Compressor *compressor, Bytes bytes, Buffer *out)
{
    if (!bytes.len)
        return;
    if (!compressor->in && compressor->form == FORM_ZIP)
        zip_begin(compressor, out);
    if (!compressor->in && compressor->form == FORM_SNAPPY)
        buffer_append(out, SNAPPY_JAVA_HEAD);
    compressor->in += bytes.len;
    switch (compressor->form) {
    case FORM_PLAIN:
        buffer_append(out, bytes);
        break;
    case FORM_ZIP:
        compressor->crc = (uint32_t)crc32(compressor->crc, (const unsigned char *)bytes.ptr, (unsigned)bytes.len);
        deflate_bytes(compressor, bytes, Z_NO_FLUSH, out);
        break;
    case FORM_GZIP:
        deflate_bytes(compressor, bytes, Z_NO_FLUSH, out);
        break;
    case FORM_SNAPPY:
    case FORM_HADOOP:
        snappy_add(compressor, bytes, out);
        break;
    }
}

void compressor_end(Compressor *compressor, Buffer *out)
{
    if (!compressor->in && compressor->form == FORM_ZIP)
        zip_begin(compressor, out);
    if (compressor->form == FORM_GZIP || compressor->form == FORM_ZIP)
        deflate_bytes(compressor, (Bytes){"", 0}, Z_FINISH, out);
    if (compressor->form == FORM_ZIP)
        zip_end(compressor, out);
    if (compressor->block.len)
        end_block(compressor, out);
}
