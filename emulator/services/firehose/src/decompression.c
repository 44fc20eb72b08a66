/* decompression.c - Decompression: what CloudWatch Logs sends is in gzip.
 * aws: Developer Guide, "Decompression of CloudWatch Logs". */
#include "buffer.h"
#include "processing.h"
#include <stdlib.h>
#include <zlib.h>

#define FIRST_ROOM 65536

/* False: it is no gzip, or more than is taken. */
static bool inflate_all(z_stream *stream, Buffer *out)
{
    int code = Z_OK;
    while (code == Z_OK && out->len < DECOMPRESSED_MAX) {
        stream->next_out = (unsigned char *)buffer_reserve(out, FIRST_ROOM);
        stream->avail_out = FIRST_ROOM;
        code = inflate(stream, Z_NO_FLUSH);
        out->len += FIRST_ROOM - stream->avail_out;
        if (code == Z_STREAM_END && stream->avail_in && inflateReset(stream) == Z_OK) /* one member behind another */
            code = Z_OK;
    }
    return code == Z_STREAM_END;
}

void decompress_record(Processing *processing, const Stage *at, const Passing *record)
{
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)record->data.ptr, .avail_in = (unsigned)record->data.len};
    Buffer out = {0};
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        abort();
    if (inflate_all(&stream, &out))
        processing_pass(processing, at, &(Passing){buffer_bytes(&out), record->arrival_ms});
    else
        processing_fail(processing, record, CODE_DECOMPRESSION,
                        out.len < DECOMPRESSED_MAX ? "The record is not in GZIP format."
                                                   : "The decompressed record is larger than 8 MiB.");
    inflateEnd(&stream);
    buffer_done(&out);
}
