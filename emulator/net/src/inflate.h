/* inflate.h - gzip bodies, bounded. */
#pragma once
#include "buffer.h"

enum { INFLATE_OK = 0, INFLATE_BROKEN = 1, INFLATE_TOO_LARGE = 2 };

/* All members of a gzip file, appended to *out, which stays at most `max` bytes long. */
MUST_CHECK int inflate_gzip(Bytes in, size_t max, Buffer *out);
