/* md5_stream.h - MD5 of a body that comes piece by piece, beside others that come at the same time. A chain of MD5
 * cannot be made faster, but sixteen take as long as two (md5_lanes.h). So each keeps what came until it has no more
 * room, and all that came to all of them is summed at once. A body that comes alone is summed as it comes. */
#pragma once
#include "bytes.h"
#include <nettle/md5.h>

typedef struct Md5Stream Md5Stream;
/* Those under way. All zero at the beginning; outlives its streams. */
typedef struct Md5Crowd {
    Md5Stream *first; /* a ring */
    size_t count;
} Md5Crowd;

struct Md5Stream {
    struct md5_ctx md5;
    Md5Crowd *crowd; /* NULL: in none */
    Md5Stream *next, *before;
    uint8_t *held; /* bytes [from, to) aren't summed yet */
    size_t from, to;
};

/* At the end, or earlier: md5_stream_done. `crowd` NULL: it isn't worth it, the body is short. */
void md5_stream_begin(Md5Stream *stream, Md5Crowd *crowd);
void md5_stream_done(Md5Stream *stream); /* leaves the crowd; nothing follows; may come twice */
void md5_stream_add(Md5Stream *stream, Bytes bytes);
void md5_stream_end(Md5Stream *stream, uint8_t ret_digest[static MD5_DIGEST_SIZE]);
