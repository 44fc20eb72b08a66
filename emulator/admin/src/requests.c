/* requests.c - /_evpoc/requests: the last calls with what went in and out; /_evpoc/metrics: counters for Prometheus. */
#include "state.h"
#include <stdlib.h>

#define NOTES_MAX 10000

static const HttpHeader text_type[] = {{{"content-type", 12}, {"text/plain; version=0.0.4", 25}}};

static json_t *describe(const PipelineNote *note)
{
    json_t *all =
        json_pack("{s:I, s:I, s:s, s:s, s:s%, s:s%, s:s%, s:f, s:i}", "number", (json_int_t)note->number, "time_ms",
                  (json_int_t)note->time_ms, "service", note->service, "operation", note->operation, "account",
                  note->account.ptr, note->account.len, "region", note->region.ptr, note->region.len, "request_id",
                  note->request_id.ptr, note->request_id.len, "ms", note->seconds * 1000, "status", note->status);
    if (note->error)
        json_object_set_new(all, "error", json_string(note->error));
    json_object_set_new(all, "input", page_body_of(note->input, note->input_len));
    json_object_set_new(all, "output", page_body_of(note->output, note->output_len));
    if (note->input_len > note->input.len || note->output_len > note->output.len)
        json_object_set_new(all, "cut", json_true());
    return all;
}

/* name=value&name=value; false where a value isn't a number or the name isn't known. */
static bool read_query(Bytes query, uint64_t *ret_after, uint64_t *ret_limit, Bytes *ret_service, Bytes *ret_operation)
{
    while (query.len) {
        Bytes value = bytes_cut(&query, '&'), name = bytes_cut(&value, '=');
        if (bytes_is(name, "after")) {
            if (!bytes_to_uint64(value, ret_after))
                return false;
        } else if (bytes_is(name, "limit")) {
            if (!bytes_to_uint64(value, ret_limit) || *ret_limit > NOTES_MAX)
                return false;
        } else if (bytes_is(name, "service")) {
            *ret_service = value;
        } else if (bytes_is(name, "operation")) {
            *ret_operation = value;
        } else {
            return false;
        }
    }
    return true;
}

void requests_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    uint64_t after = 0, limit = NOTES_MAX;
    Bytes service = {0}, operation = {0};
    if (!read_query(request->query, &after, &limit, &service, &operation)) {
        page_fail(response, 400, "The query may have after=NUMBER, limit=NUMBER, service=NAME, operation=NAME.");
        return;
    }
    PipelineNote *notes = calloc(limit + 1, sizeof *notes);
    if (!notes)
        abort();
    json_t *all = json_array();
    size_t count = pipeline_notes(admin->options.pipeline, after, notes, limit);
    for (size_t i = 0; i < count; i++)
        if ((!present(service) || bytes_is(service, notes[i].service)) &&
            (!present(operation) || bytes_is(operation, notes[i].operation)))
            json_array_append_new(all, describe(&notes[i]));
    free(notes);
    page_answer(response, json_pack("{s:o}", "requests", all));
}

void metrics_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    (void)request;
    Buffer *body = &response->body;
    buffer_append_format(
        body,
        "# HELP evpoc_uptime_seconds Since the start.\n# TYPE evpoc_uptime_seconds gauge\nevpoc_uptime_seconds %.3f\n",
        (double)(monotonic_ns() - admin->opened_ns) / 1e9);
    buffer_append_format(
        body,
        "# HELP evpoc_open_requests Not yet answered, or not wholly sent.\n# TYPE evpoc_open_requests gauge\nevpoc_open_requests %zu\n",
        net_open_requests(admin->options.net));
    buffer_append_format(
        body,
        "# HELP evpoc_connections Open ones.\n# TYPE evpoc_connections gauge\nevpoc_connections %zu\n# HELP evpoc_held_bytes Of requests and answers under way.\n# TYPE evpoc_held_bytes gauge\nevpoc_held_bytes %zu\n",
        net_connections(admin->options.net), net_held_bytes(admin->options.net));
    pipeline_write_metrics(admin->options.pipeline, body);
    response->headers = text_type;
    response->headers_count = 1;
}
