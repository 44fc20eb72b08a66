/* http_head.c - the head of a request. */
#include "http_head.h"

Bytes http_head_field(const HttpHead *head, const char *name)
{
    Bytes wanted = bytes_of(name);
    for (size_t i = 0; i < head->headers_count; i++)
        if (bytes_equal(head->headers[i].name, wanted))
            return head->headers[i].value;
    return (Bytes){0};
}
