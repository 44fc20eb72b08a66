/* inflate.c - a bomb costs at most its limit: the output grows as it comes, never by what the input claims. */
#include "inflate.h"
#include <zlib.h>

#define STEP_BYTES  ((size_t)64 * 1024)
#define GZIP_WINDOW (16 + MAX_WBITS)

static int inflate_step(z_stream *z, size_t max, Buffer *out)
{
    if (out->len == max) {
        /* Full: only the end of the input may follow. */
        char beyond;
        z->next_out = (Bytef *)&beyond;
        z->avail_out = 1;
        int code = inflate(z, Z_NO_FLUSH);
        return z->avail_out ? code : Z_BUF_ERROR;
    }
    size_t room = max - out->len < STEP_BYTES ? max - out->len : STEP_BYTES;
    z->next_out = (Bytef *)buffer_reserve(out, room);
    z->avail_out = (uInt)room;
    int code = inflate(z, Z_NO_FLUSH);
    out->len += room - z->avail_out;
    return code;
}

static int inflate_all(z_stream *z, size_t max, Buffer *out)
{
    for (;;) {
        uInt in_before = z->avail_in;
        size_t out_before = out->len;
        int code = inflate_step(z, max, out);
        if (code == Z_STREAM_END) {
            if (!z->avail_in)
                return INFLATE_OK;
            if (inflateReset(z) != Z_OK)
                return INFLATE_BROKEN;
        } else if (code == Z_BUF_ERROR && out->len == max) {
            return INFLATE_TOO_LARGE;
        } else if (code != Z_OK || (z->avail_in == in_before && out->len == out_before)) {
            return INFLATE_BROKEN;
        }
    }
}

int inflate_gzip(Bytes in, size_t max, Buffer *out)
{
    z_stream z = {.next_in = (Bytef *)in.ptr, .avail_in = (uInt)in.len};
    if (in.len > UINT32_MAX || inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        return INFLATE_BROKEN;
    int result = inflate_all(&z, max, out);
    inflateEnd(&z);
    return result;
}
