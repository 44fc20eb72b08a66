/* health.c - /_evpoc/health, /_evpoc/ready, /_evpoc/ca.pem: how it is. */
#include "state.h"

static const HttpHeader pem_type[] = {{{"content-type", 12}, {"application/x-pem-file", 22}}};

static size_t count(const char *const *names)
{
    size_t at = 0;
    while (names[at])
        at++;
    return at;
}

static json_t *describe(const struct OpenService *open)
{
    const Service *service = open->service;
    size_t built = 0;
    while (service->operations[built])
        built++;
    json_t *all = json_pack("{s:s, s:I, s:I}", "status", "running", "operations", (json_int_t)built, "of",
                            (json_int_t)count(service->model->operations));
    if (service->describe)
        service->describe(open->state, all);
    return all;
}

static json_t *services(const Runtime *runtime)
{
    json_t *all = json_object();
    for (size_t i = 0; i < runtime->services_count; i++)
        json_object_set_new(all, runtime->services[i].service->model->name, describe(&runtime->services[i]));
    return all;
}

void health_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    (void)request;
    json_int_t waiting = (json_int_t)pipeline_waiting(admin->options.pipeline);
    json_int_t uptime_ms = (monotonic_ns() - admin->opened_ns) / 1000000;
    page_answer(response,
                json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "status", admin->is_ready ? "ok" : "starting",
                          "version", EVPOC_VERSION, "durability", admin->options.durability, "file",
                          store_path(admin->options.runtime->store), "uptime_ms", uptime_ms, "requests",
                          (json_int_t)pipeline_requests(admin->options.pipeline), "waiting", waiting, "services",
                          services(admin->options.runtime)));
}

void version_page(void *context, HttpRequest *request, HttpResponse *response)
{
    (void)context;
    (void)request;
    page_answer(response, json_pack("{s:s, s:s, s:b}", "name", "evpoc-emu", "version", EVPOC_VERSION, "debug_build",
                                    EVPOC_DEBUG));
}

void ready_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    (void)request;
    response->status = admin->is_ready ? 200 : 503;
    page_answer(response, json_pack("{s:b}", "ready", admin->is_ready));
}

void ca_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    Bytes pem = net_ca_pem(admin->options.net, request->arena);
    if (!present(pem)) {
        page_fail(response, 404, "The certificate in use was given with --tls-cert: its CA is yours to export.");
        return;
    }
    buffer_append(&response->body, pem);
    response->headers = pem_type;
    response->headers_count = 1;
}
