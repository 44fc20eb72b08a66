/* inflate.h - bodies in gzip or deflate, bounded. */
#pragma once
#include "buffer.h"

enum { INFLATE_OK = 0, INFLATE_BROKEN = 1, INFLATE_TOO_LARGE = 2 };

/* All members of a gzip file, appended to *out, which stays at most `max` bytes long. */
MUST_CHECK int inflate_gzip(Bytes in, size_t max, Buffer *out);
/* The same of "deflate": in zlib's format, or without its head. */
MUST_CHECK int inflate_deflate(Bytes in, size_t max, Buffer *out);
