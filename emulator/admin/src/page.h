/* page.h - what the pages share. A page runs between turns: what it reads and writes of the store is its own. */
#pragma once
#include "admin.h"
#include <jansson.h>

/* The clock's last instant, 9999-12-31T23:59:59.999Z, and the longest span: what is due is always an int64. */
#define PAGE_TIME_MAX_MS INT64_C(253402300799999)

struct Admin {
    AdminOptions options;
    int64_t opened_ns;
    bool is_ready;
};

typedef void PageFunction(Admin *admin, const HttpRequest *request, HttpResponse *response);

PageFunction health_page, ready_page, ca_page, clock_page, reset_page, snapshot_page, restore_page, requests_page,
    metrics_page, faults_page, limits_page, state_reset_page, trace_page, version_page, glue_failures_page;

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
