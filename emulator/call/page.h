/* page.h - our own pages, under /_evpoc/, and what they share.
 *
 * A page is queued as calls are, and has a turn to itself: what it reads and writes of the store is its own, and is
 * committed after it. One that must wait leaves status 0 and answers the request itself, later (http_respond), or with
 * a body that goes on (http_stream_start). */
#pragma once
#include "net.h"
#include <jansson.h>

typedef void PageFunction(void *context, HttpRequest *request, HttpResponse *response);

typedef struct Page {
    const char *path; /* "/_evpoc/limits"; "/_evpoc/buckets/{name}" takes any one segment, "{rest+}" all that is left */
    const char *methods; /* "GET POST"; GET takes HEAD, too */
    PageFunction *run;
} Page;

/* The clock's last instant, 9999-12-31T23:59:59.999Z, and the longest span: what is due is always an int64. */
#define PAGE_TIME_MAX_MS INT64_C(253402300799999)

/* Body becomes a copy of it; takes `value` over. */
void page_answer(HttpResponse *response, json_t *value);
void page_fail(HttpResponse *response, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The request's JSON object; the caller's to decref. NULL: it was none, which has been answered. No body is {}. */
json_t *page_input(const HttpRequest *request, HttpResponse *response);
/* False where there are other keys than these (ending with NULL): answered. */
bool page_check_keys(HttpResponse *response, const json_t *input, const char *const *known);
/* "7d", "90m", "1d12h": days, hours, minutes, seconds, ms; or a number of ms; at most PAGE_TIME_MAX_MS. */
bool page_read_span(const json_t *value, int64_t *ret_ms);
/* JSON as itself, other text as a string, bytes as {"base64": …}; what was cut short is never JSON. */
json_t *page_body_of(Bytes body, size_t whole_len);
bool page_is(const HttpRequest *request, const char *method);
