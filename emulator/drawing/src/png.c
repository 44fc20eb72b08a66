/* png.c - a picture as PNG (ISO/IEC 15948): a signature, and chunks of a length, a name, data and a CRC. The canvas is
 * kept as PNG's image data, so it is only deflated. */
#include "budget.h"
#include "canvas.h"
#include <libdeflate.h>
#include <stdlib.h>

#define LEVEL      3 /* of deflate: charts are flat, more takes longer and saves little */
#define HEAD_BYTES 13
#define AROUND     12 /* a chunk's length, name and CRC */
#define SIGNATURE  "\x89PNG\r\n\x1a\n"
#define SIGNED_LEN 8

static char *put32(char *to, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (char)(value >> shift);
    return to;
}

/* The data stands already where it belongs, behind the length and the name. */
static char *close_chunk(char *at, const char *name, size_t len)
{
    put32(at, (uint32_t)len);
    memcpy(at + 4, name, 4);
    return put32(at + 8 + len, libdeflate_crc32(0, at + 4, len + 4));
}

static void free_compressor(void *compressor)
{
    libdeflate_free_compressor(compressor);
}

Bytes canvas_png(Canvas *canvas)
{
    static const char kind[] = {8, 2, 0, 0, 0}; /* 8 bits each of red, green, blue; deflate, filters, no interlace */
    size_t len = canvas->stride * (size_t)canvas->height;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    if (!compressor)
        abort();
    arena_defer(canvas->arena, free_compressor, compressor);
    budget_work(canvas->arena, len / 16);
    size_t most = libdeflate_zlib_compress_bound(compressor, len);
    char *png = arena_take_raw(canvas->arena, SIGNED_LEN + 3 * AROUND + HEAD_BYTES + most), *at = png;
    memcpy(at, SIGNATURE, SIGNED_LEN);
    at += SIGNED_LEN;
    put32(at + 8, (uint32_t)canvas->width);
    put32(at + 12, (uint32_t)canvas->height);
    memcpy(at + 16, kind, sizeof kind);
    at = close_chunk(at, "IHDR", HEAD_BYTES);
    at = close_chunk(at, "IDAT", libdeflate_zlib_compress(compressor, canvas->rows, len, at + 8, most));
    at = close_chunk(at, "IEND", 0);
    return (Bytes){png, (size_t)(at - png)};
}
