/* body_max.c - how large a request's body may be, as its head says where it goes: net asks before it collects one. */
#include "limits.h"
#include "pages.h"
#include "route.h"

/* Where only the body says which service is meant: a form without a signature, or nobody. */
static int64_t largest(const Pipeline *pipeline, unsigned protocols)
{
    int64_t most = LIMIT_PAGE_BODY_BYTES;
    for (size_t i = 0; i < pipeline->services_count; i++) {
        const ServiceModel *model = pipeline->services[i].service->model;
        if (model->protocols & protocols && model->body_max > most)
            most = model->body_max;
    }
    return most;
}

static const ServiceModel *service_signed_for(const Pipeline *pipeline, const HttpRequest *request)
{
    Bytes name = credential_service(request);
    for (size_t i = 0; i < pipeline->services_count; i++)
        if (bytes_is(name, pipeline->services[i].service->model->name))
            return pipeline->services[i].service->model;
    return NULL;
}

static size_t body_max(const Pipeline *pipeline, const HttpRequest *request)
{
    if (page_is_ours(pipeline, request->path))
        return LIMIT_PAGE_BODY_BYTES;
    const ServiceModel *model = route_service_of(pipeline, request);
    if (!model)
        model = service_signed_for(pipeline, request);
    if (model)
        return (size_t)model->body_max;
    bool is_form = bytes_starts_with(http_header(request, "content-type"), TEXT("application/x-www-form-urlencoded"));
    return (size_t)largest(pipeline, is_form ? PROTOCOL_QUERY : ~0u);
}

HttpBodyPlan pipeline_plan_body(void *context, HttpRequest *request)
{
    const Pipeline *pipeline = context;
    return (HttpBodyPlan){body_max(pipeline, request), route_flows(pipeline, request)};
}
