/* import_read.c */
#include "import_read.h"
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define PIECE_BYTES      65536
#define PACKED_BYTES     (PIECE_BYTES / 8)
#define UNPACKED_BYTES   (4 * 1024 * 1024) /* about so many at a time: a few packed bytes may be as many */
#define RECORD_BYTES_MAX (4 * 1024 * 1024) /* an item's 400 KB in the longest spelling there is */

struct ObjectReader {
    S3Reading *object;
    ReaderForm form;
    uint64_t packed_at; /* of the object */
    z_stream inflate;
    ZSTD_DStream *zstd;
    char packed[PACKED_BYTES]; /* of the object, in front of packed_at */
    size_t packed_used, packed_len;
    bool is_pending;           /* what has been read has not all been unpacked */
    bool is_end, is_malformed; /* no more comes into `data` */
    bool is_cut;               /* were this the end, the packing's would be missing */
    Buffer data;
    size_t used; /* of it, by records before */
    int64_t at;  /* of data.ptr[used] */
    /* The scan of the record at hand. */
    size_t scanned; /* bytes behind `used` */
    int depth;
    bool is_quoted, is_escaped;
};

ObjectReader *object_reader_new(S3Reading *object, ReaderForm form)
{
    ObjectReader *reader = calloc(1, sizeof *reader);
    if (!reader || (form.packing == PACKED_GZIP && inflateInit2(&reader->inflate, 15 + 16) != Z_OK) ||
        (form.packing == PACKED_ZSTD && !(reader->zstd = ZSTD_createDStream())))
        abort();
    reader->object = object;
    reader->form = form;
    return reader;
}

ObjectReader *object_reader_free(ObjectReader *reader)
{
    if (!reader)
        return NULL;
    if (reader->form.packing == PACKED_GZIP)
        inflateEnd(&reader->inflate);
    ZSTD_freeDStream(reader->zstd);
    buffer_done(&reader->data);
    s3_close(reader->object);
    free(reader);
    return NULL;
}

int64_t object_reader_at(const ObjectReader *reader)
{
    return reader->at;
}

/* Into room for PIECE_BYTES; several members may follow each other, as of concatenated files. */
static void unpack_gzip(ObjectReader *reader, char *room)
{
    z_stream *stream = &reader->inflate;
    stream->next_in = (unsigned char *)reader->packed + reader->packed_used;
    stream->avail_in = (unsigned)(reader->packed_len - reader->packed_used);
    stream->next_out = (unsigned char *)room;
    stream->avail_out = PIECE_BYTES;
    int code = inflate(stream, Z_NO_FLUSH);
    reader->packed_used = reader->packed_len - stream->avail_in;
    reader->data.len += PIECE_BYTES - stream->avail_out;
    reader->is_cut = code != Z_STREAM_END;
    if (code == Z_STREAM_END)
        code = inflateReset(stream);
    reader->is_malformed = code != Z_OK && code != Z_BUF_ERROR;
    reader->is_pending = stream->avail_in || (reader->is_cut && !stream->avail_out);
}

/* Likewise, of frames. */
static void unpack_zstd(ObjectReader *reader, char *room)
{
    ZSTD_inBuffer in = {reader->packed, reader->packed_len, reader->packed_used};
    ZSTD_outBuffer out = {room, PIECE_BYTES, 0};
    size_t left = ZSTD_decompressStream(reader->zstd, &out, &in);
    reader->packed_used = in.pos;
    reader->data.len += out.pos;
    reader->is_cut = left;
    reader->is_malformed = ZSTD_isError(left);
    reader->is_pending = in.pos < in.size || (reader->is_cut && out.pos == out.size);
}

static void unpack(ObjectReader *reader)
{
    size_t before = reader->data.len;
    do {
        char *room = buffer_reserve(&reader->data, PIECE_BYTES);
        if (reader->form.packing == PACKED_GZIP)
            unpack_gzip(reader, room);
        else
            unpack_zstd(reader, room);
    } while (reader->is_pending && !reader->is_malformed && reader->data.len - before < UNPACKED_BYTES);
}

static int read_piece(ObjectReader *reader, char *to, size_t room, size_t *ret_len)
{
    int code = s3_read(reader->object, reader->packed_at, to, room, ret_len);
    if (code != STORE_OK)
        return code;
    reader->packed_at += *ret_len;
    reader->is_end = *ret_len < room;
    return STORE_OK;
}

static int fill_unpacked(ObjectReader *reader)
{
    int code = STORE_OK;
    if (!reader->is_pending) {
        code = read_piece(reader, reader->packed, PACKED_BYTES, &reader->packed_len);
        reader->packed_used = 0;
    }
    if (code == STORE_OK && reader->packed_len)
        unpack(reader);
    return code;
}

