/* inflate.c - a bomb costs at most its limit: the output grows as it comes, never by what the input claims. */
#include "inflate.h"
#include <zlib.h>

#define STEP_BYTES  ((size_t)64 * 1024)
#define GZIP_WINDOW (16 + MAX_WBITS)
#define RAW_WINDOW  (-MAX_WBITS)

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

/* RFC 9110, 8.4.1.2: "deflate" is the zlib format; some clients send its contents alone. */
static int deflate_window(Bytes in)
{
    const unsigned char *head = (const unsigned char *)in.ptr;
    bool has_head = in.len >= 2 && (head[0] & 0x0f) == Z_DEFLATED && (head[0] << 8 | head[1]) % 31 == 0;
    return has_head ? MAX_WBITS : RAW_WINDOW;
}

static int inflate_by(int window, Bytes in, size_t max, Buffer *out)
{
    z_stream z = {.next_in = (Bytef *)in.ptr, .avail_in = (uInt)in.len};
    if (in.len > UINT32_MAX || inflateInit2(&z, window) != Z_OK)
        return INFLATE_BROKEN;
    int result = inflate_all(&z, max, out);
    inflateEnd(&z);
    return result;
}

int inflate_gzip(Bytes in, size_t max, Buffer *out)
{
    return inflate_by(GZIP_WINDOW, in, max, out);
}

int inflate_deflate(Bytes in, size_t max, Buffer *out)
{
    return inflate_by(deflate_window(in), in, max, out);
}
