/* chunked.h - aws-chunked bodies, as they come, without I/O: bytes in, pieces of the data out, and the trailer.
 *
 *     5;chunk-signature=<64 hex digits>\r\nhello\r\n0;chunk-signature=…\r\nx-amz-checksum-crc32:…\r\n\r\n
 *
 * aws: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks", and the same
 * with trailing headers, signed and unsigned. Signatures are held against a chain, where there is one: else credentials
 * are anybody's, and they are read over. */
#pragma once
#include "bytes.h"

#define CHUNKED_LINE_MAX    1024
#define CHUNKED_TRAILER_MAX 4096

typedef enum ChunkedState {
    CHUNKED_SIZE,    /* in the line of a size */
    CHUNKED_DATA,    /* in a chunk */
    CHUNKED_CR,      /* behind one */
    CHUNKED_LF,      /* … */
    CHUNKED_TRAILER, /* in a line behind the last chunk */
    CHUNKED_END,     /* all is there; what follows is passed by */
    CHUNKED_BROKEN,
    CHUNKED_FORGED /* a signature is not the chain's */
} ChunkedState;

typedef struct Chunked { /* zeroed at the beginning */
    ChunkedState state;
    uint64_t left; /* of the chunk */
    size_t line_len, trailer_len;
    struct SignatureChain *chain; /* NULL: signatures are not looked at */
    char signature[64];           /* of the chunk at hand; zeros: it has none */
    char line[CHUNKED_LINE_MAX];
    char trailer[CHUNKED_TRAILER_MAX]; /* its lines, each with \n behind it */
} Chunked;

/* Cuts the next piece of the data off *rest; absent where *rest has none any more (see the state). */
Bytes chunked_next(Chunked *chunked, Bytes *rest);
/* The value of a line of the trailer, by its lower-case name; absent where it isn't there. */
Bytes chunked_trailer(const Chunked *chunked, Bytes name);
