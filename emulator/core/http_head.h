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

/* The value of a header, by lower-case name; absent where it isn't there. */
Bytes http_head_field(const HttpHead *head, const char *name);