static int fill(ObjectReader *reader)
{
    size_t len;
    if (reader->used)
        memmove(reader->data.ptr, reader->data.ptr + reader->used, reader->data.len - reader->used);
    reader->data.len -= reader->used;
    reader->used = 0;
    if (reader->form.packing)
        return fill_unpacked(reader);
    int code = read_piece(reader, buffer_reserve(&reader->data, PIECE_BYTES), PIECE_BYTES, &len);
    if (code == STORE_OK)
        reader->data.len += len;
    return code;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip(ObjectReader *reader, size_t count)
{
    reader->used += count;
    reader->at += (int64_t)count;
}

/* A document ends where its braces do: aws: observed: several may stand in a line. */
static bool scan_json(ObjectReader *reader)
{
    const char *text = reader->data.ptr + reader->used;
    size_t len = reader->data.len - reader->used;
    while (reader->scanned < len) {
        char c = text[reader->scanned++];
        if (reader->is_quoted) {
            if (reader->is_escaped)
                reader->is_escaped = false;
            else if (c == '\\')
                reader->is_escaped = true;
            else if (c == '"')
                reader->is_quoted = false;
        } else if (c == '"') {
            reader->is_quoted = true;
        } else if (c == '{') {
            reader->depth++;
        } else if (c == '}' && --reader->depth == 0) {
            return true;
        }
    }
    return false;
}

static bool scan_csv(ObjectReader *reader)
{
    const char *text = reader->data.ptr + reader->used;
    size_t len = reader->data.len - reader->used;
    while (reader->scanned < len) {
        char c = text[reader->scanned++];
        if (c == '"')
            reader->is_quoted = !reader->is_quoted;
        else if (c == '\n' && !reader->is_quoted)
            return true;
    }
    return reader->is_end && !reader->is_pending && !reader->is_quoted;
}

static int take_record(ObjectReader *reader, Bytes *ret_record)
{
    *ret_record = (Bytes){reader->data.ptr + reader->used, reader->scanned};
    skip(reader, reader->scanned);
    reader->scanned = 0;
    while (reader->form.is_csv && ret_record->len && is_space(ret_record->ptr[ret_record->len - 1]) &&
           ret_record->ptr[ret_record->len - 1] != ' ' && ret_record->ptr[ret_record->len - 1] != '\t')
        ret_record->len--;
    return READ_RECORD;
}

int object_reader_next(ObjectReader *reader, Bytes *ret_record, int *ret_code)
{
    if (!reader->scanned)
        while (
            reader->used < reader->data.len && is_space(reader->data.ptr[reader->used]) &&
            (!reader->form.is_csv || reader->data.ptr[reader->used] == '\n' || reader->data.ptr[reader->used] == '\r'))
            skip(reader, 1);
    size_t len = reader->data.len - reader->used;
    if (len && !reader->form.is_csv && reader->data.ptr[reader->used] != '{')
        return READ_MALFORMED;
    if (len && (reader->form.is_csv ? scan_csv(reader) : scan_json(reader)))
        return take_record(reader, ret_record);
    if (reader->is_malformed || len > RECORD_BYTES_MAX)
        return READ_MALFORMED;
    if (reader->is_end && !reader->is_pending)
        return len || reader->is_cut ? READ_MALFORMED : READ_END;
    *ret_code = fill(reader);
    return *ret_code == STORE_OK ? READ_MORE : READ_FAILED;
}

/* One field; *at moves behind it and its delimiter. */
static bool take_field(Arena *arena, Bytes line, char delimiter, size_t *at, Bytes *ret_field)
{
    size_t i = *at, len = 0;
    if (i < line.len && line.ptr[i] == '"') {
        char *field = arena_take_raw(arena, line.len - i);
        for (i++; i < line.len; i++) {
            if (line.ptr[i] == '"' && (i + 1 == line.len || line.ptr[i + 1] != '"'))
                break;
            i += line.ptr[i] == '"';
            field[len++] = line.ptr[i];
        }
        bool is_closed = i++ < line.len;
        *ret_field = (Bytes){field, len};
        *at = i + 1;
        return is_closed && (i == line.len || line.ptr[i] == delimiter);
    }
    while (i < line.len && line.ptr[i] != delimiter && line.ptr[i] != '"')
        i++;
    *ret_field = bytes_slice(line, *at, i - *at);
    *at = i + 1;
    return i == line.len || line.ptr[i] == delimiter;
}

bool csv_split(Arena *arena, Bytes line, char delimiter, Bytes **ret_fields, size_t *ret_count)
{
    size_t most = 1, at = 0;
    for (size_t i = 0; i < line.len; i++)
        most += line.ptr[i] == delimiter;
    *ret_fields = arena_new_array(arena, Bytes, most);
    *ret_count = 0;
    do {
        if (!take_field(arena, line, delimiter, &at, &(*ret_fields)[*ret_count]))
            return false;
        ++*ret_count;
    } while (at <= line.len);
    return true;
}
