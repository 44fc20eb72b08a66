/* limits.h - the maximum of each buffer, list and depth that the network can make grow, with where the figure is from.
 */
#pragma once
#include_next <limits.h> /* the C library's, which this one hides from headers of libraries */

#define LIMIT_REQUEST_BODY_BYTES                                                                                       \
    (70 * 1024 * 1024)                      /* Lambda and S3 parts come later; each service has its own, lower one */
#define LIMIT_PAGE_BODY_BYTES (1024 * 1024) /* of a page of ours */
#define LIMIT_HEADERS_BYTES   (64 * 1024)   /* of one request */
#define LIMIT_HEADERS         100           /* fields of one request */
#define LIMIT_TRAILERS        16            /* fields behind a chunked body */
#define LIMIT_NESTING         256           /* of JSON, CBOR and forms; one of DynamoDB's levels is two */
/* What an owner of net says nothing about; settings of the same names do. */
#define LIMIT_CONNECTIONS      16384
#define LIMIT_IDLE_S           600 /* AWS's own are shorter: clients expect to be hung up on and call again */
#define LIMIT_REQUEST_S        60  /* for a request to come, and for an answer to be taken */
#define LIMIT_HELD_BYTES       ((size_t)1024 * 1024 * 1024)
#define LIMIT_H2_STREAMS       256                   /* concurrent, of one connection */
#define LIMIT_H2_HEADERS_BYTES ((size_t)1024 * 1024) /* of all its requests; an SDK's has 1 to 2 KiB */
#define LIMIT_H2_BLOCK_BYTES   ((size_t)256 * 1024)  /* of one header block as it is sent, in however many frames */
#define LIMIT_H2_UNFOLDS_BYTES ((size_t)256 * 1024)  /* of one header block, of which LIMIT_HEADERS_BYTES are kept */
#define LIMIT_H2_FRAMES_QUEUED 4096                  /* that a client makes us answer with, and does not take */
/* What one call may use beyond its own bytes (budget.h); AWS's own limits, which have errors of their own, come first.
 */
#define LIMIT_CALL_BYTES       ((size_t)56 * 1024 * 1024) /* with what malloc, qsort and the socket add, below 64 MiB */
#define LIMIT_CALL_STEPS       4000000                    /* of some 20 ns */
#define LIMIT_CALL_STACK_BYTES ((size_t)4 * 1024 * 1024)  /* of the 8 MiB that a process has */
