/* health.c - /_evpoc/health, /_evpoc/ready, /_evpoc/ca.pem: how it is. */
#include "page.h"

static const HttpHeader pem_type[] = {{{"content-type", 12}, {"application/x-pem-file", 22}}};

static json_t *services(const Admin *admin)
{
    json_t *all = json_object();
    for (size_t i = 0; i < pipeline_services(admin->options.pipeline); i++) {
        PipelineServiceInfo info = pipeline_service_info(admin->options.pipeline, i);
        json_object_set_new(all, info.service->model->name,
                            json_pack("{s:s, s:I, s:I}", "status", "running", "operations",
                                      (json_int_t)info.operations_built, "of", (json_int_t)info.operations_known));
    }
    return all;
}

void health_page(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    (void)request;
    json_int_t uptime_ms = (monotonic_ns() - admin->opened_ns) / 1000000;
    page_answer(response,
                json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "status", admin->is_ready ? "ok" : "starting",
                          "version", EVPOC_VERSION, "durability", admin->options.durability, "file",
                          store_path(admin->options.host->store), "uptime_ms", uptime_ms, "requests",
                          (json_int_t)pipeline_requests(admin->options.pipeline), "services", services(admin)));
}

void version_page(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    (void)admin;
    (void)request;
    page_answer(response, json_pack("{s:s, s:s, s:b}", "name", "evpoc-emu", "version", EVPOC_VERSION, "debug_build",
                                    EVPOC_DEBUG));
}

void ready_page(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    (void)request;
    response->status = admin->is_ready ? 200 : 503;
    page_answer(response, json_pack("{s:b}", "ready", admin->is_ready));
}

void ca_page(Admin *admin, const HttpRequest *request, HttpResponse *response)
{
    Bytes pem = net_ca_pem(admin->options.net, request->arena);
    if (!present(pem)) {
        page_fail(response, 404, "The certificate in use was given with --tls-cert: its CA is yours to export.");
        return;
    }
    buffer_append(&response->body, pem);
    response->headers = pem_type;
    response->headers_count = 1;
}
