/* http_head.h - the head of a request, as whoever reads it needs it. */
#pragma once
#include "bytes.h"

typedef struct HttpHeader {
    Bytes name; /* lower case */
    Bytes value;
} HttpHeader;

typedef struct HttpHead {
    Bytes method;
    Bytes path;  /* as sent, still percent-encoded, without the query */
    Bytes query; /* behind '?', absent where there is none */
    const HttpHeader *headers;
    size_t headers_count;
} HttpHead;

/* The value of a header, by lower-case name; absent where it isn't there. Here, since a request is asked for a dozen:
 * lengths alone tell most names apart. */
static inline Bytes http_head_field(const HttpHead *head, const char *name)
{
    size_t len = strlen(name);
    for (const HttpHeader *at = head->headers, *end = at + head->headers_count; at < end; at++)
        if (at->name.len == len && !memcmp(at->name.ptr, name, len))
            return at->value;
    return (Bytes){0};
}
