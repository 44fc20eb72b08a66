/* admin.c - the table of our own pages. */
#include "admin.h"
#include "wire.h"
#include <stdlib.h>

struct Admin {
    AdminOptions options;
    int64_t opened_ns;
    bool is_ready;
};

typedef void PageFunction(Admin *admin, const HttpRequest *request, HttpResponse *response);

static const HttpHeader json_type[] = {{{"content-type", 12}, {"application/json", 16}}};
static const HttpHeader pem_type[] = {{{"content-type", 12}, {"application/x-pem-file", 22}}};

static void set_type(HttpResponse *response, const HttpHeader *type)
{
    response->headers = type;
    response->headers_count = 1;
}

static void append_services(Admin *admin, Buffer *body)
{
    for (size_t i = 0; i < pipeline_services(admin->options.pipeline); i++) {
        PipelineServiceInfo info = pipeline_service_info(admin->options.pipeline, i);
        buffer_append_text(body, i ? "," : "");
        json_append_string(body, bytes_of(info.service->model->name));
        buffer_append_format(body, ":{\"status\":\"running\",\"operations\":%zu,\"of\":%zu}", info.operations_built,
                             info.operations_known);
    }
}

static void health(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    (void)request;
    Buffer *body = &response->body;
    buffer_append_format(body, "{\"status\":\"%s\",\"version\":\"%s\",\"durability\":\"%s\",\"file\":",
                         admin->is_ready ? "ok" : "starting", EVPOC_VERSION, admin->options.durability);
    json_append_string(body, bytes_of(store_path(admin->options.host->store)));
    buffer_append_format(body, ",\"uptime_ms\":%lld,\"requests\":%llu,\"services\":{",
                         (long long)(monotonic_ns() - admin->opened_ns) / 1000000,
                         (unsigned long long)pipeline_requests(admin->options.pipeline));
    append_services(admin, body);
    buffer_append_text(body, "}}\n");
    set_type(response, json_type);
}

static void ready(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    (void)request;
    response->status = admin->is_ready ? 200 : 503;
    buffer_append_text(&response->body, admin->is_ready ? "{\"ready\":true}\n" : "{\"ready\":false}\n");
    set_type(response, json_type);
}

static void not_found(HttpResponse *response, const char *message)
{
    response->status = 404;
    buffer_append_text(&response->body, "{\"message\":");
    json_append_string(&response->body, bytes_of(message));
    buffer_append_text(&response->body, "}\n");
    set_type(response, json_type);
}

static void ca_pem(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    Bytes pem = net_ca_pem(admin->options.net, request->arena);
    if (!present(pem)) {
        not_found(response, "The certificate in use was given with --tls-cert: its CA is yours to export.");
        return;
    }
    buffer_append(&response->body, pem);
    set_type(response, pem_type);
}

static const struct {
    const char *path;
    PageFunction *function;
} pages[] = {
    {"/_evpoc/health", health},
    {"/_evpoc/ready", ready},
    {"/_evpoc/ca.pem", ca_pem},
};

static void serve(void *context, const HttpRequest *request, HttpResponse *response)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (bytes_is(request->path, pages[i].path)) {
            pages[i].function(context, request, response);
            return;
        }
    not_found(response, "No such page; there are /_evpoc/health, /_evpoc/ready and /_evpoc/ca.pem.");
}

Admin *admin_open(const AdminOptions *options)
{
    Admin *admin = calloc(1, sizeof *admin);
    if (!admin)
        abort();
    admin->options = *options;
    admin->opened_ns = monotonic_ns();
    pipeline_add_page(options->pipeline, "/_evpoc/", serve, admin);
    return admin;
}

void admin_set_ready(Admin *admin)
{
    admin->is_ready = true;
}

Admin *admin_close(Admin *admin)
{
    free(admin);
    return NULL;
}
