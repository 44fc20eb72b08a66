/* http_head.c - the head of a request. */
#include "http_head.h"

Bytes http_head_field(const HttpHead *head, const char *name)
{
    for (size_t i = 0; i < head->headers_count; i++)
        if (bytes_is(head->headers[i].name, name))
            return head->headers[i].value;
    return (Bytes){0};
}
