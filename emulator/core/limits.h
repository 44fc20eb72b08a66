/* limits.h - the maximum of each buffer, list and depth that the network can make grow, with where the figure is from.
 */
#pragma once

#define LIMIT_REQUEST_BODY_BYTES                                                                                       \
    (70 * 1024 * 1024)                  /* Lambda and S3 parts come later; each service has its own, lower one */
#define LIMIT_HEADERS_BYTES (64 * 1024) /* of one request */
#define LIMIT_HEADERS       100         /* fields of one request */
#define LIMIT_NESTING       64          /* of JSON, CBOR and forms; DynamoDB documents nest 32 deep */
#define LIMIT_CONNECTIONS   4096
#define LIMIT_H2_STREAMS    256 /* concurrent, of one connection */
